"""Clients of a served sandbox that hide nothing: what comes over the connection is what a test sees."""

from __future__ import annotations

import errno
import json
import socket
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from sync.sandbox.journal import read_journal
from sync.sandbox.serve import served
from sync.sandbox.store import Record, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sync.sandbox.journal import Journal

ROOT = "/api/integrations/v1/inventory/"
PATIENCE = 30.0  # seconds: so long a test waits for what must come


class Told(NamedTuple):
    """An answer that came whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


def posting(quantity: int = 5, *, sku: str = "S") -> bytes:
    """Give a body of one row."""
    return json.dumps({"inventory": [{"location_code": "A", "sku_code": sku, "quantity": quantity}]}).encode()


def say(connection: HTTPConnection, body: bytes | None = None, *, path: str = ROOT) -> Told:
    """Ask over a connection that is kept: POST with a body, GET without."""
    headers = {"Content-Type": "application/json", "X-API-Key": "sk_live_c0ffee"}
    connection.request("GET" if body is None else "POST", path, body, headers)
    told = connection.getresponse()
    return Told(told.status, {name.lower(): value for name, value in told.getheaders()}, told.read())


class Site:
    """A served sandbox: its store, and ways to ask it."""

    def __init__(self, store: Store, url: str) -> None:
        self.store = store
        self.address = ("127.0.0.1", urlsplit(url).port or 0)

    def connect(self) -> HTTPConnection:
        """Open a connection that the caller closes."""
        return HTTPConnection(*self.address, timeout=PATIENCE)

    def post(self, quantity: int = 5) -> Told:
        """Post one row over a connection of its own."""
        with closing(self.connect()) as connection:
            return say(connection, posting(quantity))

    def get(self, path: str = ROOT) -> Told:
        """Ask with GET over a connection of its own."""
        with closing(self.connect()) as connection:
            return say(connection, path=path)

    def steer(self, path: str) -> Told:
        """Ask a path of the rehearsal with POST."""
        with closing(self.connect()) as connection:
            return say(connection, b"", path=path)

    def send(self, text: bytes) -> socket.socket:
        """Send bytes over a bare socket, which the caller closes."""
        sock = socket.create_connection(self.address, timeout=PATIENCE)
        sock.sendall(text)
        return sock

    def begin_post(self, quantity: int = 5) -> socket.socket:
        """Send a whole POST and wait for nothing."""
        body = posting(quantity)
        head = f"POST {ROOT} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return self.send(head.encode() + body)

    def wait_held(self, count: int = 1) -> Any:
        """Wait until so many requests hang, and tell which."""
        return self.get(f"/__held?at_least={count}&timeout={PATIENCE}").json["requests"]

    def quantities(self) -> list[int]:
        """Give what the store holds, oldest first."""
        found: list[tuple[object, Record]] = list(self.store.page(None, 100))
        return [record.quantity for _, record in found][::-1]


@contextmanager
def site(
    folder: Path, *plan: dict[str, Any], journal: Journal | None = None, seed: int = 0
) -> Iterator[Site]:
    """Serve the sandbox of a folder; it follows a plan."""
    with Store(folder / "s.db") as store, served(store, plan=list(plan), journal=journal, seed=seed) as url:
        yield Site(store, url)


def rest(sock: socket.socket) -> bytes:
    """Read until the other side ends the connection."""
    return b"".join(iter(lambda: sock.recv(65536), b""))


def until(come: Callable[[], object]) -> None:
    """Wait for what tells nobody that it has come."""
    end = time.monotonic() + PATIENCE
    while not come():
        assert time.monotonic() < end
        time.sleep(0.02)


def ended(log: Path, count: int) -> list[dict[str, Any]]:
    """Wait until so many requests of a log have ended, and give them."""
    until(lambda: sum(each["end"] is not None for each in read_journal(log)) >= count)
    return read_journal(log)


def begun(sock: socket.socket) -> bool:
    """Tell whether a part of an answer has come."""
    sock.setblocking(False)
    try:
        return bool(sock.recv(65536, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        sock.settimeout(PATIENCE)


def refused(tenant: Site) -> bool:
    """Try to connect."""
    with socket.socket() as sock:
        return sock.connect_ex(tenant.address) == errno.ECONNREFUSED

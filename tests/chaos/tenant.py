"""The outside witness: an inventory API over a real socket, which misbehaves as told and writes down all that it sees.

It shares no code with the product or its sandbox. What an answer says and what was done are kept apart: the laws ask
for the latter.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import TYPE_CHECKING, Any

from tests.chaos import acts, lookups
from tests.chaos.acts import Faults
from tests.chaos.answer import OK, Answer
from tests.chaos.stockfile import LOCATIONS, POISON, SKUS, Pair

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "sk_live_q7Zp4TdN0vXw8RbY2mKc6LhJ"
RUN = re.compile(r"\(run ([^)]+)\)")


@dataclass
class Posted:
    """One POST as the tenant saw it."""

    number: int
    began: float
    run: str
    rows: list[tuple[str, str, int]]
    digest: str
    size: int
    moment: float = field(default_factory=time.time)  # seconds since 1970
    ended: float = 0.0
    status: int | None = None  # None: no answer
    wait: float = 0.0  # what Retry-After asked for
    refused: set[Pair] = field(default_factory=set)  # by what each row is, or as the only row of a body
    blanket: bool = False  # refused for no fault of its rows
    lied: set[Pair] = field(default_factory=set)  # not applied, although the answer says so
    taken: set[Pair] = field(default_factory=set)  # applied, and said so in a whole answer that adds up


@dataclass(frozen=True)
class Write:
    """One value that was applied."""

    request: Posted
    pair: Pair
    quantity: int
    late: bool = False


class Tenant:
    """The records, the logs, and how it misbehaves now."""

    def __init__(self, *, readable: bool = True) -> None:
        self.readable = readable  # whether the key may read
        self.skus = set(SKUS)
        self.stock: dict[Pair, int] = {}
        self.posted: list[Posted] = []
        self.writes: list[Write] = []
        self.faults, self.since, self.command = Faults(), 0, 0
        self.most_at_once = self.flying = 0
        self.late: list[tuple[int, Posted, dict[Pair, int]]] = []
        self.hook: Callable[[int, str], None] = lambda _number, _moment: None
        self.lock = threading.Lock()
        self.sink = socket.create_server(("127.0.0.1", 0))
        self.sink.setblocking(False)

    def misbehave(self, faults: Faults) -> None:
        """Misbehave in another way from now on."""
        self.faults, self.since = faults, len(self.posted)

    def post(self, body: bytes, answer: Answer) -> None:
        """Take a body, and answer it."""
        request = self._noted(body)
        number = request.number - self.command
        self.hook(number, "arrived")
        self._decide(request, answer)
        request.ended = time.monotonic()  # before the answer is on its way: nothing is blamed that came by it
        with self.lock:
            self.flying -= 1
        self.hook(number, "applied")
        answer.send(lambda: self.hook(number, "half"))

    def _noted(self, body: bytes) -> Posted:
        told = json.loads(body)
        rows = [(row["location_code"], row["sku_code"], row["quantity"]) for row in told["inventory"]]
        run = RUN.search(told.get("notes", ""))
        digest = hashlib.sha256(repr(rows).encode()).hexdigest()
        with self.lock:
            self.land()
            began = time.monotonic()
            request = Posted(len(self.posted), began, run[1] if run else "", rows, digest, len(body))
            self.posted.append(request)
            self.flying += 1
            self.most_at_once = max(self.most_at_once, self.flying)
        return request

    def _decide(self, request: Posted, answer: Answer) -> None:
        faults, number = self.faults, request.number - self.since
        if faults.blanket and request.number - self.command >= faults.since:
            self._refuse_all(request, answer, faults.blanket)
        elif faults.limit and len(request.rows) > faults.limit:
            answer.status, answer.body = 413, b"<h1>413 Request Entity Too Large</h1>"
        elif faults.poison and any(sku in POISON for _, sku, _ in request.rows):
            self._choke(request, answer, faults.poison)
        else:
            self._act(request, answer, faults.act(number))
        request.status = None if answer.gone else answer.status

    def _refuse_all(self, request: Posted, answer: Answer, status: int) -> None:
        request.blanket = True
        answer.status, answer.body = status, json.dumps({"detail": "not now"}).encode()
        if status == 307:
            answer.headers["Location"] = f"http://127.0.0.1:{self.sink.getsockname()[1]}/"
        if len(request.rows) == 1:
            request.refused = {(place, sku) for place, sku, _ in request.rows}

    def _choke(self, request: Posted, answer: Answer, status: int) -> None:
        words = {"success": False, "error": {"code": "MAPPING_ERROR", "message": "no such thing"}}
        answer.status, answer.body = status, json.dumps(words).encode()
        if len(request.rows) == 1 and status < 500:
            request.refused = {(place, sku) for place, sku, _ in request.rows}

    def _act(self, request: Posted, answer: Answer, act: dict[str, Any] | None) -> None:
        """Judge and apply the rows, and answer as `act` has it."""
        failed = self._unknown(request)
        request.refused = {request.rows[at][:2] for at in failed}
        good = {
            (place, sku): count for at, (place, sku, count) in enumerate(request.rows) if at not in failed
        }
        do = act["do"] if act else ""
        if act and do == "late":
            with self.lock:
                self.late.append((request.number + act["after"], request, good))
            good = {}
        share = act.get("applied", "all") if act else "all"
        if share != "all":
            good = dict(list(good.items())[: len(good) // 2 if share == "part" else 0])
        if do == "slow":
            time.sleep(1.3)
        request.lied = set(good) if do == "lie" else set()
        created = self._apply(request, {} if request.lied else good)
        errors = acts.entries(failed, self.faults.shape, Random(request.number))  # noqa: S311 - the same order again
        data = {
            "total": len(request.rows),
            "created": created,
            "updated": len(good) - created,
            "failed": len(failed),
        }
        told = {"success": True, "data": data | {"errors": errors}}
        answer.body = json.dumps(told).encode()
        if act:
            answer.spoil(act, told, self)
        if answer.whole and answer.adds_up:
            request.taken = set(good)
        request.wait = answer.wait

    def read(self, target: str) -> tuple[int, bytes]:
        """Show stock, or do not."""
        if not self.readable:
            return 403, b'{"detail":"You do not have permission to perform this action."}'
        act = self.faults.act(len(target)) or {}
        if self.faults.blanket or act.get("do") == "status":
            return self.faults.blanket or act["status"], b"{}"
        return OK, acts.MALFORMED.get(act.get("body", ""), lookups.shown(self.stock, target))

    def _unknown(self, request: Posted) -> dict[int, tuple[str, str, str]]:
        found = {}
        for at, (place, sku, _) in enumerate(request.rows):
            if place not in LOCATIONS or sku not in self.skus:
                found[at] = (place, sku, "location_id" if place not in LOCATIONS else "product_id")
        return found

    def _apply(self, request: Posted, good: dict[Pair, int]) -> int:
        with self.lock:
            created = len(good.keys() - self.stock.keys())
            self.stock.update(good)
            self.writes += [Write(request, pair, count) for pair, count in good.items()]
        return created

    def land(self, *, everything: bool = False) -> None:
        """Apply what was held back and is due; the caller holds the lock, or nobody else is there."""
        due = [item for item in self.late if everything or item[0] <= len(self.posted)]
        self.late = [item for item in self.late if item not in due]
        for _, request, good in due:
            self.stock.update(good)
            self.writes += [Write(request, pair, count, late=True) for pair, count in good.items()]

    def told_elsewhere(self) -> bool:
        """Tell whether anybody came to the address that redirects point to."""
        try:
            self.sink.accept()[0].close()
        except BlockingIOError:
            return False
        return True


class Handler(BaseHTTPRequestHandler):
    """One connection to the tenant."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        self.server.count(1)

    def finish(self) -> None:
        """Count it off, however it ended."""
        try:
            super().finish()
        except OSError:
            pass  # nobody is there any more
        finally:
            self.server.count(-1)

    def do_POST(self) -> None:
        """Take stock."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) == int(self.headers["Content-Length"]) and self.headers["X-API-Key"] == KEY:
            self.server.tenant.post(body, Answer(self))

    def do_GET(self) -> None:
        """Show stock."""
        status, text = self.server.tenant.read(self.path)
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def hang_up(self, *, rst: bool) -> None:
        """Close the connection without an answer."""
        if rst:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """The tenant's door, which knows how many are inside."""

    daemon_threads = True

    def __init__(self, tenant: Tenant) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tenant = tenant
        self.inside, self._changed = 0, threading.Condition()

    def count(self, change: int) -> None:
        """Note that somebody came or went."""
        with self._changed:
            self.inside += change
            self._changed.notify_all()

    def until_empty(self, seconds: float = 20.0) -> bool:
        """Wait until nobody is inside any more."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.inside, seconds)

    def handle_error(self, *_: Any) -> None:
        """Say nothing: clients that were killed hang up."""

"""The sandbox on a port: the same answers over a real socket, and an OpenAPI document that tells the truth about them."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request as Incoming

from sync.sandbox.access import Key
from sync.sandbox.incoming import whole_body
from sync.sandbox.serve import OPENAPI, Manner, serve, served
from sync.sandbox.store import Store
from sync.sandbox.vendor import LARGEST_BODY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROOT = "/api/integrations/v1/inventory/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store(tmp_path / "s.db") as opened:
        yield opened


def ask(
    url: str, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Send one request as it stands, redirects not followed."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
        connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        told = connection.getresponse()
        return told.status, {name.lower(): value for name, value in told.getheaders()}, told.read()


def rows(*codes: str) -> bytes:
    inventory = [{"location_code": code, "sku_code": "1", "quantity": 5} for code in codes]
    return json.dumps({"inventory": inventory}).encode()


def test_what_is_posted_can_be_read_over_the_wire(store: Store) -> None:
    """A code with a slash, a percent sign and an umlaut comes back by its encoded path."""
    with served(store) as url:
        assert ask(url, "POST", ROOT, body=rows("Größe/50%"))[0] == 200
        told = json.loads(ask(url, "GET", f"{ROOT}Gr%C3%B6%C3%9Fe%2F50%25/?by=location")[2])
    assert told["data"] == [{"location_code": "Größe/50%", "sku_code": "1", "quantity": 5}]


def test_a_redirect_is_told_not_followed(store: Store) -> None:
    """The missing slash is a 301 on the wire too, for a POST, with nothing applied."""
    with served(store) as url:
        status, headers, _ = ask(url, "POST", ROOT[:-1], body=rows("A"))
    assert (status, headers["location"]) == (301, ROOT)
    assert store.page(None, 1) == []


def test_a_body_over_the_limit_is_refused_on_the_wire(store: Store) -> None:
    """413, and the connection is not torn down before the answer."""
    with served(store) as url:
        assert ask(url, "POST", ROOT, body=rows("A").ljust(LARGEST_BODY + 2_000_000))[0] == 413
        assert ask(url, "POST", ROOT, body=rows("A").ljust(LARGEST_BODY))[0] == 200


def test_keys_and_faults_hold_on_the_wire(store: Store) -> None:
    """The same keys and plan as for the plain function."""
    plan = [{"method": "POST", "times": 1, "status": 503, "retry_after": 7}]
    with served(store, keys={"k": Key()}, plan=plan) as url:
        assert ask(url, "GET", ROOT)[0] == 403
        status, headers, _ = ask(url, "POST", ROOT, body=rows("A"), headers={"X-API-Key": "k"})
        assert (status, headers["retry-after"]) == (503, "7")
        assert ask(url, "POST", ROOT, body=rows("A"), headers={"X-API-Key": "k"})[0] == 200


def test_many_clients_at_once(store: Store) -> None:
    """Forty bodies from eight connections: each row is there once."""
    with served(store) as url, ThreadPoolExecutor(8) as pool:
        bodies = [rows(*(f"L{batch}-{number}" for number in range(50))) for batch in range(40)]
        statuses = set(pool.map(lambda body: ask(url, "POST", ROOT, body=body)[0], bodies))
    assert (statuses, len(store.page(None, 3000))) == ({200}, 2000)


def test_a_client_that_hangs_up_harms_nobody(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Half a body changes nothing, the next client is served, and no traceback is logged."""
    with served(store) as url:
        with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as half:
            half.sendall(
                f"POST {ROOT} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n".encode() + rows("A")[:9]
            )
        assert json.loads(ask(url, "GET", ROOT)[2])["data"] == []
    assert not [record for record in caplog.records if record.exc_info]


def test_no_more_of_a_body_is_kept_than_shows_its_size() -> None:
    """A body of any size takes no more memory than the largest one that is allowed."""

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": bytes(3_000_000), "more_body": next(more)}

    more = iter([True] * 9 + [False])
    kept = asyncio.run(whole_body(Incoming({"type": "http"}, receive)))
    assert len(kept) == LARGEST_BODY + 1
    assert next(more, None) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com", ""])  # noqa: S104 - refused
def test_only_loopback_is_served(store: Store, host: str) -> None:
    """Any other address is refused before a socket is opened, with what to do."""
    with pytest.raises(ValueError, match=r"loopback address only, .* use 127\.0\.0\.1"):
        serve(store, host=host, port=0)


def test_a_wrong_plan_is_told_before_anything_is_served(store: Store) -> None:
    """No port is opened for a plan that cannot be followed."""
    with pytest.raises(ValueError, match="unknown key tims; the nearest is times"):
        serve(store, manner=Manner(plan=[{"tims": 1}]), ready=lambda _: pytest.fail("it was served"))


def test_an_interrupt_ends_it_quietly(tmp_path: Path) -> None:
    """`ready` is told the port once clients can connect; Ctrl-C ends with 0 and not a word."""
    script = """if True:
        import os, pathlib, signal, sys, threading, urllib.request
        from sync.sandbox.serve import serve
        from sync.sandbox.store import Store
        def client(port):
            url = f"http://localhost:{port}/api/integrations/v1/inventory/"
            print(urllib.request.urlopen(url).status)
            os.kill(os.getpid(), signal.SIGINT)
        ready = lambda port: threading.Thread(target=client, args=[port]).start()
        with Store(pathlib.Path(sys.argv[1])) as store:
            serve(store, host="localhost", port=0, ready=ready)
    """
    command = [sys.executable, "-c", script, str(tmp_path / "s.db")]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (told.returncode, told.stdout, told.stderr) == (0, "200\n", "")


def test_the_document_is_served(store: Store) -> None:
    """/openapi.json is the file that the package holds."""
    with served(store) as url:
        status, headers, body = ask(url, "GET", "/openapi.json")
    assert (status, headers["content-type"], body) == (200, "application/json", OPENAPI.read_bytes())

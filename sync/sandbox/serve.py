"""The sandbox on a loopback port: starlette in front of the plain function, uvicorn underneath.

Only loopback addresses are served: the sandbox has no secrets to keep and no business on a network.
"""

from __future__ import annotations

import socket
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, Response
from starlette.routing import Route, Router

from sync.sandbox import control
from sync.sandbox.conduct import Conductor
from sync.sandbox.faults import Faults
from sync.sandbox.journal import Journal
from sync.sandbox.plan import read_plan
from sync.sandbox.vendor import answer
from sync.sandbox.wire import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.requests import Request as Incoming

    from sync.sandbox.access import Key
    from sync.sandbox.store import Store

OPENAPI = Path(__file__).with_name("openapi.json")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sandbox behaves: who may come in, what goes wrong, what is written down. By default all may, and nothing is."""

    keys: Mapping[str, Key] | None = None
    plan: object = None
    seed: int = 0
    journal: Journal = field(default_factory=Journal)


def serve(
    store: Store,
    *,
    host: str = "127.0.0.1",
    port: int = 8707,
    manner: Manner | None = None,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Serve until interrupted; `ready` is told the port once a client can connect (port 0: a free one)."""
    server = _server(store, manner or Manner())
    with closing(_listen(host, port)) as listening:
        if ready:
            ready(listening.getsockname()[1])
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            return  # the way to stop it


@contextmanager
def served(
    store: Store,
    *,
    keys: Mapping[str, Key] | None = None,
    plan: object = None,
    seed: int = 0,
    journal: Journal | None = None,
) -> Iterator[str]:
    """Serve from a thread, on a free port, as long as the block lasts; give the base address."""
    server = _server(store, Manner(keys, plan, seed, journal or Journal()))
    with closing(_listen("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, name="sandbox")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _server(store: Store, manner: Manner) -> Server:
    """Put the application together; ValueError says what is wrong with the plan."""
    faults = Faults(read_plan([] if manner.plan is None else manner.plan), seed=manner.seed)
    conductor = Conductor(partial(answer, store, keys=manner.keys), faults, manner.journal)
    store.note = manner.journal.wrote
    steering = [] if manner.plan is None else control.routes(conductor)
    # A default, not a route for "every path": route patterns do not match a path with an encoded line break.
    document = Route("/openapi.json", _openapi)
    server = Server(
        Router([document, *steering], redirect_slashes=False, default=conductor), conductor.waiting
    )
    conductor.go_down = server.go_down
    return server


def _openapi(_: Incoming) -> Response:
    return FileResponse(OPENAPI, media_type="application/json")


def _listen(host: str, port: int) -> socket.socket:
    host = "127.0.0.1" if host == "localhost" else host
    if not _is_loopback(host):
        raise ValueError(f"the sandbox is served on a loopback address only, not on {host}; use 127.0.0.1")
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name may lead anywhere
        return False

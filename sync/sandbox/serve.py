"""Puts the sandbox on a loopback port: starlette in front of the plain function, uvicorn underneath.

Only loopback addresses are served: the sandbox has no secrets to keep and no business on a network.
"""

from __future__ import annotations

import socket
from contextlib import closing, contextmanager
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Incoming
from starlette.responses import FileResponse, Response
from starlette.routing import Route, Router

from sync.sandbox.faults import misbehave
from sync.sandbox.vendor import LARGEST_BODY, Request, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from sync.sandbox.access import Key
    from sync.sandbox.store import Store
    from sync.sandbox.vendor import Answer

    AnswerFn = Callable[[Request], Answer]

OPENAPI = Path(__file__).with_name("openapi.json")


def serve(
    store: Store,
    *,
    host: str = "127.0.0.1",
    port: int = 8707,
    keys: Mapping[str, Key] | None = None,
    plan: object = None,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Serve until interrupted; `ready` is told the port once a client can connect (port 0: a free one)."""
    server = _server(build_app(store, keys=keys, plan=plan))
    with closing(_listen(host, port)) as listening:
        if ready:
            ready(listening.getsockname()[1])
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            return  # the way to stop it


@contextmanager
def served(store: Store, *, keys: Mapping[str, Key] | None = None, plan: object = None) -> Iterator[str]:
    """Serve from a thread, on a free port, as long as the block lasts; give the base address."""
    server = _server(build_app(store, keys=keys, plan=plan))
    with closing(_listen("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, name="sandbox")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def build_app(store: Store, *, keys: Mapping[str, Key] | None = None, plan: object = None) -> Router:
    """Build the ASGI application; ValueError says what is wrong with the plan."""
    answer_fn = misbehave(partial(answer, store, keys=keys), plan or [])
    # A default, not a route for "every path": route patterns do not match a path with an encoded line break.
    document = Route("/openapi.json", _openapi)
    return Router([document], redirect_slashes=False, default=_vendor(answer_fn))


def _openapi(_: Incoming) -> Response:
    return FileResponse(OPENAPI, media_type="application/json")


def _vendor(answer_fn: AnswerFn) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        incoming = Incoming(scope, receive)
        try:
            body = await _body(incoming)
        except ClientDisconnect:
            return
        asked = Request(incoming.method, _target(scope), dict(incoming.headers), body)
        given = await run_in_threadpool(answer_fn, asked)
        await Response(given.body, given.status, dict(given.headers))(scope, receive, send)

    return app


def _target(scope: Scope) -> str:
    """Give the path as it came, with its query: a decoded path cannot tell %2F from a slash."""
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


async def _body(incoming: Incoming) -> bytes:
    """Read the whole body, but keep no more of it than shows that it is too large."""
    kept = bytearray()
    async for chunk in incoming.stream():
        kept += chunk[: LARGEST_BODY + 1 - len(kept)]
    return bytes(kept)


def _server(app: Router) -> uvicorn.Server:
    # Logging is left as the command has set it up.
    return uvicorn.Server(
        uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_config=None, access_log=False, server_header=False
        )
    )


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

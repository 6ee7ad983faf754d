"""The connection under the sandbox: uvicorn's own, with ways to break it that no well-behaved server has.

The application finds its connection in `scope["state"]["connection"]`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.sandbox.waiting import Over

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope

    from sync.sandbox.waiting import WaitingRoom

AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER on, no time: closing throws away what is unsent and resets


class Connection(H11Protocol):
    """A connection that can be hung up on at any moment."""

    ends_with_next: bool = False
    by_reset: bool = False
    ended: bool = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in H11Protocol
        """Put itself where the application finds it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": self}

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, unless this is where it ends."""
        if not self.ends_with_next:
            super().data_received(data)
        elif self.by_reset:
            self.hang_up(rst=True)
        elif not self.ended:  # only our half: to close with bytes unread would be a reset
            self.ended = True
            self.transport.write_eof()

    def hang_up(self, *, rst: bool) -> None:
        """End the connection: after what was written, or at once and with a reset."""
        if rst:
            sock = self.transport.get_extra_info("socket")
            with suppress(OSError):  # it may be gone by itself
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            self.transport.abort()
        else:
            self.transport.close()

    def end_with_next(self, *, rst: bool) -> None:
        """Hang up as soon as the next request comes."""
        self.ends_with_next, self.by_reset = True, rst

    def write(self, data: bytes) -> None:
        """Send bytes as they are, past the protocol."""
        self.transport.write(data)


def connection_of(scope: Scope) -> Connection:
    """Find the connection of a request."""
    return cast("Connection", scope["state"]["connection"])


async def gone(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is over, throwing away what still comes."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Server(uvicorn.Server):
    """A server that can stop listening for a while, and that keeps nobody waiting when it ends."""

    def __init__(self, app: ASGIApp, waiting: WaitingRoom) -> None:
        # Logging is left as the command has set it up.
        config = uvicorn.Config(
            app,
            http=Connection,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        super().__init__(config)
        self._waiting = waiting
        self._down = False
        self._coming_back: asyncio.Task[None] | None = None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, without those who wait."""
        self._waiting.end()
        if self._coming_back:
            await self._coming_back
        await super().shutdown(sockets)

    async def go_down(self, seconds: float, last: Connection) -> None:
        """Refuse connections for so long, and reset those that are there; `last` ends once it has its answer."""
        if self._down:
            return
        self._down = True
        keeper = await _stop_listening(self.servers[0])
        last.shutdown()
        for connection in list(self.server_state.connections):
            if connection is not last:
                cast("Connection", connection).hang_up(rst=True)
        self._coming_back = asyncio.create_task(self._come_back(keeper, seconds))

    async def _come_back(self, keeper: socket.socket, seconds: float) -> None:
        try:
            await self._waiting.pause(seconds)
        except Over:
            keeper.close()
        else:
            await self.startup(sockets=[keeper])
            self._down = False


async def _stop_listening(server: asyncio.Server) -> socket.socket:
    """Close what listens; the socket that is given keeps the port from everybody else, and whoever connects is refused."""
    (listening,) = server.sockets
    # Whoever was just accepted must be let in first: closing in between would leave him hanging (Python 3.11).
    asyncio.get_running_loop().remove_reader(listening.fileno())
    for _ in range(2):
        await asyncio.sleep(0)
    keeper = socket.socket(listening.family, socket.SOCK_STREAM)
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    address = listening.getsockname()
    server.close()
    keeper.bind(address)
    return keeper

"""Tenants on loopback ports that play scripts on a real socket: for what goes wrong on the way."""

from __future__ import annotations

import gzip
import json
import re
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    Script = Callable[[socket.socket], None]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
LARGE = 1_000_000
TLS_HELLO = b"\x16"


class Server:
    """A tenant that plays one script for each request, then `otherwise`, or hangs up."""

    otherwise: Script | None = None

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.listener = socket.create_server(("127.0.0.1", port))
        self.origin = f"http{'s' if tls else ''}://127.0.0.1:{self.listener.getsockname()[1]}"
        self.scripts, self.requests = list(scripts), list[bytes]()
        self.asked = threading.Event()  # whether anybody has asked anything
        self._tls, self._threads = tls, list[threading.Thread]()

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self._threads.append(threading.Thread(target=self.talk, args=(connection,)))
                self._threads[-1].start()
        for thread in self._threads:
            thread.join()

    def go_down(self) -> None:
        """Take no connection any more."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def talk(self, connection: socket.socket) -> None:
        """Play scripts until the client or a script hangs up."""
        with suppress(OSError), connection, self._safe(connection) as safe:
            while (self.scripts or self.otherwise) and (request := request_of(safe)):
                self.requests.append(request)
                self.asked.set()
                script = self.scripts.pop(0) if self.scripts else self.otherwise
                (script or hangs_up)(safe)

    def _safe(self, connection: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection


class Shop(Server):
    """A tenant that takes stock as the API does, once its scripts are used up."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        super().__init__(*scripts, tls=tls, port=port)
        self.otherwise = self.takes
        self.stock: dict[str, int] = {}

    @property
    def bodies(self) -> list[list[str]]:
        """List the SKUs of each body that came."""
        return [[row["sku_code"] for row in rows_of(request)] for request in self.requests]

    def apply(self) -> bytes:
        """Take the rows of the last request, and give the answer; whoever asks finds nothing."""
        if self.requests[-1].startswith(b"GET"):
            return answer(b'{"success": true, "data": [], "pagination": {"next_cursor": null}}')
        rows = rows_of(self.requests[-1])
        self.stock |= {row["sku_code"]: row["quantity"] for row in rows}
        counts = {"total": len(rows), "created": len(rows), "updated": 0, "failed": 0, "errors": []}
        return answer(json.dumps({"success": True, "data": counts}).encode())

    def takes(self, connection: socket.socket) -> None:
        """Take the rows and say so."""
        connection.sendall(self.apply())


class Meddler(Shop):
    """A tenant that has something happen while rows are on their way to it, once."""

    meddle: Callable[[], object] | None = None

    def takes(self, connection: socket.socket) -> None:
        """Let it happen, then take the rows."""
        if self.meddle and not self.requests[-1].startswith(b"GET"):
            once, self.meddle = self.meddle, None
            once()
        super().takes(connection)

    @property
    def sent(self) -> list[int]:
        """List the quantities in the order of the requests."""
        posts = [request for request in self.requests if request.startswith(b"POST")]
        return [row["quantity"] for request in posts for row in rows_of(request)]


def rows_of(request: bytes) -> list[dict[str, Any]]:
    """Read the rows of a request."""
    rows: list[dict[str, Any]] = json.loads(request.partition(b"\r\n\r\n")[2])["inventory"]
    return rows


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Write an answer with its length."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers])
    return f"{head}\r\n\r\n".encode() + body


def request_of(connection: socket.socket) -> bytes:
    """Read a request to its end, a large one only up to its body."""
    request = b""
    while b"\r\n\r\n" not in request and not request.startswith(TLS_HELLO):
        if not (piece := connection.recv(65_536)):
            return b""
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    missing = int(re.findall(rb"content-length: (\d+)", head.lower() + b"content-length: 0")[0]) - len(body)
    while 0 < missing < LARGE and (piece := connection.recv(missing)):
        request, missing = request + piece, missing - len(piece)
    return request


@contextmanager
def serving(server: Server) -> Iterator[None]:
    """Serve as long as the block lasts."""
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield
    finally:
        server.go_down()
        thread.join()


@contextmanager
def playing(*scripts: Script) -> Iterator[Server]:
    """Serve scripts, each for one request."""
    server = Server(*scripts)
    with serving(server):
        yield server


def says(*pieces: bytes) -> Script:
    """Answer in so many pieces."""

    def script(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return script


def drips(head: bytes, piece: bytes) -> Script:
    """Send a little every twentieth of a second, until the client hangs up."""

    def script(connection: socket.socket) -> None:
        pause = threading.Event()
        connection.sendall(head)
        while not pause.wait(0.05):
            connection.sendall(piece)

    return script


def packed(content: bytes) -> Script:
    """Answer with something packed."""
    return says(answer(gzip.compress(content, 6), "200 OK", "Content-Encoding: gzip"))


def is_silent(connection: socket.socket) -> None:
    """Say nothing; what comes is the client's hanging up."""
    connection.recv(1)


def hangs_up(connection: socket.socket) -> None:
    """End the connection properly, without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def resets(connection: socket.socket) -> None:
    """End the connection as a crash does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()

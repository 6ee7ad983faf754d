"""A mail server on a loopback port, of scripted manners, that keeps what it was handed."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, contextmanager, suppress
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping
    from email.message import EmailMessage
    from typing import BinaryIO

HANGS = "hang"  # in place of an answer: none comes
DRIPS = "drip"  # a letter every twentieth of a second
TALKS = "talk"  # an answer without end


class Mailbox:
    """Takes mail as a server does; `answers` replaces what it says to a command (EHLO, MAIL, ...)."""

    def __init__(
        self,
        answers: Mapping[str, str] | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        at_once: bool = False,
        features: tuple[str, ...] = (),
    ) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.heard: list[str] = []
        self._answers, self._tls, self._at_once, self._features = dict(answers or {}), tls, at_once, features

    def serve(self) -> None:
        """Talk to one client after the other until the listener is closed."""
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with suppress(OSError, ValueError), ExitStack() as open_ones:
                    open_ones.enter_context(connection)
                    safe = self._safe(connection, open_ones) if self._at_once else connection
                    self._talk(safe, open_ones)

    def _safe(self, connection: socket.socket, open_ones: ExitStack) -> socket.socket:
        if self._tls is None:
            return connection
        safe = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        open_ones.enter_context(safe)
        safe.do_handshake()
        return safe

    def _talk(self, connection: socket.socket, open_ones: ExitStack) -> None:
        file = open_ones.enter_context(connection.makefile("rb"))
        self._say(connection, "HELLO", "220 ready")
        while line := file.readline().decode("latin-1").strip():
            self.heard.append(line)
            verb = line.split()[0].upper()
            if verb == "STARTTLS" and self._tls:
                connection.sendall(b"220 go on\r\n")
                connection = self._safe(connection, open_ones)
                file = open_ones.enter_context(connection.makefile("rb"))
                continue
            self._say(connection, verb, self._usual(verb))
            if verb == "DATA" and "DATA" not in self._answers:
                self._take(connection, file)
            if verb == "QUIT":
                return

    def _usual(self, verb: str) -> str:
        if verb == "EHLO":
            names = (
                "hello",
                *self._features,
                *(("STARTTLS",) if self._tls and not self._at_once else ()),
                "8BITMIME",
            )
            return "\r\n".join([*(f"250-{name}" for name in names[:-1]), f"250 {names[-1]}"])
        return {"DATA": "354 go on", "QUIT": "221 bye", "AUTH": "235 welcome"}.get(verb, "250 ok")

    def _take(self, connection: socket.socket, file: BinaryIO) -> None:
        lines = []
        while (line := file.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.raw.append(b"".join(lines))
        self.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self._say(connection, "END", "250 taken")

    def _say(self, connection: socket.socket, verb: str, usual: str) -> None:
        said = self._answers.get(verb, usual)
        if said == HANGS:
            connection.recv(1)
        elif said == DRIPS:
            pause = threading.Event()
            while not pause.wait(0.05):
                connection.sendall(b"2")
        elif said == TALKS:
            while True:
                connection.sendall(b"250-and so on\r\n" * 1000)
        else:
            connection.sendall(said.encode() + b"\r\n")


@contextmanager
def taking_mail(mailbox: Mailbox) -> Iterator[Mailbox]:
    """Serve as long as the block lasts."""
    thread = threading.Thread(target=mailbox.serve, daemon=True)
    thread.start()
    try:
        yield mailbox
    finally:
        with suppress(OSError):
            mailbox.listener.shutdown(socket.SHUT_RDWR)
        mailbox.listener.close()
        thread.join(5)

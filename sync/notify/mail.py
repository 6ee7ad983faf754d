"""A message -> an e-mail, handed to a server in one go with a deadline; TLS always, but for a server on this machine."""

from __future__ import annotations

import smtplib
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import IO, TYPE_CHECKING, Any, Literal

from sync.client.redaction import redact
from sync.notify.message import in_one_line
from sync.notify.web import trusted

if TYPE_CHECKING:
    import ssl
    from datetime import datetime
    from pathlib import Path

    from sync.notify.message import Message

SHOWN = 200
READY = 220
SAID_MOST = 65_536  # bytes that a server may say; a greeting without end is cut


@dataclass(frozen=True, slots=True)
class Server:
    """Who takes the mail, and whom it is from and for; `password` is a secret."""

    host: str
    port: int
    tls: Literal["starttls", "ssl", "none"]
    sender: str
    to: tuple[str, ...]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None

    def clean(self, text: str) -> str:
        """Take the password out of a text."""
        return in_one_line(redact(text, self.password) if self.password else text, SHOWN)


def compose(message: Message, server: Server, *, now: datetime) -> EmailMessage:
    """Write the mail; the title is one line already, and the library refuses any other header."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = server.sender
    mail["To"] = ", ".join(server.to)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=server.sender.partition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"  # so that nobody's holiday answers
    mail.set_content("\n".join((message.subject, "", *message.text)))
    return mail


def send(message: Message, server: Server, *, seconds: float, now: datetime) -> str:
    """Hand a message over; "" where the server took it for somebody at least, else why not."""
    mail = compose(message, server, now=now)
    try:
        _hand_over(mail, server, seconds)
    except smtplib.SMTPRecipientsRefused as error:
        refusals = ", ".join(f"{to} ({code} {_text(said)})" for to, (code, said) in error.recipients.items())
        return server.clean(f"{server.host} takes mail for none of them: {refusals}")
    except smtplib.SMTPResponseException as error:
        return server.clean(f"{server.host} said {error.smtp_code} {_text(error.smtp_error)}")
    except (OSError, ValueError) as error:  # smtplib's own exceptions are among them
        return server.clean(f"{server.host}:{server.port}: {str(error) or type(error).__name__}")
    return ""


def _hand_over(mail: EmailMessage, server: Server, seconds: float) -> None:
    tls = trusted(server.ca_file)
    talk = Talk(server.host, seconds, tls if server.tls == "ssl" else None)
    over = threading.Timer(
        seconds, talk.cut
    )  # each wait is bounded by the library, all of them together here
    over.daemon = True
    over.start()
    try:
        talk.connect(server.host, server.port)
        if server.tls == "starttls":
            talk.starttls(context=tls)
        if server.user and server.password:
            talk.login(server.user, server.password)
        talk.send_message(mail)
        with suppress(OSError):
            talk.putcmd("QUIT")  # it has the mail: whatever it says to this changes nothing
    finally:
        over.cancel()
        talk.close()


def _text(said: bytes | str) -> str:
    return said if isinstance(said, str) else said.decode("utf-8", "replace")


class Talk(smtplib.SMTP):
    """A talk with a server that asks no name server who we are, hears only so much, and can be cut off."""

    def __init__(self, host: str, seconds: float, tls: ssl.SSLContext | None) -> None:
        name = socket.gethostname()
        super().__init__(local_hostname=name if "." in name else "[127.0.0.1]", timeout=seconds)
        self._host = host  # whose certificate it must be
        self._tls = tls

    def connect(self, host: str = "", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:  # noqa: ANN401 - the base class says so
        """Connect, and hear the greeting."""
        code, said = super().connect(host, port, source_address)
        if code != READY:
            raise smtplib.SMTPConnectError(code, said)
        return code, said

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        self.sock = plain  # so that it can be cut off while TLS is agreed on
        return self._tls.wrap_socket(plain, server_hostname=host) if self._tls else plain

    def getreply(self) -> tuple[int, bytes]:
        """Hear an answer, of a sane size."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()

    def cut(self) -> None:
        """End the talk from another thread; whoever waits for an answer gets none."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class _Bounded:
    """A file that ends after SAID_MOST bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left = file, SAID_MOST

    def readline(self, size: int) -> bytes:
        """Read a line, or nothing where too much was said."""
        line = self._file.readline(min(size, self._left))
        self._left -= len(line)
        return line

    def close(self) -> None:
        """Close the file."""
        self._file.close()

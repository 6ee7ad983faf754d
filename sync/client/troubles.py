"""Every way in which no whole answer comes -> one word that says what happened, and a sentence for people.

The border for foreign errors: an exception of httpx becomes a word here and goes no further, because its request
holds headers. A test walks all exception classes of httpx.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

STALE = "stale"
TROUBLES = {
    "refused": "Nothing listens at {origin}",
    "dns": "The name of {origin} cannot be found",
    "connect": "{origin} cannot be reached",
    "tls": "There is no safe connection (TLS) to {origin}",
    "timeout": "{origin} gave no whole answer within {timeout:g} seconds",
    "cut": "{origin} hung up before its answer was whole",
    STALE: "{origin} had closed a connection that was kept open",
    "too_big": "The answer of {origin} is larger than 16 MB once unpacked",
    "protocol": "What {origin} answers is not proper HTTP",
    "machine": "This machine gave out while {origin} was asked",
}

# ConnectError is told apart by its cause, RemoteProtocolError by its words.
BY_CLASS: dict[type[Exception], str] = {
    httpx.ConnectError: "connect",
    httpx.ConnectTimeout: "connect",
    httpx.ProxyError: "connect",
    httpx.TimeoutException: "timeout",
    httpx.ReadTimeout: "timeout",
    httpx.WriteTimeout: "timeout",
    httpx.PoolTimeout: "timeout",
    httpx.NetworkError: "cut",
    httpx.ReadError: "cut",
    httpx.WriteError: "cut",
    httpx.CloseError: "cut",
    httpx.RemoteProtocolError: "protocol",
    httpx.LocalProtocolError: "protocol",
    httpx.ProtocolError: "protocol",
    httpx.UnsupportedProtocol: "protocol",
    httpx.DecodingError: "protocol",
    httpx.TooManyRedirects: "protocol",
    httpx.HTTPStatusError: "protocol",
    httpx.TransportError: "protocol",
    httpx.RequestError: "protocol",
    httpx.HTTPError: "protocol",
    httpx.InvalidURL: "protocol",
    httpx.CookieConflict: "protocol",
    httpx.StreamError: "protocol",
    httpx.StreamConsumed: "protocol",
    httpx.StreamClosed: "protocol",
    httpx.ResponseNotRead: "protocol",
    httpx.RequestNotRead: "protocol",
}
FOREIGN = tuple(BY_CLASS)

# Why connecting failed; the first that fits.
BY_CAUSE: tuple[tuple[type[OSError], str], ...] = (
    (ssl.SSLEOFError, "cut"),
    (ssl.SSLZeroReturnError, "cut"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "dns"),
    (ConnectionRefusedError, "refused"),
    (ConnectionResetError, "cut"),
)

HUNG_UP = re.compile(r"disconnected|closed connection|incomplete", re.IGNORECASE)


def retryable(trouble: str) -> bool:
    """Say whether the same request may succeed later; a certificate does not mend itself."""
    return trouble != "tls"


def trouble_of(error: Exception) -> tuple[str, str]:
    """Give the word for `error`, and what was said about it."""
    word = next(BY_CLASS[kind] for kind in type(error).__mro__ if kind in BY_CLASS)
    if isinstance(error, httpx.ConnectError):
        return _of_connecting(error)
    if isinstance(error, httpx.RemoteProtocolError) and HUNG_UP.search(str(error)):
        word = "cut"
    return word, str(error)


def _of_connecting(error: httpx.ConnectError) -> tuple[str, str]:
    for cause in _causes(error):
        for kind, word in BY_CAUSE:
            if isinstance(cause, kind):
                return word, _said(cause)
    return "connect", str(error)


def _said(cause: OSError) -> str:
    refused, reason = getattr(cause, "verify_message", None), getattr(cause, "reason", None)
    if refused:
        return f"its certificate was refused: {refused}"
    return reason.replace("_", " ").lower() if reason else cause.strerror or str(cause)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

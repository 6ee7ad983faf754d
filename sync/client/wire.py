"""Sockets to one tenant, with one deadline round a whole request.

httpx bounds each single read or write only: a server that drips its answer (or its headers) would hold a worker for
ever. So every operation of a socket waits here no longer than what is left for the request. Nothing of the
environment is trusted: no proxy, no SSL_CERT_FILE, no SSLKEYLOGFILE.
"""

from __future__ import annotations

import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import certifi
import httpcore
import httpx

from sync.errors import FixSetup

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

READ_AT_ONCE = 16_384  # bounds what a packed answer can unfold to in one step (gzip: a thousandfold)
WRITE_AT_ONCE = 65_536
KEPT_IDLE = 5.0  # seconds; a longer idle connection may be closed under us by the tenant
SHORTEST_WAIT = 0.001  # 0 would mean: do not wait at all


class Deadline(threading.local):
    """The moment when the request of the current thread must be over, and how far it came.

    `untouched`: it goes over a connection that was kept, and no byte came back.
    """

    def __init__(self) -> None:
        self.ends = float("inf")
        self.untouched = False

    def start(self, seconds: float) -> None:
        """Give the request that begins now `seconds`."""
        self.ends = time.monotonic() + seconds
        self.untouched = True

    def left(self) -> float:
        """Give the seconds that are left, below zero when it is over."""
        return self.ends - time.monotonic()

    def wait(self, timeout: float | None) -> float:
        """Shorten a socket's `timeout` to what is left."""
        left = max(self.left(), SHORTEST_WAIT)
        return left if timeout is None else min(timeout, left)


class TimedStream(httpcore.NetworkStream):
    """A connection whose every operation keeps to the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Wait for bytes no longer than what is left."""
        if self._deadline.left() <= 0:
            raise httpcore.ReadTimeout("the answer came too slowly")
        got = self._stream.read(min(max_bytes, READ_AT_ONCE), self._deadline.wait(timeout))
        self._deadline.untouched &= not got
        return got

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send in pieces, looking at the clock between them."""
        for start in range(0, len(buffer), WRITE_AT_ONCE):
            if self._deadline.left() <= 0:
                raise httpcore.WriteTimeout("the body was taken too slowly")
            self._stream.write(buffer[start : start + WRITE_AT_ONCE], self._deadline.wait(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Agree on TLS in what is left."""
        safe = self._stream.start_tls(ssl_context, server_hostname, self._deadline.wait(timeout))
        return TimedStream(safe, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the base class says so
        """Pass on what the connection knows about itself."""
        return self._stream.get_extra_info(info)


class TimedBackend(httpcore.SyncBackend):
    """Opens connections that keep to the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect in what is left."""
        self._deadline.untouched = False
        stream = super().connect_tcp(host, port, self._deadline.wait(timeout), local_address, socket_options)
        return TimedStream(stream, self._deadline)


class TimedTransport(httpx.HTTPTransport):
    """httpx's own transport over connections that keep to the deadline."""

    def __init__(self, tls: ssl.SSLContext, *, workers: int, deadline: Deadline) -> None:
        super().__init__(verify=tls, trust_env=False)
        # httpx has no argument for httpcore's network backend; only its pool takes one.
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=workers,
            max_keepalive_connections=workers,
            keepalive_expiry=KEPT_IDLE,
            network_backend=TimedBackend(deadline),
        )


def certificates(origin: str, ca_file: Path | None) -> ssl.SSLContext:
    """Trust the authorities of `ca_file` alone, else the usual ones; TLS 1.2 or newer, host names checked."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    if origin.startswith("https:"):
        try:
            tls.load_verify_locations(cafile=ca_file or certifi.where())
        except OSError as error:
            raise FixSetup(
                f"tenant.ca_file: {ca_file} cannot be read as certificates ({error.strerror or error})."
                " Name a file in PEM form."
            ) from None
    return tls

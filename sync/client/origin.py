"""The tenant's address as a person wrote it -> scheme, host and port that may be talked to, or FixSetup."""

from __future__ import annotations

import ipaddress
import re

import httpx

from sync.errors import FixSetup

EXAMPLE = "Write it as https://<tenant>.datamingle.ai"
LAST_PORT = 65_535
HOST = re.compile(r"[a-z0-9._:-]+")


def checked(origin: str) -> str:
    """Give `origin` as scheme://host[:port]: https, or http to a loopback address; path and query are taken off."""
    if "@" in origin:
        raise FixSetup("tenant.url: no user or password belongs into the address. Take it out.")
    try:
        url = httpx.URL(origin.strip())
        host = url.host.encode("idna").decode("ascii")  # what the system's resolver will look for
    except (httpx.InvalidURL, UnicodeError):
        raise FixSetup(f"tenant.url: {origin!r} is no address. {EXAMPLE}") from None
    if (
        url.scheme not in {"https", "http"}
        or not HOST.fullmatch(host)
        or not 0 < (url.port or 1) <= LAST_PORT
    ):
        raise FixSetup(f"tenant.url: {origin!r} is no web address. {EXAMPLE}")
    if url.scheme == "http" and not _loopback(host):
        raise FixSetup(
            f"tenant.url: {origin!r} is not https, so the key could be read on the way. Write https://{host}"
        )
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""A tenant's address as a person types it -> its origin: scheme, host and port."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

SANDBOX = "sandbox"
PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*\.?")


def origin_of(text: str) -> str:
    """Give https://host[:port] (http only for this machine itself), or `sandbox`; a path is taken off.

    Raises:
        ValueError: in words that never repeat a password.
    """
    text = text.strip()
    if text == SANDBOX:
        return text
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise ValueError("must be an https:// address of plain letters without spaces, or sandbox")
    parts, host, port = _split(text)
    _refuse_extras(parts)
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError(
            "must begin with https://; http:// is only for this machine itself, as the key would be read"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, PORTS[parts.scheme]) else "")


def _split(text: str) -> tuple[SplitResult, str, int | None]:
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValueError("is not an address; write it as https://acme.datamingle.ai") from None
    if parts.scheme not in PORTS or not (_is_ip(host) or _HOST.fullmatch(host)) or port == 0:
        raise ValueError("must be an https:// address such as https://acme.datamingle.ai, or sandbox")
    return parts, host, port


def _refuse_extras(parts: SplitResult) -> None:
    if "@" in parts.netloc:
        raise ValueError("must not hold a user or password; the key comes from elsewhere")
    if parts.query or parts.fragment:
        raise ValueError("must end with the host or a path: leave out what follows ? and #")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)

"""One request to an address that takes messages: nothing is followed, kept, unpacked or read to its end.

The transport is asked directly: httpx's client would write the address, which is a secret, into the log.
"""

from __future__ import annotations

import base64
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import certifi
import httpx

from sync.client.redaction import redact
from sync.client.troubles import FOREIGN, TROUBLES, trouble_of
from sync.client.wire import Deadline, TimedTransport
from sync.notify.message import in_one_line

if TYPE_CHECKING:
    from pathlib import Path

READ = 2048  # bytes of an answer that are looked at
SHOWN = 200
AGENT = "inventory-sync"
TEAMS_FAILED = "webhook message delivery failed"  # with a status that says it was taken


@dataclass(frozen=True, slots=True)
class Page:
    """An address to be asked; `url` is a secret."""

    url: str = field(repr=False)
    ca_file: Path | None = None

    @property
    def host(self) -> str:
        """The part of the address that is no secret."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"

    def clean(self, text: str) -> str:
        """Take the secret parts of the address out of a text."""
        parts = urlsplit(self.url)
        path = parts.path.strip("/")
        secret = (f"{path}?{parts.query}", path, parts.query, parts.username or "", parts.password or "")
        for part in dict.fromkeys(form for written in secret for form in (written, unquote(written))):
            text = redact(text, part)
        return in_one_line(text, SHOWN)


def post(page: Page, body: bytes, *, seconds: float) -> str:
    """Send a body; "" where it was taken, else why not."""
    return _ask(page, "POST", body, seconds=seconds)


def get(page: Page, *, seconds: float) -> str:
    """Ask for a page; "" where it answered well, else why not."""
    return _ask(page, "GET", None, seconds=seconds)


def _ask(page: Page, method: str, body: bytes | None, *, seconds: float) -> str:
    deadline = Deadline()
    deadline.start(seconds)
    try:
        return _exchange(page, method, body, deadline)
    except FOREIGN as error:
        word, said = trouble_of(error)
    except (
        OSError,
        ValueError,
    ) as error:  # a file of certificates that cannot be read, an address that is none
        return page.clean(str(error))
    sentence = TROUBLES[word].format(origin=page.host, timeout=seconds)
    return page.clean(f"{sentence} ({said})" if said else sentence)


def _exchange(page: Page, method: str, body: bytes | None, deadline: Deadline) -> str:
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = httpx.Request(method, page.url, content=body, headers=headers | _user(page))
    with TimedTransport(trusted(page.ca_file), workers=1, deadline=deadline) as transport:
        response = transport.handle_request(request)
        try:
            said = _beginning(response)
        finally:
            response.close()
    if not httpx.codes.is_success(response.status_code):
        return page.clean(f"{page.host} answered {response.status_code} {said}")
    return page.clean(f"{page.host} said {said}") if TEAMS_FAILED in said.lower() else ""


def _user(page: Page) -> dict[str, str]:
    """Give user and password of the address as the header that they are meant for."""
    url = httpx.URL(page.url)
    if not url.username:
        return {}
    pair = base64.b64encode(f"{url.username}:{url.password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def _beginning(response: httpx.Response) -> str:
    whole = b""
    for part in response.iter_raw():
        whole += part
        if len(whole) >= READ:
            break
    return whole[:READ].decode("utf-8", "replace")


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the authorities of `ca_file` alone, else the usual ones; TLS 1.2 or newer, names checked, nothing of the environment.

    Raises:
        OSError: they cannot be read.
    """
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        tls.load_verify_locations(cafile=ca_file or certifi.where())
    except OSError as error:
        raise OSError(
            f"notify.ca_file: {ca_file} cannot be read as certificates ({error.strerror or error})"
        ) from None
    return tls

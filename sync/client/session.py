"""Requests to one tenant over one shared set of connections; what comes back is a `rows.Reply`, whatever happens.

The environment is not trusted: no proxy variables, no .netrc, no SSL_CERT_FILE. A tenant behind a proxy is reached by a
route, one with a private certificate by `ca_file`. Redirects are not followed and cookies not kept.
"""

from __future__ import annotations

import re
import time
import traceback
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal, Protocol, Self
from urllib.parse import quote, urlencode

import httpx

from sync.client.answer import SHOWN, content, date, deprecation, parse, printable, retry_after, shown
from sync.client.origin import checked
from sync.client.redaction import redact, redact_body
from sync.client.troubles import FOREIGN, STALE, TROUBLES, trouble_of
from sync.client.wire import Deadline, TimedTransport, certificates
from sync.errors import FixSetup, OurBug, of_the_machine
from sync.replies import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

API = "/api/integrations/v1/"
CONNECT = 10.0  # seconds at most for one connection
WORDS = 500  # characters of a trouble that are kept
SENDABLE = re.compile("[!-~]+")


class Secret(Protocol):
    """Holds the key and shows it nowhere, as pydantic's SecretStr does."""

    def get_secret_value(self) -> str:
        """Give the key itself."""


class KeyAuth(httpx.Auth):
    """Puts the key on a request while it is under way, and on nothing that lives longer."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Add the header, and take it off again however the request ends."""
        request.headers["X-API-Key"] = self._key.get_secret_value()
        try:
            yield request
        finally:
            del request.headers["X-API-Key"]


class Client:
    """The tenant's inventory API; one for all threads of a run. Use it as a context manager.

    `timeout` is for a whole request, answer included. `transport` stands in for the network.
    """

    def __init__(
        self,
        origin: str,
        key: Secret | None,
        *,
        timeout: float,
        workers: int,
        ca_file: Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.origin = checked(origin)
        self.clock: Callable[[], float] = time.time  # for a Retry-After date in an answer without a Date
        self._key = _sendable(key)
        self._timeout = timeout
        self._deadline = Deadline()
        if transport is None:
            tls = certificates(self.origin, ca_file)
            transport = TimedTransport(tls, workers=workers, deadline=self._deadline)
        self._http = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(timeout, connect=min(CONNECT, timeout)),
            headers={
                "User-Agent": f"inventory-sync/{_version()}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            event_hooks={"response": [_hide_redirect]},
            follow_redirects=False,
            trust_env=False,
        )

    def __repr__(self) -> str:
        return f"Client({self.origin!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def post(self, body: bytes) -> Reply:
        """Set stock; `body` is what `encode` wrote."""
        return self._send("POST", "inventory/", body)

    def list_page(self, limit: int, cursor: str | None) -> Reply:
        """Ask for one page of all records."""
        asked = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        return self._send("GET", f"inventory/?{urlencode(asked)}")

    def get(self, identifier: str, by: Literal["location", "sku"]) -> Reply:
        """Ask for the records of one location or one SKU."""
        name = quote(identifier, safe="")
        if identifier in {".", ".."}:  # every part on the way would take these for steps in the path
            name = name.replace(".", "%2E")
        return self._send("GET", f"inventory/{name}/?{urlencode({'by': by})}")

    def _send(self, method: str, target: str, body: bytes | None = None) -> Reply:
        """Make one request. No exception of httpx leaves here: its request and its frames hold headers."""
        self._deadline.start(self._timeout)
        try:
            return self._exchange(method, target, body)
        except FOREIGN as error:
            word, said = trouble_of(error)
            word = STALE if word == "cut" and self._deadline.untouched else word
        except Exception as error:  # noqa: BLE001 - the frames of any other exception hold the key too
            word, said = self._unforeseen(error)
        if not word:  # raised out here, so that it carries nothing of the other
            raise OurBug(f"A request failed in a way that nobody foresaw: {said}")
        return self._trouble(word, said)

    def _unforeseen(self, error: Exception) -> tuple[str, str]:
        """Tell what this machine did, which passes, from what is a bug."""
        gave_out = of_the_machine(error)
        if gave_out:
            return "machine", gave_out[0]
        place = traceback.extract_tb(error.__traceback__)[-1]
        return "", self._clean(f"{type(error).__name__} in {place.filename}:{place.lineno}: {error}")

    def _exchange(self, method: str, target: str, body: bytes | None) -> Reply:
        headers = {} if body is None else {"Content-Type": "application/json"}
        request = self._http.build_request(method, self.origin + API + target, content=body, headers=headers)
        auth = KeyAuth(self._key) if self._key else None
        response = self._http.send(request, stream=True, auth=auth)
        try:
            raw = content(response)
        finally:
            response.close()
        return self._trouble("too_big") if raw is None else self._reply(response, raw)

    def _reply(self, response: httpx.Response, raw: bytes) -> Reply:
        body, location = parse(raw), response.extensions["location"]
        announced = deprecation(response.headers)
        return Reply(
            status=response.status_code,
            body=redact_body(body, self._key.get_secret_value()) if self._key else body,
            text=self._clean(shown(raw))[:SHOWN],
            retry_after=retry_after(response.headers, now=self.clock()),
            location=self._clean(printable(location))[:WORDS] if location else None,
            deprecation=self._clean(announced) if announced else None,
            date=date(response.headers),
        )

    def _trouble(self, word: str, said: str = "") -> Reply:
        sentence = TROUBLES[word].format(origin=self.origin, timeout=self._timeout)
        words = self._clean(printable(said))[:WORDS].rstrip(".")
        return Reply(None, trouble=word, detail=f"{sentence} ({words})." if words else f"{sentence}.")

    def _clean(self, text: str) -> str:
        return redact(text, self._key.get_secret_value()) if self._key else text


def _hide_redirect(response: httpx.Response) -> None:
    """Keep httpx from even looking at where a redirect points."""
    response.extensions["location"] = response.headers.pop("location", None)


def _sendable(key: Secret | None) -> Secret | None:
    """Refuse a key that no header can carry, before a library quotes it in an error."""
    if key is None or SENDABLE.fullmatch(key.get_secret_value()):
        return key
    raise FixSetup(
        "The API key is empty, or holds white space or a character that no header can carry."
        " Copy it again from the dashboard."
    )


def _version() -> str:
    try:
        return version("inventory-sync")
    except PackageNotFoundError:  # run from a folder, not installed
        return "0"

"""What goes into the sandbox and what comes out, and the three shapes in which the vendor says no."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it stands on the wire; `target` is the path, still percent-encoded, with its query."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # one of them is the key
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Find a header by its name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; content-length is left to whoever sends it."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Refused(Exception):  # noqa: N818 - it is an answer on its way out, not an error
    """Ends the handling of a request with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def in_json(body: object, status: int = 200) -> Answer:
    """Answer with `body` as JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate that the caller sent comes back as the JSON escape that it came in.
    return Answer(status, {"content-type": JSON_TYPE}, text.encode("utf-8", "backslashreplace"))


def in_html(status: int, title: str, words: str = "") -> Answer:
    """Answer as a gateway or a bare Django does: a page for people, no JSON."""
    page = f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{words}</body>\n</html>\n"
    return Answer(status, {"content-type": HTML_TYPE}, page.encode())


def detail(status: int, words: str) -> Answer:
    """Answer as the framework does by itself: for keys, scopes, methods and bodies that are not JSON."""
    return in_json({"detail": words}, status)


def error(status: int, code: str, message: str, details: Sequence[Mapping[str, str]] = ()) -> Answer:
    """Answer as the application does: a code, a message and, for fields, the details."""
    told: dict[str, Any] = {"code": code, "message": message}
    if details:
        told["details"] = list(details)
    return in_json({"success": False, "error": told}, status)

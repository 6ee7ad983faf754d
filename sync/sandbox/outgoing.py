"""Answers as they go over the wire: whole, as their head, or in the pieces that rules cut a body into."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

from sync.sandbox.faults import PHRASES

if TYPE_CHECKING:
    from sync.sandbox.messages import Answer
    from sync.sandbox.rule import Rule

NO_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


def outgoing(answer: Answer) -> Response:
    """Give an answer its length, and no body where its status allows none."""
    return Response(b"" if answer.status in NO_BODY else answer.body, answer.status, dict(answer.headers))


def pieces(body: bytes, rules: tuple[Rule, ...]) -> list[bytes | None]:
    """Cut a body up as the rules say; the first piece is there also where it is empty."""
    size = next((int(rule.trickle["bytes"]) for rule in rules if rule.trickle), len(body) or 1)
    holding = any(rule.hold == "mid_response" for rule in rules)
    middle = len(body) // 2 if holding else len(body)
    first, second = (
        [part[at : at + size] for at in range(0, len(part), size)] for part in (body[:middle], body[middle:])
    )
    return [*(first or [b""]), *([None, *(second or [b""])] if holding else [])]


def head_of(response: Response) -> bytes:
    """Give the head of an answer as it is on the wire."""
    status = f"HTTP/1.1 {response.status_code} {PHRASES.get(response.status_code, '')}"
    lines = [status.encode(), *(b": ".join(line) for line in response.raw_headers)]
    return b"\r\n".join([*lines, b"", b""])

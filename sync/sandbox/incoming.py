"""What comes over the wire becomes plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.sandbox.vendor import LARGEST_BODY

if TYPE_CHECKING:
    from starlette.requests import Request as Incoming
    from starlette.types import Scope


def target(scope: Scope) -> str:
    """Give the path as it came, with its query: a decoded path cannot tell %2F from a slash."""
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


async def whole_body(incoming: Incoming) -> bytes:
    """Read the whole body, but keep no more of it than shows that it is too large."""
    kept = bytearray()
    async for chunk in incoming.stream():
        kept += chunk[: LARGEST_BODY + 1 - len(kept)]
    return bytes(kept)

"""API keys as the vendor judges them: the header, the key, its expiry, its scopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.sandbox.messages import Request, detail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sync.sandbox.messages import Answer

EVERYTHING = "integrations.*"
RESOURCE = "integrations.inventory"
ACTIONS = {
    "GET": "read",
    "HEAD": "read",
    "OPTIONS": "read",
    "POST": "write",
    "PUT": "write",
    "PATCH": "write",
    "DELETE": "delete",
}


@dataclass(frozen=True, slots=True)
class Key:
    """What an API key may do and until when; by default everything, for ever."""

    scopes: tuple[str, ...] = (EVERYTHING,)
    expires_at: datetime | None = None


def refusal(request: Request, keys: Mapping[str, Key], now: datetime) -> Answer | None:
    """Give the answer that this request's key deserves, or None where it may pass."""
    given = request.header("x-api-key")
    if given is None:
        return detail(403, "Authentication credentials were not provided.")
    key = keys.get(given)
    if key is None:
        return detail(401, "Invalid API key")
    if key.expires_at and key.expires_at <= now:
        return detail(401, "API key has expired")
    if not _may(key, request.method):
        return detail(403, "You do not have permission to perform this action.")
    return None


def _may(key: Key, method: str) -> bool:
    action = ACTIONS.get(method)
    wide_enough = {EVERYTHING, f"{RESOURCE}.*", f"{RESOURCE}.{action}"}
    return action is None or not wide_enough.isdisjoint(key.scopes)

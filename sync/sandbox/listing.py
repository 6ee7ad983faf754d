"""GET /inventory/ and GET /inventory/{identifier}/: records become pages and look-ups.

A cursor names the last record that was shown, by (created_at, id). Records are listed newest first and never move, so
what is created during a walk neither repeats nor hides anything. A cursor that this store did not make is refused, and
so is one of which the record is gone.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from sync.sandbox.messages import Refused, error, in_json
from sync.sandbox.store import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.sandbox.messages import Answer
    from sync.sandbox.store import Record, Store

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
CURSOR = re.compile(r"(\d{1,18}):(\d{1,18})", re.ASCII)


def list_all(store: Store, query: str) -> Answer:
    """Give one page of all records."""
    asked = _last_of_each(query)
    limit = _clamped(asked.get("limit", ""))
    after = _place(store, asked["cursor"]) if asked.get("cursor") else None
    found = store.page(after, limit + 1)  # one more than wanted tells whether a page follows
    shown = found[:limit]
    next_cursor = _cursor(shown[-1][0]) if len(found) > limit else None
    rows = _rows(record for _, record in shown)
    pagination = {"limit": limit, "next_cursor": next_cursor}
    return in_json({"success": True, "data": rows, "pagination": pagination})


def look_up(store: Store, identifier: str, query: str) -> Answer:
    """Give all that a location holds, or all the locations that hold a SKU; unknown codes hold nothing."""
    by = _last_of_each(query).get("by", "location")
    if by not in ("location", "sku"):
        told = {"field": "by", "message": f'"{by}" is not a valid choice.'}
        raise Refused(error(400, "VALIDATION_ERROR", "Invalid 'by': use 'location' or 'sku'.", [told]))
    found = store.at_location(identifier) if by == "location" else store.of_sku(identifier)
    return in_json({"success": True, "data": _rows(found)})


def _last_of_each(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}


def _clamped(limit: str) -> int:
    try:
        return min(max(int(limit), 1), LARGEST_LIMIT)
    except ValueError:
        return DEFAULT_LIMIT


def _rows(records: Iterable[Record]) -> list[dict[str, Any]]:
    return [{"location_code": row[0], "sku_code": row[1], "quantity": row[2]} for row in records]


def _cursor(place: Place) -> str:
    return urlsafe_b64encode(f"{place.created_at}:{place.id}".encode()).decode()


def _place(store: Store, cursor: str) -> Place:
    place = _decoded(cursor)
    if place is None or _cursor(place) != cursor or not store.holds(place):
        raise Refused(error(400, "VALIDATION_ERROR", f"Invalid cursor: '{cursor}'"))
    return place


def _decoded(cursor: str) -> Place | None:
    try:
        parts = CURSOR.fullmatch(urlsafe_b64decode(cursor).decode())
    except ValueError:  # not base64, or not text
        return None
    return Place(int(parts[1]), int(parts[2])) if parts else None

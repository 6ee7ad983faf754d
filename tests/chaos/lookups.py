"""What the tenant shows of its stock: the list, with a cursor, and the look-ups by location or SKU."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.chaos.stockfile import Pair

MOST = 200


def shown(stock: Mapping[Pair, int], target: str) -> bytes:
    """Answer GET /inventory/ or GET /inventory/{identifier}/?by=location|sku."""
    address = urlsplit(target)
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    named = address.path.partition("/inventory/")[2].strip("/")
    rows = [
        {"location_code": place, "sku_code": sku, "quantity": count}
        for (place, sku), count in list(stock.items())
    ]
    if named:
        column = "sku_code" if asked.get("by") == "sku" else "location_code"
        return _said([row for row in rows if row[column] == unquote(named)])
    start, size = int(asked.get("cursor", 0)), min(int(asked.get("limit", 50)), MOST)
    cursor = str(start + size) if start + size < len(rows) else None
    return _said(rows[start : start + size], pagination={"limit": size, "next_cursor": cursor})


def _said(rows: list[dict[str, Any]], **more: Any) -> bytes:
    return json.dumps({"success": True, "data": rows, **more}).encode()

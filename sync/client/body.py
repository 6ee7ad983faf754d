"""rows.Batch -> the JSON body that the tenant expects, and the bytes of an answer -> JSON."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as text
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.replies import Batch


def encode(batch: Batch, *, source: str, notes: str, names: Mapping[str, str]) -> bytes:
    """Write the request for `batch` as compact UTF-8 JSON.

    `names` (tenant.field_names) renames the fields; "" for source or notes leaves that one out, as does an empty value.
    Quantities that are not Python's own integers are a TypeError.
    """
    location, sku, quantity = (
        text(names.get(field, field)) for field in ("location_code", "sku_code", "quantity")
    )
    # Twice as quick as json.dumps of a dictionary a row, and rows are what there is a million of.
    columns = zip(
        map(text, batch.locations), map(text, batch.skus), map(int.__repr__, batch.quantities), strict=True
    )
    rows = [f"{{{location}:{at},{sku}:{what},{quantity}:{count}}}" for at, what, count in columns]
    parts = [f"{text(names.get('inventory', 'inventory'))}:[{','.join(rows)}]"]
    for field, value in (("source", source), ("notes", _sendable(notes))):
        name = names.get(field, field)
        if name and value:
            parts.append(f"{text(name)}:{text(value)}")
    return f"{{{','.join(parts)}}}".encode()


def parse(raw: bytes) -> Any:  # noqa: ANN401 - JSON is what it is
    """Read an answer; None where it is not JSON (NaN and Infinity are not)."""
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _sendable(text: str) -> str:
    """Replace what a file name of another encoding brings into notes and UTF-8 cannot carry."""
    return text.encode(errors="replace").decode()

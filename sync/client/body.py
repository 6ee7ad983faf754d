"""Rows -> JSON text, and a batch of them -> the body that the tenant expects."""

from __future__ import annotations

from json.encoder import encode_basestring as text
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from sync.replies import Batch

SPACE, QUOTE, BACKSLASH = b' "\\'


def write_rows(rows: pa.RecordBatch, names: Mapping[str, str]) -> pa.StringArray:
    """Write each row with the comma that follows it as compact JSON; `names` (tenant.field_names) renames the fields.

    A body's rows are what there is a million of, so they are written column by column, and best many thousand at once.
    Quantities that are not whole numbers are a TypeError.
    """
    location, sku, quantity = (
        text(names.get(field, field)) for field in ("location_code", "sku_code", "quantity")
    )
    count = rows.column("quantity")
    if not pa.types.is_integer(count.type):
        raise TypeError(f"Quantities are {count.type}, not whole numbers.")
    at, what = (_quoted(rows.column(name)) for name in ("location_code", "sku_code"))
    pieces = (f"{{{location}:", at, f",{sku}:", what, f",{quantity}:", count.cast(pa.string()), "},")
    return pc.binary_join_element_wise(*pieces, "")


def row_sizes(texts: pa.StringArray) -> npt.NDArray[np.int64]:
    """Give the bytes of each row in a body, with its comma."""
    return np.diff(_raw(texts)[0]).astype(np.int64)


def encode(batch: Batch, *, source: str, notes: str, names: Mapping[str, str]) -> bytes:
    """Put the written rows of `batch` into a request as compact UTF-8 JSON.

    `names` (tenant.field_names) renames the fields; "" for source or notes leaves that one out, as does an empty value.
    """
    rows = _raw(batch.texts)[1].tobytes()[: -len(",")]
    return b"".join(_around(rows, source=source, notes=notes, names=names))


def envelope(*, source: str, notes: str, names: Mapping[str, str]) -> int:
    """Give the bytes of a request without rows."""
    return sum(map(len, _around(b"", source=source, notes=notes, names=names)))


def _around(rows: bytes, *, source: str, notes: str, names: Mapping[str, str]) -> tuple[bytes, bytes, bytes]:
    head = f"{{{text(names.get('inventory', 'inventory'))}:["
    parts = [
        f",{text(name)}:{text(value)}"
        for field, value in (("source", source), ("notes", _sendable(notes)))
        if (name := names.get(field, field)) and value
    ]
    return head.encode(), rows, f"]{''.join(parts)}}}".encode()


def _quoted(codes: pa.StringArray) -> pa.StringArray:
    """Write codes as JSON text."""
    signs = _raw(codes)[1]
    if ((signs < SPACE) | (signs == QUOTE) | (signs == BACKSLASH)).any():
        return pa.array(map(text, codes.to_pylist()), pa.string())
    return pc.binary_join_element_wise('"', codes, '"', "")


def _raw(texts: pa.StringArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Give where each text begins and the last one ends, and the UTF-8 bytes of all of them."""
    _, ends, data = texts.buffers()
    if not len(texts):
        return np.zeros(1, dtype=np.int32), np.empty(0, dtype=np.uint8)
    bounds = np.frombuffer(ends, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return bounds, np.frombuffer(data, dtype=np.uint8)[bounds[0] : bounds[-1]]


def _sendable(text: str) -> str:
    """Replace what a file name of another encoding brings into notes and UTF-8 cannot carry."""
    return text.encode(errors="replace").decode()

"""Batches of rows as a send list gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from sync.client.body import write_rows
from sync.replies import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = tuple[str, str, int]
COLUMNS = pa.schema({"location_code": pa.string(), "sku_code": pa.string(), "quantity": pa.int64()})


def columns(rows: Iterable[Row]) -> pa.RecordBatch:
    """Lay rows of (location, SKU, quantity) out in columns."""
    return pa.RecordBatch.from_pylist([dict(zip(COLUMNS.names, row, strict=True)) for row in rows], COLUMNS)


def batch_of(rows: Iterable[Row], *, start: int = 0, names: Mapping[str, str] | None = None) -> Batch:
    """Make a batch of rows of (location, SKU, quantity)."""
    laid_out = columns(rows)
    return Batch(start, laid_out, write_rows(laid_out, names or {}))

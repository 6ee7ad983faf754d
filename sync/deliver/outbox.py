"""A run's send list: batches of it, and the source rows behind a position."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sync import batcher, staging
from sync.rows import Batch, Problem, Reject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from sync.rows import Fault, Refusal

Range = tuple[int, int]
ENVELOPE = 1_000  # bytes for all of a body that is not a row


class Outbox:
    """Reads a staged run's files; `width` is the number of candidates a source row."""

    def __init__(self, folder: Path, *, width: int, names: Mapping[str, str]) -> None:
        self._folder = folder
        self._width = width
        self._names = names
        self._send = staging.Reader(folder / "send")

    def __len__(self) -> int:
        return len(self._send)

    def next_range(self, start: int, *, rows_max: int, bytes_max: int) -> Range:
        """Cut the next batch off at `start`."""
        window = self._send.rows(start, min(start + rows_max, len(self)))
        sizes = batcher.row_bytes(
            window.column("location_code"), window.column("sku_code"), names=self._names
        )
        ranks = window.column("rank").to_numpy()
        _, length = next(batcher.cuts(sizes, ranks, rows_max=rows_max, bytes_max=bytes_max - ENVELOPE))
        return start, start + length

    def batch(self, part: Range) -> Batch:
        """Give the rows of a range."""
        rows = self._send.rows(*part)
        locations, skus, quantities = (
            rows.column(name).to_pylist() for name in ("location_code", "sku_code", "quantity")
        )
        return Batch(part[0], locations, skus, quantities)

    def rejects(self, part: Range, refusals: tuple[Refusal, ...], *, unknown: str) -> list[Reject]:
        """Give every source row behind the refused positions of a range, with the tenant's words.

        `unknown` is the mapping's rows.unknown: with skip, what the tenant does not know is no reject.
        """
        if not refusals:
            return []
        sent = self._send.rows(*part)
        rows = [
            row
            for refusal in refusals
            for row in self._sources(sent.slice(refusal.index, 1).to_pylist()[0], part[0] + refusal.index)
        ]
        source = self._source_rows.take(np.unique([row["at"] // self._width for row in rows]))
        by_position = {part[0] + refusal.index: refusal for refusal in refusals}
        return [
            _reject(row, by_position[row["position"]], source[row["at"] // self._width], unknown=unknown)
            for row in rows
        ]

    def _sources(self, sent: dict[str, Any], position: int) -> list[dict[str, Any]]:
        """List the row that was sent and those that were merged into it."""
        first, last = np.searchsorted(self._stands_for, [sent["at"], sent["at"] + 1]).tolist()
        merged = [self._merged.rows(int(at), int(at) + 1).to_pylist()[0] for at in self._order[first:last]]
        codes = {name: sent[name] for name in ("location_code", "sku_code")}
        return [{**row, **codes, "position": position} for row in (sent, *merged)]

    @cached_property
    def _source_rows(self) -> staging.SourceRows:
        return staging.SourceRows(self._folder)

    @cached_property
    def _merged(self) -> staging.Reader:
        return staging.Reader(self._folder / "merged")

    @cached_property
    def _order(self) -> npt.NDArray[np.int64]:
        return np.argsort(self._merged.column("stands_for"), kind="stable")

    @cached_property
    def _stands_for(self) -> npt.NDArray[np.int64]:
        return self._merged.column("stands_for")[self._order]


def _reject(
    row: dict[str, Any], refusal: Refusal, source: tuple[tuple[str, ...], tuple[Fault, ...]], *, unknown: str
) -> Reject:
    return Reject(
        row=row["row"],
        column=row["column"],
        problems=(Problem("tenant", refusal.field, refusal.code, refusal.message),),
        cells=source[0],
        faults=source[1],
        location_code=row["location_code"],
        sku_code=row["sku_code"],
        position=row["position"],
        unknown=unknown == "skip" and refusal.unknown,
        parent_row=row["parent"] or None,
    )

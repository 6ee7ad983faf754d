"""A run's send list: batches of it, and the source rows behind a position."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sync import batcher, staging
from sync.client.body import row_sizes
from sync.deliver.written import Written
from sync.errors import OurBug
from sync.replies import Batch
from sync.rows import OWN_COLUMN, Fault, Problem, Reject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import numpy.typing as npt

    from sync.replies import Refusal
    from sync.rows import Run

Range = tuple[int, int]
Source = tuple[tuple[str, ...], tuple[Fault, ...]]
NO_POSITIONS = np.empty(0, dtype=np.int64)


class Outbox:
    """Reads a staged run's files. `names` are the tenant's names of request fields.

    `superseded`: the positions (ascending) that do not go any more, as something newer was sent for their pairs.
    """

    def __init__(
        self,
        folder: Path,
        run: Run,
        *,
        names: Mapping[str, str],
        superseded: npt.NDArray[np.int64] = NO_POSITIONS,
    ) -> None:
        self.run, self.about = run.run, run
        self._folder = folder
        self._header, self._fields = run.header, run.fields
        self._width = run.width
        self._send = staging.Reader(folder / "send")
        self._written = Written(self._send, names)
        self._superseded = superseded
        self._gaps = superseded - np.arange(len(superseded))  # equal as long as one follows the other

    def __len__(self) -> int:
        return len(self._send)

    def count(self, part: Range) -> int:
        """Tell how many rows of a range are to go."""
        first, last = np.searchsorted(self._superseded, part).tolist()
        return part[1] - part[0] - int(last - first)

    def going(self, part: Range) -> npt.NDArray[np.int64]:
        """Give the positions of a range that are to go."""
        first, last = np.searchsorted(self._superseded, part).tolist()
        return np.delete(np.arange(*part), self._superseded[first:last] - part[0])

    def next_range(self, left: Range, *, rows_max: int, bytes_max: int) -> Range:
        """Cut the next batch off the beginning of a range; what does not go any more makes ranges of its own where it can.

        `bytes_max` is for the rows alone.
        """
        start, stop = left
        if old := self._superseded_from(start):
            return start, min(start + old, stop)
        rows, texts = self._written.part(start, min(start + rows_max, stop))
        ranks = rows.column("rank").to_numpy()
        _, length = next(batcher.cuts(row_sizes(texts), ranks, rows_max=rows_max, bytes_max=bytes_max))
        return start, start + length

    def halves(self, part: Range) -> tuple[Range, Range]:
        """Split a range of which two rows or more go, in the middle of those."""
        going = self.going(part)
        if len(going) < 2:  # noqa: PLR2004 - two halves
            raise OurBug(f"The rows {part[0]} to {part[1]} cannot be halved.")
        middle = int(going[len(going) // 2])
        return (part[0], middle), (middle, part[1])

    def batch(self, part: Range) -> Batch:
        """Give the rows of a range that are to go."""
        (rows, texts), going = self._written.part(*part), self.going(part)
        if len(going) < rows.num_rows:
            which = pa.array(going - part[0])
            rows, texts = rows.take(which), texts.take(which)
        return Batch(part[0], rows, texts)

    def rejects(self, part: Range, refusals: tuple[Refusal, ...], *, unknown: str) -> list[Reject]:
        """Give every source row behind the refused positions of a range, with the tenant's words.

        `unknown` is the mapping's rows.unknown: with skip, what the tenant does not know is no reject.
        """
        if not refusals:
            return []
        positions = self.going(part)[[refusal.index for refusal in refusals]]
        sent = self._send.rows(*part).take(pa.array(positions - part[0])).to_pylist()
        rows = [
            (row, refusal, position)
            for line, refusal, position in zip(
                self._with_merged(sent), refusals, positions.tolist(), strict=True
            )
            for row in line
        ]
        source = self._source_rows.take(np.unique([row["at"] // self._width for row, _, _ in rows]))
        return [
            _reject(
                row,
                refusal,
                position,
                source=source[row["at"] // self._width],
                field=self._field(row, refusal),
                unknown=unknown,
            )
            for row, refusal, position in rows
        ]

    def named(self, positions: Iterable[int]) -> list[tuple[int, str, str]]:
        """Tell the row in the file, the location and the SKU of some positions."""
        rows = self._send.take(np.array(list(positions), dtype=np.int64)).to_pylist()
        return [(row["row"], row["location_code"], row["sku_code"]) for row in rows]

    def left_out(self, part: Range) -> list[tuple[int, int]]:
        """Give (row, column) of every source row of a range that does not go any more."""
        first, last = np.searchsorted(self._superseded, part).tolist()
        if first == last:
            return []
        rows = self._send.take(self._superseded[first:last]).to_pylist()
        return [(row["row"], row["column"]) for line in self._with_merged(rows) for row in line]

    def _superseded_from(self, start: int) -> int:
        """Count the positions from `start` on that do not go any more, without a gap."""
        first = int(np.searchsorted(self._superseded, start))
        return max(0, int(np.searchsorted(self._gaps, start - first, side="right")) - first)

    def _with_merged(self, sent: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
        """Give each row that was sent with those that were merged into it."""
        bounds = [np.searchsorted(self._stands_for, [row["at"], row["at"] + 1]).tolist() for row in sent]
        wanted = np.unique(np.concatenate([self._order[first:last] for first, last in bounds]))
        found = (
            dict(zip(wanted.tolist(), self._merged.take(wanted).to_pylist(), strict=True))
            if len(wanted)
            else {}
        )
        return [
            [row, *({**row, **found[at]} for at in self._order[first:last].tolist())]
            for row, (first, last) in zip(sent, bounds, strict=True)
        ]

    def _field(self, row: dict[str, Any], refusal: Refusal) -> str | None:
        """Name the source column that the tenant's words are about, where there is one."""
        field = self._fields.get(refusal.field or "")
        return self._header[row["column"]] if field == OWN_COLUMN else field

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
    row: dict[str, Any], refusal: Refusal, position: int, *, source: Source, field: str | None, unknown: str
) -> Reject:
    return Reject(
        row=row["row"],
        column=row["column"],
        problems=(Problem("tenant", field, refusal.code, refusal.message),),
        cells=source[0],
        faults=source[1],
        location_code=row["location_code"],
        sku_code=row["sku_code"],
        position=position,
        unknown=unknown == "skip" and refusal.unknown,
        parent_row=row["parent"] or None,
    )

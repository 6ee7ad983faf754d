"""The rejected rows of a staged file, with their source text and every reason: in columns, or one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sync import staging
from sync.errors import OurBug
from sync.ledger.rejectcolumns import RejectColumns
from sync.rows import REJECTED, Fault, Problem, Reject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from sync.stage.shapes import Staged

REASON = ("stage", "field", "code", "value")
AT_ONCE = 10_000  # rows: what a block of them takes as text of JSON stays small beside the rest


def columns(staged: Staged) -> Iterator[RejectColumns]:
    """Walk the rejected rows of a staged file in file order, block by block."""
    states = staging.Reader(staged.folder / "states")
    sources, problems = staging.SourceRows(staged.folder), _Problems(staged.folder)
    for start, batch in staging.Reader(staged.folder / "candidates").blocks():
        final = states.rows(start, start + batch.num_rows).column("state").to_numpy()
        rejected = np.flatnonzero(final == REJECTED)
        for first in range(0, len(rejected), AT_ONCE):
            at = rejected[first : first + AT_ONCE]
            rows = batch.take(pa.array(at))
            lines, line = np.unique((at + start) // staged.width, return_inverse=True)
            cells, faults = sources.columns(lines)
            parent = rows.column("parent").to_numpy()
            yield RejectColumns(
                row=rows.column("row"),
                column=rows.column("column"),
                location_code=rows.column("location_code"),
                sku_code=rows.column("sku_code"),
                parent_row=pa.array(parent, mask=parent == 0),
                problems=problems.of(at + start),
                line=pa.array(line),
                cells=cells,
                faults=faults,
            )


def rejects(staged: Staged) -> Iterator[Reject]:
    """Walk the rejected rows of a staged file in file order, one by one."""
    for block in columns(staged):
        texts = list(zip(*(column.to_pylist() for column in block.cells), strict=True))
        faults = [
            tuple(Fault(one["row"], one["column"], one["code"], one["shown"]) for one in each)
            for each in block.faults.to_pylist()
        ]
        for row, column, location, sku, parent, found, line in zip(
            *(
                values.to_pylist()
                for values in (
                    block.row,
                    block.column,
                    block.location_code,
                    block.sku_code,
                    block.parent_row,
                    block.problems,
                    block.line,
                )
            ),
            strict=True,
        ):
            problems = tuple(Problem(*(one[name] for name in REASON)) for one in found)
            yield Reject(
                row, column, problems, texts[line], location, sku, faults=faults[line], parent_row=parent
            )


class _Problems:
    """The problems of candidates, from all files."""

    def __init__(self, folder: Path) -> None:
        self._files = [
            staging.Reader(folder / name) for name in ("problems", "late_problems", "pair_problems")
        ]
        self._positions = [file.column("at") for file in self._files]

    def of(self, positions: npt.NDArray[np.int64]) -> pa.ListArray:
        """Give the reasons of rejected rows, at ascending positions, in the order in which they were found."""
        parts = []
        for file, own in zip(self._files, self._positions, strict=True):
            first, last = np.searchsorted(own, [positions[0], positions[-1] + 1]).tolist()
            if first < last:
                parts.append(file.rows(first, last))
        found = pa.concat_batches(parts)
        at = found.column("at").to_numpy()
        order = np.argsort(at, kind="stable")
        order = order[np.isin(at[order], positions)]
        offsets = staging.offsets(at[order], positions)
        if not np.diff(offsets).all():
            raise OurBug("A row was rejected without a reason.")
        return staging.lists(found.select(REASON).take(pa.array(order)), offsets)

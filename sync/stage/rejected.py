"""Walks the rejected rows of a staged file, with their source text and every reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sync import staging
from sync.rows import REJECTED, Problem, Reject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.stage.shapes import Staged


def rejects(staged: Staged) -> Iterator[Reject]:
    """Walk the rejected rows of a staged file in file order, with their source text and every reason."""
    candidates, states = (
        staging.Reader(staged.folder / "candidates"),
        staging.Reader(staged.folder / "states"),
    )
    sources = staging.SourceRows(staged.folder)
    problems = _Problems(staged.folder)
    for start, batch in candidates.blocks():
        final = states.rows(start, start + batch.num_rows).column("state").to_numpy()
        at = np.flatnonzero(final == REJECTED)
        if len(at):
            source = sources.take(np.unique((at + start) // staged.width))
            rows = batch.take(pa.array(at)).to_pydict()
            found = problems.between(start, start + batch.num_rows)
            for which, position in enumerate((at + start).tolist()):
                yield Reject(
                    row=rows["row"][which],
                    column=rows["column"][which],
                    problems=tuple(found[position]),
                    cells=source[position // staged.width][0],
                    faults=source[position // staged.width][1],
                    location_code=rows["location_code"][which],
                    sku_code=rows["sku_code"][which],
                    parent_row=rows["parent"][which] or None,
                )


class _Problems:
    """The problems of a range of candidates, from all files."""

    def __init__(self, folder: Path) -> None:
        self.files = [
            staging.Reader(folder / name) for name in ("problems", "late_problems", "pair_problems")
        ]
        self.positions = [file.column("at") for file in self.files]

    def between(self, start: int, stop: int) -> dict[int, list[Problem]]:
        found: dict[int, list[Problem]] = {}
        for file, positions in zip(self.files, self.positions, strict=True):
            first, last = np.searchsorted(positions, [start, stop]).tolist()
            if first < last:
                for item in file.rows(first, last).to_pylist():
                    found.setdefault(item["at"], []).append(
                        Problem(item["stage"], item["field"], item["code"], item["value"])
                    )
        return found

"""What only the whole file can tell, gathered while its blocks go by: totals, what columns of codes look like, a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync import drift
from sync.mapping.faults import Faults
from sync.mapping.leftout import Suspect, code_columns, suspects
from sync.mapping.neighbours import Census, look
from sync.mapping.quantity import read_column

if TYPE_CHECKING:
    from sync.mapping.codes import Trimmed
    from sync.mapping.plan import Plan
    from sync.rows import Block

A_BLOCK = 500  # quantities of each block that are looked at
LARGEST_SAMPLE = 2_000
MOST_SUSPECTS = 10_000  # a file with more of them is a catalogue of codes like `Total Quartz`


class Watch:
    """Sees every block of a file once; memory does not grow with the file."""

    def __init__(self, plan: Plan, *, text_file: bool, neighbours: bool) -> None:
        self.plan = plan
        self.suspects: list[Suspect] = []  # by position in the file
        self.censuses = (
            {column: Census(text_file=text_file) for column in code_columns(plan)} if neighbours else {}
        )
        self._sample = _Sample(plan)

    def see(self, block: Block, trimmed: Trimmed, first: int) -> None:
        """Look at a block whose first source row has the position `first`."""
        looked = {column: look(trimmed.distinct(column).dictionary) for column in code_columns(self.plan)}
        for column, census in self.censuses.items():
            census.add(looked[column])
        worded = {column: seen.worded for column, seen in looked.items()}
        groups = len(self.suspects) < MOST_SUSPECTS
        found = suspects(block, self.plan, Faults(block, self.plan), worded, groups=groups)
        self.suspects += [suspect._replace(at=suspect.at + first) for suspect in found]
        self._sample.add(block)

    def profile(self) -> drift.Profile:
        """Describe the file for those that come after it."""
        return self._sample.profile()


class _Sample:
    """Every so many-th row of a file."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.skus: list[str] = []
        self.quantities: list[str] = []
        self.thinned = 1

    def add(self, block: Block) -> None:
        """Look at some rows of a block."""
        wide = len(self.plan.quantities)
        step = self.thinned * max(1, len(block.rows) * wide // A_BLOCK)
        rows = pa.array(np.arange(0, len(block.rows), step))
        for column in self.plan.sku.columns[:1]:
            self.skus += _texts(block, column, rows)
        for column in self.plan.quantities:
            self.quantities += _texts(block, column, rows)
        while len(self.quantities) > LARGEST_SAMPLE:
            self.skus, self.quantities = self.skus[::2], self.quantities[::2]
            self.thinned *= 2

    def profile(self) -> drift.Profile:
        """Describe what was looked at."""
        read = read_column(pa.array(self.quantities, pa.string()), self.plan.notation)
        cells = (read.value(at) for at in range(len(self.quantities)))
        numbers = [None if isinstance(cell, str) else float(cell) for cell in cells]
        return drift.profile(self.quantities, numbers, self.skus)


def _texts(block: Block, column: int, rows: pa.Int64Array) -> list[str]:
    texts: list[str] = pc.utf8_trim_whitespace(block.cells[column].take(rows)).to_pylist()
    return texts

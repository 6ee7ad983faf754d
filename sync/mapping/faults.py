"""What the loader could not read truthfully, and what a column showed of one of its codes, by position and column.

A code that its neighbours show to be damaged is at fault as long as neither the cell nor the mapping is mended.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from sync.rows import Fault, Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.mapping.plan import Plan
    from sync.mapping.sections import Code
    from sync.rows import Block

FORM, ZEROS = "code.form", "code.zeros"
BY_NEIGHBOURS = frozenset({FORM, ZEROS})


class Faults:
    """What the loader could not read truthfully, by position and column."""

    def __init__(self, block: Block, plan: Plan) -> None:
        self.rows: dict[int, Fault] = {}
        self.cells: dict[int, list[tuple[int, Fault]]] = {}
        self.touched: set[tuple[int, int]] = set()
        positions = np.searchsorted(block.rows, [fault.row for fault in block.faults]).tolist()
        for at, fault in zip(positions, block.faults, strict=True):
            if fault.column is None:
                self.rows[at] = fault
            elif not (_filled(fault, plan) or (fault.code in BY_NEIGHBOURS and _mended(fault, plan))):
                self.cells.setdefault(fault.column, []).append((at, fault))
                self.touched.add((at, fault.column))

    def touches(self, at: int, columns: Iterable[int]) -> bool:
        """Tell whether the row, or one of its cells in `columns`, is at fault."""
        return at in self.rows or any((at, column) in self.touched for column in columns)

    def unseen(self) -> set[int]:
        """Name the rows in which more stands than the text of their cells shows."""
        beyond = {at for at, fault in self.rows.items() if fault.code == "row.long"}
        return beyond | {at for at, _ in self.touched}

    def of_rows(self) -> Iterator[Found]:
        """Give the rows at fault as reasons."""
        return (Found(at, "read", None, fault.code, fault.shown) for at, fault in self.rows.items())

    def of_cells(self, columns: Iterable[int]) -> Iterator[tuple[int, Fault]]:
        """Walk the cells of some columns that are at fault, with their positions."""
        return (item for column in columns for item in self.cells.get(column, ()))


def _filled(fault: Fault, plan: Plan) -> bool:
    """Tell a code that a merged cell shows for several rows, as the mapping says; a quantity stands for one row."""
    counted = {*plan.quantities, *plan.subtract}
    return fault.code == "cell.merged" and plan.mapping.read.merged == "fill" and fault.column not in counted


def _mended(fault: Fault, plan: Plan) -> bool:
    specs = [source.spec for source in (plan.sku, *plan.locations) if fault.column in source.columns]
    text = fault.shown.split(",", 1)[0] if fault.code == ZEROS else fault.shown
    return any(meant(text, fault.code, spec) for spec in specs)


def meant(text: str, code: str, spec: Code) -> bool:
    """Tell whether the mapping itself says what becomes of a code that its neighbours show to be damaged."""
    if code == ZEROS and spec.pad_left is not None:
        return True
    if text in (spec.lookup or {}):
        return True
    return any(re.search(replacement.pattern, text) for replacement in spec.replace or ())

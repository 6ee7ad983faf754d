"""Blocks of a table -> the same, with the rows of another table below it marked: their numbers are something else.

It begins where the header stands once more over the codes, and over the quantity stands another word: stock above,
goods on order below.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync.rows import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from sync.mapping.plan import Plan
    from sync.rows import Block

CODE = "row.table"


def marked(blocks: Iterator[Block], plan: Plan) -> Iterator[Block]:
    """Mark the rows from the first line of another table on, until this table's own header stands there again."""
    codes = [at for source in (plan.sku, *plan.locations) for at in source.columns if plan.header[at].strip()]
    begins: int | None = None
    for block in blocks:
        heads = _heads(block, plan, codes) if codes else {}
        if begins is None and not heads:
            yield block
            continue
        faults: list[Fault] = []
        for row in block.rows.tolist():
            if row in heads:
                begins = row if heads[row] else None
            if begins is not None:
                faults.append(Fault(row, None, CODE, str(begins)))
        yield replace(block, faults=(*block.faults, *faults))


def _heads(block: Block, plan: Plan, codes: list[int]) -> dict[int, bool]:
    """Find the rows that repeat the header over the codes, and tell whether another word stands over a quantity."""
    repeated = np.ones(len(block.rows), dtype=bool)
    for at in codes:
        repeated &= _is(block.cells[at], plan.header[at])
    found: dict[int, bool] = {}
    for position in np.flatnonzero(repeated).tolist():
        over = [(block.cells[at][position], plan.header[at]) for at in plan.quantities]
        found[int(block.rows[position])] = any(_other(cell.as_py(), name) for cell, name in over)
    return found


def _is(cells: pa.StringArray, name: str) -> npt.NDArray[np.bool_]:
    folded = pc.utf8_lower(pc.utf8_trim_whitespace(cells))
    same = pc.equal(folded, pc.utf8_lower(pa.scalar(name.strip())))
    return np.asarray(same.to_numpy(zero_copy_only=False))


def _other(cell: str, name: str) -> bool:
    """Tell a word that is not the header's from its repetition, and from a number."""
    said = cell.strip().casefold()
    return said != name.strip().casefold() and any(map(str.isalpha, said))

"""A reject file that comes back, corrected, in either form -> the source table that it stands for.

The `_reject_*` columns are no data; they tell the parent run and row. A code that came back changed only in the way a
spreadsheet changes codes is marked, so that it is rejected and not sent.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync.errors import SetAside
from sync.rejects.formula import original
from sync.rejects.lines import PREFIX, ROW, RUN
from sync.rows import Block, Fault, SourceTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy.typing as npt

    from sync.rows import ReadAs, Reject

NUMBER = re.compile(r"[0-9]{1,40}(\.[0-9]{0,40})?(E\+?[0-9]{1,2})?", re.IGNORECASE)
EXPONENT = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}[-./ ][A-Za-z]{3,9}([-./ ][0-9]{2,4})?|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4}"
)
NOTHING = SetAside(
    "the file has a column _reject_run, but no run's id in it; drop the reject file with its last columns as they were"
)


def is_reject_file(header: tuple[str, ...]) -> bool:
    """Tell a reject file by its columns."""
    return RUN in header


def parent_run(table: SourceTable) -> str:
    """Tell which run's rejects these are; walks the table's blocks.

    Raises:
        SetAside: none is named, or more than one.
    """
    at = table.header.index(RUN)
    named: set[str] = set()
    for block in table.blocks:
        named |= {text.strip() for text in pc.unique(block.cells[at]).to_pylist()} - {""}
    if not named:
        raise NOTHING
    if len(named) > 1:
        raise SetAside(
            f"the file holds rejects of {len(named)} runs ({', '.join(sorted(named)[:5])}); drop each run's reject file by itself"
        )
    return named.pop()


def corrected(table: SourceTable, header: tuple[str, ...], rejects: Mapping[int, Reject]) -> SourceTable:
    """Give the source table behind a reject file; `header` and `rejects` (by row) are the parent's."""
    kept = [at for at, name in enumerate(table.header) if not name.startswith(PREFIX)]
    return SourceTable(
        header=tuple(table.header[at] for at in kept),
        read_as=table.read_as,
        blocks=(_corrected(block, table.header, kept, _Parent(header, rejects)) for block in table.blocks),
        warnings=table.warnings,
    )


def again(header: tuple[str, ...], read_as: ReadAs, rejects: Iterable[Reject]) -> SourceTable:
    """Give the source table of rejected rows as they were, to be judged again; rows ascending, each once."""
    rows = list(rejects)
    numbers = np.array([reject.row for reject in rows], dtype=np.int64)
    cells = tuple(pa.array([reject.cells[at] for reject in rows], pa.string()) for at in range(len(header)))
    block = Block(numbers, cells, tuple(fault for reject in rows for fault in reject.faults), numbers)
    return SourceTable(header=header, read_as=read_as, blocks=iter([block]))


class _Parent:
    """What went out, by row and header."""

    def __init__(self, header: tuple[str, ...], rejects: Mapping[int, Reject]) -> None:
        self._at = {name: at for at, name in enumerate(header)}
        self._rejects = rejects

    def faults(self, row: int, line: dict[str, str]) -> Iterator[tuple[str | None, str, str]]:
        """Say what is wrong with a returned line: what was, where its cell is unchanged, and what a spreadsheet did.

        Gives (header or None for the whole row, code, what is shown).
        """
        reject = self._rejects.get(row)
        if reject is None:
            return
        before = {name: reject.cells[at] for name, at in self._at.items()}
        names = list(self._at)
        for fault in reject.faults:
            name = None if fault.column is None else names[fault.column]
            looked_at = before if name is None else [name]
            if all(unchanged(before[each], line.get(each, "")) for each in looked_at):
                yield name, fault.code, fault.shown
        for name, text in line.items():
            if name in before and damaged(before[name].strip(), text.strip()):
                yield name, "cell.returned", f"{text.strip()}, it was {before[name].strip()}"


def _corrected(block: Block, header: tuple[str, ...], kept: list[int], parent: _Parent) -> Block:
    parents = _parent_rows(block, header)
    columns = [[original(text) for text in block.cells[at].to_pylist()] for at in kept]
    moved = {at: new for new, at in enumerate(kept)}
    place = {header[at]: new for new, at in enumerate(kept)}
    faults = [
        Fault(fault.row, None if fault.column is None else moved[fault.column], fault.code, fault.shown)
        for fault in block.faults
        if fault.column is None or fault.column in moved
    ]
    for at, (row, origin) in enumerate(zip(block.rows.tolist(), parents.tolist(), strict=True)):
        line = {name: columns[new][at] for name, new in place.items()}
        faults += [
            Fault(row, None if name is None else place[name], code, shown)
            for name, code, shown in parent.faults(origin, line)
        ]
    return Block(
        block.rows,
        tuple(pa.array(column, pa.string()) for column in columns),
        tuple(faults),
        parents,
    )


def _parent_rows(block: Block, header: tuple[str, ...]) -> npt.NDArray[np.int64]:
    if ROW not in header:
        return np.zeros(len(block.rows), np.int64)
    texts = (text.strip() for text in block.cells[header.index(ROW)].to_pylist())
    return np.array(
        [int(text) if text.isdecimal() and text.isascii() else 0 for text in texts], dtype=np.int64
    )


def unchanged(before: str, after: str) -> bool:
    """Tell whether nobody touched a text, whatever opening and saving it in a spreadsheet made of it."""
    before, after = before.strip(), after.strip()
    if NUMBER.fullmatch(before) and NUMBER.fullmatch(after) and Decimal(before) == Decimal(after):
        return True
    return before == after or damaged(before, after)


def damaged(before: str, after: str) -> bool:
    """Tell whether a text changed only by lost zeros, an exponent or a date form."""
    if before == after or not after:
        return False
    if NUMBER.fullmatch(before) and NUMBER.fullmatch(after):
        shorter = len(after) < len(before) or EXPONENT.fullmatch(before) or EXPONENT.fullmatch(after)
        same = Decimal(before) == Decimal(after)
        return bool(same and shorter) or bool(EXPONENT.fullmatch(after) and not EXPONENT.fullmatch(before))
    return bool(DATE.fullmatch(after)) and not DATE.fullmatch(before)

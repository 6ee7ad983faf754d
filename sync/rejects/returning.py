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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from sync.rows import ReadAs, Reject

NUMBER = re.compile(r"[0-9]{1,40}(\.[0-9]{0,40})?(E\+?[0-9]{1,2})?", re.IGNORECASE)
EXPONENT = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}[-./ ][A-Za-z]{3,9}([-./ ][0-9]{2,4})?|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4}"
)
ZEROS = "code.zeros"
BY_NEIGHBOURS = {ZEROS, "code.form"}  # what its column showed of a code
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
    """Give the source table behind a reject file; `header` and `rejects` (by row) are the parent's.

    Columns stand where they stood in the parent, wherever staff moved them; columns that they added are left out.

    Raises:
        SetAside: a column of the parent is missing.
    """
    places = _places(table.header, header)
    blocks = (_corrected(block, table.header, places, rejects) for block in table.blocks)
    return SourceTable(header=header, read_as=table.read_as, blocks=blocks, warnings=table.warnings)


def _places(found: tuple[str, ...], header: tuple[str, ...]) -> list[int]:
    """Find each column of `header`; of columns with one name the first is the first, and so on."""
    left = [(name, at) for at, name in enumerate(found) if not name.startswith(PREFIX)]
    places: list[int] = []
    for name in header:
        at = next((at for other, at in left if other == name), None)
        if at is None:
            raise SetAside(
                f"the column {name!r} of the reject file is missing; correct the cells and leave the columns as they were"
            )
        left.remove((name, at))
        places.append(at)
    return places


def again(header: tuple[str, ...], read_as: ReadAs, rejects: Iterable[Reject]) -> SourceTable:
    """Give the source table of rejected rows as they were, to be judged again; rows ascending, each once."""
    rows = list(rejects)
    numbers = np.array([reject.row for reject in rows], dtype=np.int64)
    cells = tuple(pa.array([reject.cells[at] for reject in rows], pa.string()) for at in range(len(header)))
    block = Block(numbers, cells, tuple(fault for reject in rows for fault in reject.faults), numbers)
    return SourceTable(header=header, read_as=read_as, blocks=iter([block]))


def _corrected(
    block: Block, found: tuple[str, ...], places: list[int], rejects: Mapping[int, Reject]
) -> Block:
    parents = _parent_rows(block, found)
    columns = [[original(text) for text in block.cells[at].to_pylist()] for at in places]
    moved = {at: new for new, at in enumerate(places)}
    faults = [
        Fault(fault.row, None if fault.column is None else moved[fault.column], fault.code, fault.shown)
        for fault in block.faults
        if fault.column is None or fault.column in moved
    ]
    for row, parent, *line in zip(block.rows.tolist(), parents.tolist(), *columns, strict=True):
        if parent in rejects:
            faults += _still_wrong(row, rejects[parent], line)
    return Block(
        block.rows, tuple(pa.array(column, pa.string()) for column in columns), tuple(faults), parents
    )


def _still_wrong(row: int, reject: Reject, line: Sequence[str]) -> Iterator[Fault]:
    """Say what is wrong with a returned line: what was, where its cell is unchanged, and what a spreadsheet did."""
    before, typed = reject.cells, set[int]()
    for fault in reject.faults:
        looked_at = range(len(before)) if fault.column is None else [fault.column]
        if all(_holds(fault.code, before[at].strip(), line[at].strip()) for at in looked_at):
            yield Fault(row, fault.column, fault.code, fault.shown)
        elif fault.code in BY_NEIGHBOURS:
            typed.update(looked_at)
    for at, text in enumerate(line):
        if at not in typed and damaged(before[at].strip(), text.strip()):
            yield Fault(row, at, "cell.returned", f"{text.strip()}, it was {before[at].strip()}")


def _parent_rows(block: Block, header: tuple[str, ...]) -> npt.NDArray[np.int64]:
    if ROW not in header:
        return np.zeros(len(block.rows), np.int64)
    texts = (text.strip() for text in block.cells[header.index(ROW)].to_pylist())
    return np.array(
        [int(text) if text.isdecimal() and text.isascii() else 0 for text in texts], dtype=np.int64
    )


def _holds(code: str, before: str, after: str) -> bool:
    """Tell whether what was wrong with a text still is."""
    if code not in BY_NEIGHBOURS:
        return unchanged(before, after)
    same = bool(NUMBER.fullmatch(before) and NUMBER.fullmatch(after)) and Decimal(before) == Decimal(after)
    if code == ZEROS:  # its zeros are what was to be typed
        return before == after or (same and not (after.isdecimal() and len(after) > len(before)))
    return before == after or bool(DATE.fullmatch(after)) or (same and not after.isdecimal())


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

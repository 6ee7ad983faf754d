"""The parts of a binary Excel workbook -> shared texts, styles of cells, rows and merged cells."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING

from sync.books.biff12 import double, records, rk, text, uint
from sync.books.bounds import TEXTS_MAX
from sync.books.errorwords import BY_CODE
from sync.books.numberformat import PLAIN, Style, style_of
from sync.books.shapes import Cell, Merge, Row
from sync.books.shown import Shown, shown, truth
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

# Kinds of records: [MS-XLSB] 2.3.
ROW, RK, ERROR, BOOL, REAL, TEXT, SHARED_TEXT = 0, 2, 3, 4, 5, 6, 7
FORMULA_TEXT, FORMULA_REAL, FORMULA_BOOL, FORMULA_ERROR, RICH_TEXT = 8, 9, 10, 11, 62
SHARED_ITEM, FORMAT, CELL_STYLE, CELL_STYLES, CELL_STYLES_END, MERGE = 19, 44, 47, 617, 618, 176
OF_SHEET = {*range(RK, FORMULA_ERROR + 1), RICH_TEXT, ROW, MERGE}

STYLE, STYLE_BYTES = 4, 3  # where the number of a cell's style stands
VALUE = 8  # where in a cell's record its value stands: behind column and style
FLAGS, HIDDEN = 11, 0x10  # of a row's record


def texts(part: IO[bytes]) -> list[str]:
    """Read the texts that cells share."""
    found, cost = [], 0
    for _, body in records(part, {SHARED_ITEM}):
        found.append(text(body, 1))
        cost += sys.getsizeof(found[-1]) + 8
        if cost > TEXTS_MAX:
            raise SetAside(
                f"The texts of the workbook take more than {TEXTS_MAX} bytes. Save the sheet that is meant as CSV UTF-8."
            )
    return found


def styles(part: IO[bytes]) -> list[Style]:
    """Read what the styles of cells do to numbers."""
    declared: dict[int, str] = {}
    used, of_cells = [], False
    for kind, body in records(part, {FORMAT, CELL_STYLE, CELL_STYLES, CELL_STYLES_END}):
        if kind == FORMAT:
            declared[_short(body, 0)] = text(body, 2)
        elif kind != CELL_STYLE:
            of_cells = kind == CELL_STYLES
        elif of_cells:
            used.append(_short(body, 2))
    return [style_of(number_format, declared) for number_format in used]


def _short(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 2], "little")


def rows(part: IO[bytes], cells: Cells, merges: list[Merge]) -> Iterator[Row]:
    """Stream the rows of a sheet that hold anything; its merged cells come last."""
    row = Row(0, hidden=False, cells=[])
    held: list[Cell] = []
    for kind, body in records(part, OF_SHEET):
        if kind == ROW:
            if held:
                yield row
            row, held = _row(body, row.number)
        elif kind == MERGE:
            first_row, last_row, first_column, last_column = (uint(body, at) for at in range(0, 16, 4))
            merges.append(Merge(first_row + 1, last_row + 1, first_column, last_column))
        else:
            cell = cells.read(kind, body)
            if cell.text or cell.fault:
                held.append(cell)
    if held:
        yield row


def _row(body: bytes, before: int) -> tuple[Row, list[Cell]]:
    number = uint(body, 0) + 1
    if number <= before:
        raise ValueError(f"row {number} follows row {before}")
    cells: list[Cell] = []
    return Row(number, bool(body[FLAGS] & HIDDEN), cells), cells


class Cells:
    """Knows a workbook's shared texts, its styles, and the day from which it counts."""

    def __init__(self, texts: Sequence[str], styles: Sequence[Style], epoch: datetime) -> None:
        self._texts = texts
        self._styles = styles
        self._epoch = epoch

    def read(self, kind: int, body: bytes) -> Cell:
        """Show a cell."""
        return Cell(uint(body, 0), *self._shown(kind, body))

    def _shown(self, kind: int, body: bytes) -> Shown:
        if kind == SHARED_TEXT:
            return self._texts[uint(body, VALUE)], None
        if kind == RK:
            return self._number(rk(body, VALUE), body)
        if kind in {REAL, FORMULA_REAL}:
            return self._number(double(body, VALUE), body)
        if kind in {TEXT, FORMULA_TEXT, RICH_TEXT}:
            return text(body, VALUE + (kind == RICH_TEXT)), None
        if kind in {BOOL, FORMULA_BOOL}:
            return truth(value=bool(body[VALUE]))
        return BY_CODE.get(body[VALUE], "#N/A"), "cell.error"

    def _number(self, value: float, body: bytes) -> Shown:
        style = int.from_bytes(body[STYLE : STYLE + STYLE_BYTES], "little")
        # A style that is not there cannot tell a date from a number: the workbook is damaged.
        return shown(value, self._styles[style] if self._styles else PLAIN, self._epoch)

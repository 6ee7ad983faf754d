"""The XML of a sheet, streamed -> its rows of cells."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from sync.books import xmlstream
from sync.books.address import column_of
from sync.books.bounds import COLUMNS_MAX, ROW_MAX, ROWS_MAX
from sync.books.shapes import Cell, Row
from sync.books.sheetreader import RichReader
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.books.cells import CellReader
    from sync.books.sheetreader import Attributes


def rows(part: IO[bytes], cells: CellReader) -> Iterator[Row]:
    """Stream the rows of a sheet that hold anything."""
    reader = _SheetReader(cells)
    for _ in xmlstream.walk(reader.parser, part):
        yield from reader.take()


class _SheetReader(RichReader):
    def __init__(self, cells: CellReader) -> None:
        super().__init__()
        self.read = cells.read
        self.ready: list[Row] = []
        self.number = 0
        self.hidden = False
        self.cells: list[Cell] = []
        self.size = 0
        self.column = -1
        self.ordered = True
        self.columns: dict[str, int] = {}
        self.cell: Attributes = {}
        self.formula = False
        self.on("row", self._start_row, self._end_row)
        self.on("c", self._start_cell, self._end_cell)
        self.on("v", None, self._end_value)
        self.on("f", self._start_formula, None)

    def take(self) -> list[Row]:
        """Give the rows that are complete."""
        ready, self.ready = self.ready, []
        return ready

    def _start_row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r", self.number + 1))
        if not self.number < number <= ROWS_MAX:
            raise SetAside(
                f"The sheet is damaged: row {number} follows row {self.number}. Open the workbook and save it anew."
            )
        self.number = number
        self.hidden = attributes.get("hidden") in {"1", "true"}
        self.cells = []
        self.size = 0
        self.column = -1
        self.ordered = True

    def _end_row(self) -> None:
        if not self.ordered:
            self.cells = self._in_order()
        if self.cells:
            self.ready.append(Row(self.number, self.hidden, self.cells))

    def _in_order(self) -> list[Cell]:
        """Sort the cells of a row that a careless program wrote; of two in one place none is the true one."""
        cells = sorted(self.cells, key=lambda cell: cell.column)
        if len({cell.column for cell in cells}) < len(cells):
            raise SetAside(
                f"The sheet is damaged: row {self.number} holds a cell twice. Open the workbook and save it anew."
            )
        return cells

    def _start_cell(self, attributes: Attributes) -> None:
        self.cell = attributes
        self.value = None
        self.formula = False
        place = attributes.get("r", "").rstrip("0123456789")
        column = self.columns.get(place) if place else self.column + 1
        if column is None:
            column = self.columns[place] = column_of(place)
        if column >= COLUMNS_MAX:
            raise SetAside(f"Row {self.number} has more than {COLUMNS_MAX} columns: this is no stock file.")
        if column <= self.column:
            self.ordered = False
        self.column = column

    def _start_formula(self, _: Attributes) -> None:
        self.formula = True

    def _end_value(self) -> None:
        self.value = self.text

    def _end_cell(self) -> None:
        value, formula = self.value, self.formula
        if value is None and not formula:
            return
        kind = self.cell.get("t", "n")
        # t="str" promises a text, an empty one too; an empty value of any other kind is none.
        if not value and kind not in {"str", "inlineStr"}:
            value = None
        text, fault = self.read(kind, int(self.cell.get("s", 0)), value, formula=formula)
        if text or fault:
            self.cells.append(Cell(self.column, text, fault))
            self.size += len(text)
            if self.size > ROW_MAX:
                raise SetAside(
                    f"Row {self.number} holds more than {ROW_MAX} characters: this is no stock file."
                )

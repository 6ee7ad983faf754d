"""The cells of an XML Spreadsheet 2003, element by element -> its sheets, rows and merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.books.bounds import COLUMNS_MAX, ROWS_MAX
from sync.books.events import Event
from sync.books.numberformat import PLAIN
from sync.books.outline import Outline
from sync.books.shapes import Cell, Merge, Row, SheetInfo
from sync.books.xml2003cell import seen, style_of
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.books.numberformat import Style
    from sync.books.shown import Shown

SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet "
EXCEL = "urn:schemas-microsoft-com:office:excel "

WORKBOOK, SHEET, TABLE = f"{SPREADSHEET}Workbook", f"{SPREADSHEET}Worksheet", f"{SPREADSHEET}Table"
STYLES, STYLE, FORMAT = f"{SPREADSHEET}Styles", f"{SPREADSHEET}Style", f"{SPREADSHEET}NumberFormat"
COLUMN, ROW = f"{SPREADSHEET}Column", f"{SPREADSHEET}Row"
CELL, DATA = f"{SPREADSHEET}Cell", f"{SPREADSHEET}Data"
INSIDE = {
    "": {WORKBOOK},
    WORKBOOK: {STYLES, SHEET},
    STYLES: {STYLE},
    STYLE: {FORMAT},
    SHEET: {TABLE},
    TABLE: {COLUMN, ROW},
    ROW: {CELL},
    CELL: {DATA},
}
DEFAULT = "Default"  # the style of what names none


class Reader(Outline[Event]):
    """Counts rows and columns, which need not say their numbers."""

    inside = INSIDE
    prose = DATA

    def __init__(self, visible: Iterable[bool], *, from_1904: bool) -> None:
        super().__init__()
        self._visible = iter(visible)
        self._from_1904 = from_1904
        self._styles: dict[str, Style] = {}
        self._style = ""
        self._of_columns: dict[int, str] = {}
        self._of_table = self._of_row = ""  # styles
        self._row = self._next_row = 1
        self._column = self._next_column = 1
        self._hidden = False
        self._cells: list[Cell] = []
        self._of_cell: dict[str, str] = {}
        self._type: str | None = None
        self.is_workbook = False
        self.starts = {
            WORKBOOK: self._start_workbook,
            STYLE: self._start_style,
            FORMAT: self._start_format,
            SHEET: self._start_sheet,
            TABLE: self._start_table,
            COLUMN: self._start_column,
            ROW: self._start_row,
            CELL: self._start_cell,
            DATA: self._start_data,
        }
        self.ends = {ROW: self._end_row, CELL: self._end_cell}

    def _start_workbook(self, _: dict[str, str]) -> None:
        self.is_workbook = True

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get(f"{SPREADSHEET}ID", "")
        self._styles[self._style] = self._styles.get(attributes.get(f"{SPREADSHEET}Parent", ""), PLAIN)

    def _start_format(self, attributes: dict[str, str]) -> None:
        self._styles[self._style] = style_of(attributes.get(f"{SPREADSHEET}Format", ""))

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        name = attributes.get(f"{SPREADSHEET}Name", "")
        self.ready.append(SheetInfo(name, next(self._visible), ""))

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._of_table = attributes.get(f"{SPREADSHEET}StyleID", "")
        self._of_columns = {}
        self._next_row = self._next_column = 1

    def _start_column(self, attributes: dict[str, str]) -> None:
        first = _number(attributes, "Index", self._next_column)
        self._next_column = first + _number(attributes, "Span", 0) + 1
        for column in range(first, min(self._next_column, COLUMNS_MAX + 1)):
            self._of_columns[column] = attributes.get(f"{SPREADSHEET}StyleID", "")

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = _number(attributes, "Index", self._next_row)
        self._next_row = self._row + _number(attributes, "Span", 0) + 1
        self._next_column = 1
        self._of_row = attributes.get(f"{SPREADSHEET}StyleID", "")
        self._hidden = attributes.get(f"{SPREADSHEET}Hidden") == "1"
        self._cells = []

    def _end_row(self) -> None:
        if self._cells:
            self.ready.append(Row(self._row, self._hidden, self._cells))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._column = _number(attributes, "Index", self._next_column)
        self._of_cell = attributes
        self._type = None

    def _start_data(self, attributes: dict[str, str]) -> None:
        self._type = attributes.get(f"{SPREADSHEET}Type", "")

    def _end_cell(self) -> None:
        text, fault = self._seen(self.typed())
        if text or fault:
            self._cells.append(Cell(self._column - 1, text, fault))
        across, down = _number(self._of_cell, "MergeAcross", 0), _number(self._of_cell, "MergeDown", 0)
        self._next_column = self._column + across + 1
        if across or down:
            last_row, last_column = min(self._row + down, ROWS_MAX), min(self._column + across, COLUMNS_MAX)
            self.ready.append(Merge(self._row, last_row, self._column - 1, last_column - 1))

    def _seen(self, text: str) -> Shown:
        calculated = self._type == "String" or text.strip()
        if self._type is None or not calculated:
            return "", "cell.formula" if f"{SPREADSHEET}Formula" in self._of_cell else None
        return seen(self._type, text, self._style_of_cell(), from_1904=self._from_1904)

    def _style_of_cell(self) -> Style:
        of_column = self._of_columns.get(self._column, "")
        own = self._of_cell.get(f"{SPREADSHEET}StyleID", "")
        return self._styles.get(own or self._of_row or of_column or self._of_table or DEFAULT, PLAIN)


def _number(attributes: dict[str, str], name: str, at_least: int) -> int:
    """Read a number, `at_least` where there is none; a smaller one would go back to what is read."""
    number = int(attributes.get(f"{SPREADSHEET}{name}", at_least))
    if number < at_least:
        raise SetAside(
            f"The workbook is damaged: {name} is {number} where {at_least} or more is due. Open it and save it anew."
        )
    return number

"""The content of an OpenDocument spreadsheet, element by element -> its sheets, bands of equal rows, and merges.

What is repeated is counted before it is written out: repeated blanks cost nothing, and a few bytes cannot become
billions of cells. Notes, drawings, tracked changes and what a merged cell covers are no cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sync.books.bounds import COLUMNS_MAX, ROWS_MAX, TEXT_MAX
from sync.books.odscell import LINE_BREAK, OFFICE, PARAGRAPH_END, SPACE, TAB, TABLE, TEXT, seen
from sync.books.outline import Outline
from sync.books.shapes import Cell, Merge, Row, SheetInfo
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator

REPEATED_MAX = 1_500_000  # cells that are there by repetition only ...
LONG = 32  # ... where a text counts once for so many characters

STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 "

BODY, SPREADSHEET = f"{OFFICE}body", f"{OFFICE}spreadsheet"
STYLES, OF_SHEET, LOOKS = f"{OFFICE}automatic-styles", f"{STYLE}style", f"{STYLE}table-properties"
SHEET, GROUP, ROW = f"{TABLE}table", f"{TABLE}table-row-group", f"{TABLE}table-row"
CELL, COVERED = f"{TABLE}table-cell", f"{TABLE}covered-table-cell"
ROW_TIMES, CELL_TIMES = f"{TABLE}number-rows-repeated", f"{TABLE}number-columns-repeated"
DOWN, ACROSS = f"{TABLE}number-rows-spanned", f"{TABLE}number-columns-spanned"
ROWS = {ROW, GROUP, f"{TABLE}table-rows", f"{TABLE}table-header-rows"}
PARAGRAPH = f"{TEXT}p"

# What is looked into, by what it stands in; everything else is passed over with all that it holds.
INSIDE = {
    "": {f"{OFFICE}document-content", f"{OFFICE}document"},
    f"{OFFICE}document-content": {STYLES, BODY},
    f"{OFFICE}document": {STYLES, BODY},
    STYLES: {OF_SHEET},
    OF_SHEET: {LOOKS},
    BODY: {SPREADSHEET},
    SPREADSHEET: {SHEET},
    SHEET: ROWS,
    **dict.fromkeys(ROWS - {ROW}, ROWS),
    ROW: {CELL, COVERED},
    CELL: {PARAGRAPH},
}
NOT_SHOWN = {f"{OFFICE}annotation", f"{TEXT}note", f"{TEXT}ruby-text", f"{DRAW}frame"}


class Stretch(NamedTuple):
    """Equal cells beside each other."""

    column: int
    times: int
    text: str
    fault: str | None


class Band(NamedTuple):
    """Equal rows below each other."""

    row: int
    times: int
    hidden: bool
    stretches: list[Stretch]

    def rows(self) -> Iterator[Row]:
        """Write them out."""
        cells = tuple(
            Cell(stretch.column + shift, stretch.text, stretch.fault)
            for stretch in self.stretches
            for shift in range(stretch.times)
        )
        return (Row(self.row + shift, self.hidden, cells) for shift in range(self.times))


class Reader(Outline["SheetInfo | Merge | Band"]):
    """Counts rows and columns."""

    inside = INSIDE
    prose = PARAGRAPH
    not_shown = NOT_SHOWN

    def __init__(self) -> None:
        super().__init__()
        self.is_spreadsheet = False
        self._hidden_styles: set[str] = set()
        self._hidden_groups: list[bool] = []
        self._style = ""
        self._repeated = 0
        self._row, self._column = 1, 0
        self._of_row: dict[str, str] = {}
        self._of_cell: dict[str, str] = {}
        self._stretches: list[Stretch] = []
        self.starts = {
            OF_SHEET: self._start_style,
            LOOKS: self._start_looks,
            SPREADSHEET: self._start_spreadsheet,
            SHEET: self._start_sheet,
            GROUP: self._start_group,
            ROW: self._start_row,
            CELL: self._start_cell,
            COVERED: self._start_cell,
            f"{TEXT}s": self._start_spaces,
            f"{TEXT}tab": self._start_tab,
            f"{TEXT}line-break": self._start_line_break,
        }
        self.ends = {
            GROUP: self._end_group,
            ROW: self._end_row,
            CELL: self._end_cell,
            COVERED: self._end_covered,
            PARAGRAPH: self._end_paragraph,
        }

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get(f"{STYLE}name", "")

    def _start_looks(self, attributes: dict[str, str]) -> None:
        if attributes.get(f"{TABLE}display") == "false":
            self._hidden_styles.add(self._style)

    def _start_spreadsheet(self, _: dict[str, str]) -> None:
        self.is_spreadsheet = True

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        visible = attributes.get(f"{TABLE}style-name") not in self._hidden_styles
        self.ready.append(SheetInfo(attributes.get(f"{TABLE}name", ""), visible, ""))
        self._row = 1

    def _start_group(self, attributes: dict[str, str]) -> None:
        self._hidden_groups.append(attributes.get(f"{TABLE}display") == "false")

    def _end_group(self) -> None:
        self._hidden_groups.pop()

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._of_row = attributes
        self._column = 0
        self._stretches = []

    def _end_row(self) -> None:
        times = _times(self._of_row, ROW_TIMES)
        if self._stretches:
            self._count_repeated(times)
            hidden = self._of_row.get(f"{TABLE}visibility", "visible") != "visible" or any(
                self._hidden_groups
            )
            self.ready.append(Band(self._row, times, hidden, self._stretches))
        self._row += times

    def _count_repeated(self, times: int) -> None:
        if self._row + times - 1 > ROWS_MAX:
            raise SetAside(f"The sheet is filled beyond row {ROWS_MAX}: this is no stock file.")
        for stretch in self._stretches:
            if stretch.times * times > 1:
                self._repeated += (stretch.times * times - 1) * (1 + len(stretch.text) // LONG)
        if self._repeated > REPEATED_MAX:
            raise SetAside(
                f"The sheet repeats the same cells more than {REPEATED_MAX} times: this is no stock file."
            )

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._of_cell = attributes

    def _end_cell(self) -> None:
        text, fault = seen(self._of_cell, self.typed())
        times = _times(self._of_cell, CELL_TIMES)
        if text or fault:
            if self._column + times > COLUMNS_MAX:
                raise SetAside(f"The sheet is filled beyond column {COLUMNS_MAX}: this is no stock file.")
            self._stretches.append(Stretch(self._column, times, text, fault))
        self._merge()
        self._column += times

    def _end_covered(self) -> None:
        self._column += _times(self._of_cell, CELL_TIMES)

    def _merge(self) -> None:
        down = _times(self._of_cell, DOWN) - 1
        right = _times(self._of_cell, ACROSS) - 1
        if down or right:
            last_row, last_column = (
                min(self._row + down, ROWS_MAX),
                min(self._column + right, COLUMNS_MAX - 1),
            )
            self.ready.append(Merge(self._row, last_row, self._column, last_column))

    def _start_spaces(self, attributes: dict[str, str]) -> None:
        self.type(SPACE * min(int(attributes.get(f"{TEXT}c", 1)), TEXT_MAX + 1))

    def _start_tab(self, _: dict[str, str]) -> None:
        self.type(TAB)

    def _start_line_break(self, _: dict[str, str]) -> None:
        self.type(LINE_BREAK)

    def _end_paragraph(self) -> None:
        self.type(PARAGRAPH_END)


def _times(attributes: dict[str, str], name: str) -> int:
    times = attributes.get(name)
    return max(1, int(times)) if times else 1

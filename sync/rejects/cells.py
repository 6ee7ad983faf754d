"""Texts -> the cells of one sheet: text cells all, ours in grey, what is at fault in orange with its reason as a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Border, PatternFill, Side

from sync.rejects.escaping import escaped
from sync.rejects.sheetform import BOLD, FONT, TOP, WRAPPED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

TEXT_FORMAT = "@"
ORANGE, GREY, BLUE = (PatternFill("solid", fgColor=color) for color in ("FFC000", "EDEDED", "D9E2F3"))
RED = Side("medium", color="C00000")
THICK = Border(left=RED, right=RED, top=RED, bottom=RED)  # seen in a black and white print too
AUTHOR = "inventory-sync"
WIDE, LINE = 360, 20  # of a comment, in points
LETTERS = 45  # of a comment's line


class Cells:
    """Makes the lines of one sheet. Cells are made once a column and filled again: a million rows have millions."""

    def __init__(self, sheet: Worksheet, columns: int, *, ours: int, wrapped: int) -> None:
        self._sheet = sheet
        self._plain = [self._styled(fill=GREY if at >= ours else None) for at in range(columns)]
        self._plain[wrapped].alignment = WRAPPED
        self._orange: dict[int, Cell] = {}
        self._ours = ours

    def header(self, names: Sequence[str], about: Mapping[str, str]) -> list[Cell]:
        """Make the header row; `about` has what is said of some of our columns."""
        cells = [self._styled(fill=GREY if at >= self._ours else BLUE) for at in range(len(names))]
        for at, (cell, name) in enumerate(zip(cells, names, strict=True)):
            cell.font = BOLD
            if at >= self._ours and name in about:
                cell.comment = _comment(about[name])
            _fill(cell, name)
        return cells

    def line(self, texts: Sequence[str], faulty: Mapping[int, str], *, commented: bool) -> list[Cell]:
        """Fill one row; `faulty` has the reasons of the cells at fault by their column."""
        cells = list(self._plain)
        for at, words in faulty.items():
            cells[at] = self._faulty(at)
            cells[at].comment = _comment(words) if commented else None
        for cell, text in zip(cells, texts, strict=True):
            _fill(cell, text)
        return cells

    def _faulty(self, at: int) -> Cell:
        if at not in self._orange:
            self._orange[at] = self._styled(fill=ORANGE)
            self._orange[at].border, self._orange[at].font = THICK, BOLD
        return self._orange[at]

    def _styled(self, fill: PatternFill | None) -> Cell:
        cell: Cell = WriteOnlyCell(self._sheet)
        cell.number_format, cell.alignment, cell.font = TEXT_FORMAT, TOP, FONT
        if fill:
            cell.fill = fill
        return cell


def _comment(words: str) -> Comment:
    return Comment(words, AUTHOR, width=WIDE, height=LINE * (2 + len(words) // LETTERS))


def _fill(cell: Cell, text: str) -> None:
    """Put a text into a cell, whatever a spreadsheet would take it for."""
    cell.value = escaped(text)
    cell.data_type = "s"

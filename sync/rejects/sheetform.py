"""How a sheet is shown and printed: the widths of its columns, the heights of its rows, one page wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

FACE, SIZE = "Calibri", 11
FONT, BOLD = Font(name=FACE, size=SIZE), Font(name=FACE, size=SIZE, bold=True)
TOP, WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
HEIGHT = 1.4  # of a line, in letters
NARROWEST, WIDEST = 9, 42  # letters
BUTTON = 3  # letters that a filter's button hides


def set_widths(sheet: Worksheet, header: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Make columns as wide as their first texts need, within bounds."""
    for at, name in enumerate(header):
        longest = max(len(name) + BUTTON, NARROWEST, *(len(line[at]) for line in lines))
        set_width(sheet, at, min(longest, WIDEST) * 1.15 + 1)


def set_width(sheet: Worksheet, column: int, letters: float) -> None:
    """Set the width of a column, counted from 0."""
    sheet.column_dimensions[get_column_letter(column + 1)].width = letters


def make_room(sheet: Worksheet, row: int, letters: int, *, wide: int, size: int = SIZE) -> None:
    """Make a row as high as its text needs: spreadsheet programs do not do it by themselves."""
    lines = -(-letters // wide)
    if lines > 1 or size > SIZE:
        sheet.row_dimensions[row].height = max(lines, 1) * size * HEIGHT


def forget_room(sheet: Worksheet, row: int) -> None:
    """Forget the height of a row that is written; those of a million rows would fill the memory."""
    sheet.row_dimensions.pop(row, None)


def fit_to_width(sheet: Worksheet, *, landscape: bool = False) -> None:
    """Print it one page wide."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    if landscape:
        sheet.page_setup.orientation = "landscape"


def area(columns: int, rows: int) -> str:
    """Name the cells from the first one on."""
    return f"A1:{get_column_letter(columns)}{rows}"


def styled(texts: Iterable[tuple[str, str]]) -> list[tuple[str, Font, int]]:
    """Give each text of a page of words its font: (kind, text) -> (text, font, size)."""
    sizes = {"title": 18, "heading": 13, "text": 12}
    return [
        (text, Font(name=FACE, size=sizes[kind], bold=kind != "text"), sizes[kind]) for kind, text in texts
    ]

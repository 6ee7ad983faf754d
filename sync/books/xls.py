"""A workbook of Excel 2 to 2003 (.xls, BIFF2-8) -> its sheets, through xlrd; runs in the child process only."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from sync.books import errorwords, xlsformulas
from sync.books.foreign import DAMAGED
from sync.books.numberformat import PLAIN, Style, style, style_of
from sync.books.shapes import Cell, Merge, Row, SheetContent, SheetInfo
from sync.books.shown import FROM_1900, FROM_1904, Shown, shown, truth
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlrd.book import Book
    from xlrd.sheet import Sheet

LOCKED = "The workbook is locked with a password. Open it, remove the password, and save it as .xlsx."
NO_WORKBOOK = (
    "This is a document of an old Office program without a workbook in it. "
    "Open it and save it as .xlsx or as CSV UTF-8."
)
UNTOLD = (
    "The workbook does not say in which encoding its texts are. "
    "Declare read.encoding in the mapping, or open it and save it as .xlsx."
)
FIRST_UNICODE = 80  # BIFF8; in the versions before, texts are in a code page
FIRST_OF_SHEETS = 50  # BIFF5; before, the file is one sheet, or an .xlw that is laid out in its own way
CUT = "expected size"  # what xlrd only mutters about a stream that is shorter than the container says
IGNORED = {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}


def sheets(stream: BinaryIO, encoding: str | None = None) -> Iterator[SheetContent]:
    """Read every sheet of cells, in the order of the tabs; one is held in memory at a time."""
    content = stream.read()
    muttered = io.StringIO()
    try:
        book = xlrd.open_workbook(
            file_contents=content,
            logfile=muttered,
            encoding_override=encoding,
            formatting_info=True,  # number formats, hidden rows, merged cells
            on_demand=True,
            ragged_rows=True,
        )
        yield from _contents(book, content, muttered)
    except (XLRDError, CompDocError, AssertionError) as error:
        raise SetAside(_words(error)) from error


def _words(error: Exception) -> str:
    if "encrypted" in str(error):
        return LOCKED
    if "find workbook" in str(error):
        return NO_WORKBOOK
    return DAMAGED.format(" ".join(str(error).split())[:160].strip(" .") or type(error).__name__)


def _contents(book: Book, content: bytes, muttered: io.StringIO) -> Iterator[SheetContent]:
    unsolved = xlsformulas.unsolved(book.mem or content, _positions(book))
    reader = _Reader(book)
    for number, name in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(number)
        if CUT in muttered.getvalue():
            raise SetAside(DAMAGED.format("it is shorter than it says"))
        merges = [Merge(top + 1, bottom, left, right - 1) for top, bottom, left, right in sheet.merged_cells]
        rows = reader.rows(sheet, unsolved[number] if unsolved else frozenset())
        yield SheetContent(SheetInfo(name, not sheet.visibility, ""), rows, merges)
        if book.on_demand:
            book.unload_sheet(number)


def _positions(book: Book) -> list[int]:
    """Give where each sheet begins in the stream."""
    if book.biff_version >= FIRST_OF_SHEETS:
        positions: list[int] = vars(book)["_sh_abs_posn"]  # it stands nowhere else
        return positions
    return [0] if book.nsheets == 1 else []


class _Reader:
    """Shows the cells of a workbook."""

    def __init__(self, book: Book) -> None:
        self._epoch = FROM_1904 if book.datemode else FROM_1900
        self._styles = [_style(book, form.format_key) for form in book.xf_list]
        self._ascii_only = (
            book.biff_version < FIRST_UNICODE and book.codepage is None and not book.encoding_override
        )

    def rows(self, sheet: Sheet, unsolved: frozenset[xlsformulas.Place]) -> Iterator[Row]:
        """Walk the rows of a sheet."""
        for number in range(sheet.nrows):
            info = sheet.rowinfo_map.get(number)
            cells = self._cells(sheet, number, unsolved)
            yield Row(
                number + 1, bool(info and info.hidden), [cell for cell in cells if cell.text or cell.fault]
            )

    def _cells(self, sheet: Sheet, row: int, unsolved: frozenset[xlsformulas.Place]) -> Iterator[Cell]:
        for column, cell in enumerate(sheet.row(row)):
            if (row, column) in unsolved:
                yield Cell(column, "", "cell.formula")
            elif cell.ctype not in IGNORED:
                yield Cell(column, *self._shown(cell))

    def _shown(self, cell: xlrd.sheet.Cell) -> Shown:
        if cell.ctype == xlrd.XL_CELL_TEXT:
            return self._text(str(cell.value)), None
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return truth(value=bool(cell.value))
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return errorwords.BY_CODE.get(int(cell.value), f"#{cell.value}"), "cell.error"
        form = cell.xf_index
        return shown(cell.value, self._styles[form] if form is not None else PLAIN, self._epoch)

    def _text(self, text: str) -> str:
        if self._ascii_only and not text.isascii():
            raise SetAside(UNTOLD)
        return text


def _style(book: Book, key: int) -> Style:
    form = book.format_map.get(key)
    return style(form.format_str) if form else style_of(key, {})

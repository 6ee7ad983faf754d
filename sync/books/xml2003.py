"""An XML Spreadsheet 2003 (.xml, often named .xls) -> its sheets, as a person sees them.

Whether a sheet is hidden stands behind its cells, so a document that speaks of it is read twice.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from sync.books.events import by_sheet
from sync.books.outline import Outline
from sync.books.xml2003reader import EXCEL, SHEET, WORKBOOK, Reader
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from sync.books.shapes import SheetContent

OPTIONS, VISIBLE = f"{EXCEL}WorksheetOptions", f"{EXCEL}Visible"
SETTINGS, FROM_1904 = f"{EXCEL}ExcelWorkbook", f"{EXCEL}Date1904"
CHUNK = 1 << 20
INSIDE = {
    "": {WORKBOOK},
    WORKBOOK: {SHEET, SETTINGS},
    SETTINGS: {FROM_1904},
    SHEET: {OPTIONS},
    OPTIONS: {VISIBLE},
}


def sheets(stream: BinaryIO) -> Iterator[SheetContent]:
    """Read all sheets, one after the other."""
    look = _Look()
    visible: Iterable[bool] = repeat(object=True)
    if _speaks_of(stream, b"Visible", b"Date1904"):
        visible = list(look.read(stream))
        stream.seek(0)
    reader = Reader(visible, from_1904=look.from_1904)
    yield from by_sheet(reader.read(stream))
    if not reader.is_workbook:
        raise SetAside("This XML document is no spreadsheet. Save the stock list as .xlsx.")


def _speaks_of(stream: BinaryIO, *words: bytes) -> bool:
    """Search a document quickly; it may be in UTF-16."""
    before = b""
    found = False
    for chunk in iter(lambda: stream.read(CHUNK), b""):
        searched = before + chunk.replace(b"\0", b"")
        found = found or any(word in searched for word in words)
        before = searched[-max(map(len, words)) :]
    stream.seek(0)
    return found


class _Look(Outline[bool]):
    """Finds which sheets a person sees."""

    inside = INSIDE
    prose = VISIBLE

    def __init__(self) -> None:
        super().__init__()
        self.from_1904 = False
        self.starts = {FROM_1904: self._start_from_1904}
        self.ends = {SHEET: self._end_sheet}

    def _start_from_1904(self, _: dict[str, str]) -> None:
        self.from_1904 = True

    def _end_sheet(self) -> None:
        self.ready.append(self.typed().strip() in {"", "SheetVisible"})

"""The same small workbook, written by code as every kind that a child process reads."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from sync.books import html as html_reader
from sync.books import ods as ods_reader
from sync.books import xlsb as xlsb_reader
from sync.books import xml2003 as xml2003_reader
from tests.bookmakers import html, ods, xlsb, xml2003

if TYPE_CHECKING:
    from sync.books.shapes import Merge, Row, SheetInfo
    from tests.bookmakers.model import Tab

MAKERS = {
    "ods": (ods.make, ods_reader.sheets),
    "fods": (ods.make_flat, ods_reader.sheets),
    "xlsb": (xlsb.make, xlsb_reader.sheets),
    "xml2003": (xml2003.make, xml2003_reader.sheets),
    "html": (html.make, html_reader.sheets),
}


class Read(NamedTuple):
    """A sheet that was read to its end."""

    info: SheetInfo
    rows: list[Row]
    merges: list[Merge]

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    @property
    def lines(self) -> dict[int, list[tuple[int, str]]]:
        """Its rows by their numbers: column and text of each cell."""
        return {row.number: [(cell.column, cell.text) for cell in row.cells] for row in self.rows}

    @property
    def texts(self) -> list[list[str]]:
        """The texts of its rows."""
        return [[cell.text for cell in row.cells] for row in self.rows]


def made_and_read(kind: str, *tabs: Tab) -> list[Read]:
    """Write a workbook as this kind, and read it."""
    make, _ = MAKERS[kind]
    return read(kind, make(tabs))


def read(kind: str, content: bytes) -> list[Read]:
    """Read all sheets of a workbook."""
    _, sheets = MAKERS[kind]
    return [Read(info, list(rows), list(merges)) for info, rows, merges in sheets(BytesIO(content))]


def only_cell(kind: str, content: bytes) -> tuple[str, str | None]:
    """Read the only cell of a workbook: its text and its fault."""
    ((row,),) = [sheet.rows for sheet in read(kind, content)]
    (cell,) = row.cells
    return cell.text, cell.fault

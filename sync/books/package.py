"""An .xlsx workbook -> its sheets, rows and merged cells; each part is found by the package's own words.

Rows are streamed; only the texts that the workbook shares between its cells are held as a whole.
"""

from __future__ import annotations

import posixpath
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from sync.books import sheetparts, sheetxml
from sync.books.bounds import SHEETS_MAX
from sync.books.cells import CellReader
from sync.books.foreign import DAMAGED, border
from sync.books.numberformat import Style, style_of
from sync.books.parts import Parts
from sync.books.shapes import SheetInfo
from sync.books.shown import FROM_1900, FROM_1904
from sync.errors import SetAside
from sync.plainfile import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.books.shapes import Merge, Row


@contextmanager
def opened_package(path: Path) -> Iterator[Package]:
    """Open a workbook for as long as its sheets are read."""
    with opened(path) as stream:
        yield Package(Parts(stream))


class Package:
    """An open workbook; its larger parts are read when they are first needed."""

    format = "xlsx"

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        main = next((r.part for r in parts.relations("") if r.kind == "officeDocument"), "xl/workbook.xml")
        self._folder = posixpath.dirname(main)
        self._workbook = list(parts.elements(main, "workbookPr", "sheet"))
        self._related = parts.relations(main)
        self._merges: dict[str, list[Merge]] = {}

    @cached_property
    def sheets(self) -> tuple[SheetInfo, ...]:
        """All sheets of cells, in the order of their tabs."""
        parts = {relation.id: relation.part for relation in self._related if relation.kind == "worksheet"}
        named = (found.attributes for found in self._workbook if found.name == "sheet")
        sheets = tuple(
            SheetInfo(sheet.get("name", ""), sheet.get("state", "visible") == "visible", parts[sheet["id"]])
            for sheet in named
            if sheet.get("id") in parts
        )
        if len(sheets) > SHEETS_MAX or len({sheet.part for sheet in sheets}) < len(sheets):
            raise SetAside(DAMAGED.format("its list of sheets is not one that a spreadsheet program writes"))
        return sheets

    def rows(self, sheet: SheetInfo) -> Iterator[Row]:
        """Stream the rows of a sheet that hold anything."""
        with self._parts.open(sheet.part) as xml:
            yield from sheetxml.rows(xml, self._cells)

    def merges(self, sheet: SheetInfo) -> list[Merge]:
        """List the merged cells of a sheet."""
        if sheet.part not in self._merges:
            self._merges[sheet.part] = self._merged(sheet.part)
        return self._merges[sheet.part]

    def calculated(self, sheet: SheetInfo) -> bool:
        """Say whether any formula of a sheet has a stored value."""
        with self._parts.open(sheet.part) as xml:
            return sheetparts.calculated(xml)

    def _merged(self, name: str) -> list[Merge]:
        with self._parts.open(name) as xml, border():
            if not sheetparts.may_hold_merges(xml):
                return []
        with self._parts.open(name) as xml:
            return sheetparts.merges(xml)

    @cached_property
    def _cells(self) -> CellReader:
        settings = [found.attributes for found in self._workbook if found.name == "workbookPr"]
        from_1904 = any(setting.get("date1904") in {"1", "true"} for setting in settings)
        return CellReader(self._texts(), self._styles(), FROM_1904 if from_1904 else FROM_1900)

    def _texts(self) -> list[str]:
        name = self._find("sharedStrings")
        if name is None:
            return []
        with self._parts.open(name) as part:
            return sheetparts.texts(part)

    def _styles(self) -> list[Style]:
        name = self._find("styles")
        found = [] if name is None else list(self._parts.elements(name, "numFmt", "xf"))
        declared = {
            int(each.attributes.get("numFmtId", 0)): each.attributes.get("formatCode", "")
            for each in found
            if each.inside == "numFmts"
        }
        used = [each.attributes.get("numFmtId", 0) for each in found if each.inside == "cellXfs"]
        return [style_of(int(number_format), declared) for number_format in used]

    def _find(self, kind: str) -> str | None:
        """Find a part by its relation, else under the name that everyone gives it."""
        related = [relation.part for relation in self._related if relation.kind == kind]
        usual = posixpath.join(self._folder, f"{kind}.xml")
        return next((part for part in (*related, usual) if part in self._parts), None)

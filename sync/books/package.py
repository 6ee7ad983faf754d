"""An .xlsx workbook -> its sheets, rows and merged cells; each part is found by the package's own words.

Rows are streamed; only the texts that the workbook shares between its cells are held as a whole.
"""

from __future__ import annotations

import posixpath
import zipfile
from contextlib import contextmanager
from functools import cached_property
from typing import IO, TYPE_CHECKING, NamedTuple

from sync.books import sheetparts, sheetxml, xmlstream
from sync.books.bounds import SHEETS_MAX
from sync.books.cells import CellReader
from sync.books.foreign import DAMAGED, border
from sync.books.numberformat import Style, style_of
from sync.books.shapes import SheetInfo
from sync.books.shown import FROM_1900, FROM_1904
from sync.errors import SetAside
from sync.plainfile import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.books.shapes import Merge, Row
    from sync.books.xmlstream import Element

ELEMENTS_MAX = 200_000  # sheets, relations, styles


class Relation(NamedTuple):
    """What a part says about another one."""

    id: str
    kind: str  # the last word of its type: worksheet, styles, sharedStrings ...
    part: str


@contextmanager
def opened_package(path: Path) -> Iterator[Package]:
    """Open a workbook for as long as its sheets are read."""
    with opened(path) as stream:
        with border():
            archive = zipfile.ZipFile(stream)
        with archive:
            yield Package(archive)


class Package:
    """An open workbook; its larger parts are read when they are first needed."""

    format = "xlsx"

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        # Some programs write names in another case than they refer to, or with backslashes.
        self._names = {_key(name): name for name in archive.namelist()}
        main = next((r.part for r in self._relations("") if r.kind == "officeDocument"), "xl/workbook.xml")
        self._folder = posixpath.dirname(main)
        self._workbook = list(self._elements(main, "workbookPr", "sheet"))
        self._parts = self._relations(main)
        self._merges: dict[str, list[Merge]] = {}

    @cached_property
    def sheets(self) -> tuple[SheetInfo, ...]:
        """All sheets of cells, in the order of their tabs."""
        parts = {relation.id: relation.part for relation in self._parts if relation.kind == "worksheet"}
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
        with self._part(sheet.part) as xml:
            yield from sheetxml.rows(xml, self._cells)

    def merges(self, sheet: SheetInfo) -> list[Merge]:
        """List the merged cells of a sheet."""
        if sheet.part not in self._merges:
            self._merges[sheet.part] = self._merged(sheet.part)
        return self._merges[sheet.part]

    def calculated(self, sheet: SheetInfo) -> bool:
        """Say whether any formula of a sheet has a stored value."""
        with self._part(sheet.part) as xml:
            return sheetparts.calculated(xml)

    def _merged(self, name: str) -> list[Merge]:
        with self._part(name) as xml, border():
            if not sheetparts.may_hold_merges(xml):
                return []
        with self._part(name) as xml:
            return sheetparts.merges(xml)

    @cached_property
    def _cells(self) -> CellReader:
        settings = [found.attributes for found in self._workbook if found.name == "workbookPr"]
        from_1904 = any(setting.get("date1904") in {"1", "true"} for setting in settings)
        return CellReader(self._texts(), self._styles(), FROM_1904 if from_1904 else FROM_1900)

    @contextmanager
    def _part(self, name: str) -> Iterator[IO[bytes]]:
        with border():
            stream = self._archive.open(self._names[_key(name)])
        with stream:
            yield stream

    def _texts(self) -> list[str]:
        name = self._find("sharedStrings")
        if name is None:
            return []
        with self._part(name) as part:
            return sheetparts.texts(part)

    def _styles(self) -> list[Style]:
        name = self._find("styles")
        found = [] if name is None else list(self._elements(name, "numFmt", "xf"))
        declared = {
            int(each.attributes.get("numFmtId", 0)): each.attributes.get("formatCode", "")
            for each in found
            if each.inside == "numFmts"
        }
        used = [each.attributes.get("numFmtId", 0) for each in found if each.inside == "cellXfs"]
        return [style_of(int(number_format), declared) for number_format in used]

    def _find(self, kind: str) -> str | None:
        """Find a part by its relation, else under the name that everyone gives it."""
        related = [relation.part for relation in self._parts if relation.kind == kind]
        usual = posixpath.join(self._folder, f"{kind}.xml")
        return next((part for part in (*related, usual) if _key(part) in self._names), None)

    def _relations(self, source: str) -> list[Relation]:
        folder, name = posixpath.split(source)
        described = posixpath.join(folder, "_rels", f"{name}.rels")
        if _key(described) not in self._names:
            return []
        return [
            Relation(
                relation.attributes.get("Id", ""),
                relation.attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, relation.attributes.get("Target", ""))).lstrip(
                    "/"
                ),
            )
            for relation in self._elements(described, "Relationship")
        ]

    def _elements(self, name: str, *wanted: str) -> Iterator[Element]:
        with self._part(name) as part:
            for count, element in enumerate(xmlstream.elements(part, *wanted)):
                if count >= ELEMENTS_MAX:
                    raise SetAside(DAMAGED.format(f"the part {name} has more than {ELEMENTS_MAX} elements"))
                yield element


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()

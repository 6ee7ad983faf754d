"""The package of a workbook -> its sheets, shared texts and styles; each part is found by the package's own words."""

from __future__ import annotations

import posixpath
import zipfile
from contextlib import contextmanager
from functools import cached_property
from typing import IO, TYPE_CHECKING, NamedTuple

from defusedxml import ElementTree
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from sync.books import sheetxml
from sync.books.cells import CellReader, Style, style
from sync.books.foreign import DAMAGED, border
from sync.errors import SetAside
from sync.plainfile import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

PART_MAX = 50_000_000  # bytes of a part that is read as a whole


class SheetPart(NamedTuple):
    """A sheet: the name on its tab, whether a person sees it, and the part that holds it."""

    name: str
    visible: bool
    part: str


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

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        # Some programs write names in another case than they refer to, or with backslashes.
        self._names = {_key(name): name for name in archive.namelist()}
        main = next((r.part for r in self._relations("") if r.kind == "officeDocument"), "xl/workbook.xml")
        self._folder = posixpath.dirname(main)
        self._workbook = self._tree(main)
        self._parts = self._relations(main)

    @cached_property
    def sheets(self) -> tuple[SheetPart, ...]:
        """All sheets of cells, in the order of their tabs."""
        parts = {relation.id: relation.part for relation in self._parts if relation.kind == "worksheet"}
        named = [(sheet, _attribute(sheet, "id")) for sheet in self._workbook.iterfind("{*}sheets/{*}sheet")]
        return tuple(
            SheetPart(sheet.get("name", ""), sheet.get("state", "visible") == "visible", parts[reference])
            for sheet, reference in named
            if reference in parts
        )

    @cached_property
    def cells(self) -> CellReader:
        """The reader for this workbook's cells."""
        settings = self._workbook.find("{*}workbookPr")
        from_1904 = settings is not None and settings.get("date1904") in {"1", "true"}
        return CellReader(self._texts(), self._styles(), MAC_EPOCH if from_1904 else WINDOWS_EPOCH)

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """Open one part."""
        with border():
            stream = self._archive.open(self._names[_key(name)])
        with stream:
            yield stream

    def _texts(self) -> list[str]:
        name = self._find("sharedStrings")
        if name is None:
            return []
        with self.part(name) as part:
            return sheetxml.texts(part)

    def _styles(self) -> list[Style]:
        name = self._find("styles")
        if name is None:
            return []
        tree = self._tree(name)
        declared = {
            int(f.get("numFmtId", 0)): f.get("formatCode", "") for f in tree.iterfind("{*}numFmts/{*}numFmt")
        }
        return [style(int(xf.get("numFmtId", 0)), declared) for xf in tree.iterfind("{*}cellXfs/{*}xf")]

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
                relation.get("Id", ""),
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
            )
            for relation in self._tree(described)
        ]

    def _tree(self, name: str) -> Element:
        with self.part(name) as part, border():
            content = part.read(PART_MAX + 1)
            if len(content) > PART_MAX:
                raise SetAside(DAMAGED.format(f"the part {name} is larger than {PART_MAX} bytes"))
            tree: Element = ElementTree.fromstring(content)
            return tree


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _attribute(element: Element, local: str) -> str:
    """Read an attribute whose namespace differs between the plain and the strict dialect."""
    return next((value for name, value in element.items() if name.endswith(f"}}{local}")), "")

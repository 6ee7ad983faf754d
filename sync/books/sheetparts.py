"""What a sheet needs beside its rows: the texts that cells share, the merged cells, whether formulas have values."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

from sync.books import xmlstream
from sync.books.address import column_of
from sync.books.bounds import MERGES_MAX, TEXTS_MAX
from sync.books.shapes import Merge
from sync.books.sheetreader import Reader, RichReader
from sync.errors import SetAside

if TYPE_CHECKING:
    from sync.books.sheetreader import Attributes

AREA = re.compile(r"\$?([A-Za-z]+)\$?([0-9]+)(?::\$?([A-Za-z]+)\$?([0-9]+))?")
UTF16 = (
    b"\xff\xfe",
    b"\xfe\xff",
    b"<\0",
    b"\0<",
)  # the starts of parts in which no name stands as plain bytes


def texts(part: IO[bytes]) -> list[str]:
    """Read the texts that cells share."""
    reader = _TextsReader()
    for _ in xmlstream.walk(reader.parser, part):
        if reader.cost > TEXTS_MAX:
            raise SetAside(
                "The texts that the cells of the workbook share fill more memory than a stock file needs. "
                "Save the sheet that is meant as CSV UTF-8."
            )
    return reader.texts


def may_hold_merges(part: IO[bytes]) -> bool:
    """Look for merged cells without reading the XML: most sheets have none, and a sheet may be long."""
    tail = chunk = part.read(xmlstream.CHUNK)
    if chunk.startswith(UTF16):
        return True
    while chunk and b"mergeCell" not in tail:
        chunk = part.read(xmlstream.CHUNK)
        tail = tail[-9:] + chunk
    return bool(chunk)


def merges(part: IO[bytes]) -> list[Merge]:
    """List the merged cells of a sheet."""
    reader = _MergesReader()
    for _ in xmlstream.walk(reader.parser, part):
        if len(reader.merges) > MERGES_MAX:
            raise SetAside(f"The sheet has more than {MERGES_MAX} merged cells: this is no stock file.")
    return reader.merges


def calculated(part: IO[bytes]) -> bool:
    """Say whether any formula of a sheet has a stored value."""
    reader = _FormulaReader()
    return any(reader.found for _ in xmlstream.walk(reader.parser, part))


class _TextsReader(RichReader):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.cost = 0
        self.on("si", None, self._end_item)

    def _end_item(self) -> None:
        text = self.value or ""
        self.texts.append(text)
        self.cost += len(text) + 60  # what Python keeps beside the characters
        self.value = None


class _MergesReader(Reader):
    def __init__(self) -> None:
        super().__init__()
        self.merges: list[Merge] = []
        self.on("mergeCell", self._start_merge, None)

    def _start_merge(self, attributes: Attributes) -> None:
        found = AREA.fullmatch(attributes.get("ref", ""))
        if found:
            left, top, right, bottom = found.groups()
            self.merges.append(Merge(int(top), int(bottom or top), column_of(left), column_of(right or left)))


class _FormulaReader(Reader):
    def __init__(self) -> None:
        super().__init__()
        self.found = self.formula = False
        self.on("c", self._start_cell, None)
        self.on("f", self._start_formula, None)
        self.on("v", None, self._end_value)

    def _start_cell(self, _: Attributes) -> None:
        self.formula = False

    def _start_formula(self, _: Attributes) -> None:
        self.formula = True

    def _end_value(self) -> None:
        self.found = self.found or (self.formula and bool(self.text))

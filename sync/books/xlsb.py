"""A binary Excel workbook (.xlsb) -> its sheets, as a person sees them.

Its records do not say whether a formula has ever been calculated: such a cell shows what is stored in it.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from sync.books import xlsbsheet
from sync.books.biff12 import records, text, text_end, uint
from sync.books.parts import Parts
from sync.books.shapes import SheetContent, SheetInfo
from sync.books.shown import FROM_1900, FROM_1904
from sync.books.xlsbsheet import Cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from sync.books.parts import Relation
    from sync.books.shapes import Merge

MAIN = "xl/workbook.bin"
SETTINGS, SHEET = 153, 156  # kinds of records: [MS-XLSB] 2.3
NAMES = 8  # where in a sheet's record its texts begin


def sheets(stream: BinaryIO) -> Iterator[SheetContent]:
    """Read all sheets, one after the other."""
    parts = Parts(stream)
    main = next((found.part for found in parts.relations("") if found.kind == "officeDocument"), MAIN)
    related = parts.relations(main)
    cells = _cells(parts, main, related)
    named = {found.id: found.part for found in related if found.kind == "worksheet"}
    for info in _tabs(parts, main):
        if info.part in named:
            merges: list[Merge] = []
            with parts.open(named[info.part]) as part:
                yield SheetContent(info, xlsbsheet.rows(part, cells, merges), merges)


def _tabs(parts: Parts, main: str) -> list[SheetInfo]:
    """List all tabs, those of charts too, each with the id of the relation that names its part."""
    with parts.open(main) as part:
        bodies = [body for _, body in records(part, {SHEET})]
    return [
        SheetInfo(text(body, text_end(body, NAMES)), uint(body, 0) == 0, text(body, NAMES)) for body in bodies
    ]


def _cells(parts: Parts, main: str, related: Sequence[Relation]) -> Cells:
    with parts.open(main) as part:
        from_1904 = any(uint(body, 0) & 1 for _, body in records(part, {SETTINGS}))
    names = {"sharedStrings": "", "styles": ""}
    for kind in names:
        usual = posixpath.join(posixpath.dirname(main), f"{kind}.bin")
        names[kind] = next((found.part for found in related if found.kind == kind), usual)
    texts, styles = [], []
    if names["sharedStrings"] in parts:
        with parts.open(names["sharedStrings"]) as part:
            texts = xlsbsheet.texts(part)
    if names["styles"] in parts:
        with parts.open(names["styles"]) as part:
            styles = xlsbsheet.styles(part)
    return Cells(texts, styles, FROM_1904 if from_1904 else FROM_1900)

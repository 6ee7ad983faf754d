"""The rows of a table in a sheet -> blocks of columns, and what a person should know of it.

What no table is like, however many cells it spans, is set aside while it is walked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sync.books.address import address
from sync.books.bounds import ROWS_MAX, SHEET_MAX
from sync.errors import SetAside
from sync.loader import columns
from sync.loader.columns import Batch
from sync.rows import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.books.shapes import Book, Row, SheetInfo
    from sync.loader.merged import Merged
    from sync.rows import Block

SLICE = 250  # rows turned into columns at a time
SLICE_TEXT = 4_000_000  # characters, likewise
AREA_MAX = 10_000_000  # cells of a table that may be empty as far as they like
SPARSE = 200  # cells of a larger one for each that is filled
EXAMPLES = 3
LAST_ROWS = {"xls": {16_384, 65_536}, "xlsx": {ROWS_MAX}, "xlsb": {ROWS_MAX}, "ods": {ROWS_MAX}}
FULL = "the sheet ends in row {}, the last that its format has: what came behind it may be lost"


@dataclass(slots=True)
class Seen:
    """How often something was seen, and where first."""

    what: str
    count: int = 0
    places: tuple[str, ...] = ()

    def add(self, place: str) -> None:
        """Count one."""
        self.count += 1
        if self.count <= EXAMPLES:
            self.places += (place,)

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.count} ({', '.join(self.places)}{', ...' if self.count > EXAMPLES else ''})"
        )


@dataclass(slots=True)
class Extent:
    """How much of a sheet was walked; what no table is like is set aside."""

    sheet: str
    cells: int = 0
    filled: int = 0
    size: int = 0

    def add(self, row: Row, width: int) -> None:
        """Count a row of so many cells."""
        self.cells += width
        self.filled += len(row.cells)
        self.size += sum([len(cell.text) for cell in row.cells])
        if self.size > SHEET_MAX:
            raise SetAside(
                f"The sheet {self.sheet!r} shows more than {SHEET_MAX} characters: this is no stock file."
            )
        if self.cells > max(AREA_MAX, self.filled * SPARSE):
            raise SetAside(
                f"Of the first {self.cells} cells of the sheet {self.sheet!r}, {self.filled} hold anything: this is no table. "
                "Copy what is meant to a sheet of its own."
            )


class Table(NamedTuple):
    """Where the table stands in its sheet."""

    book: Book
    sheet: SheetInfo
    merged: Merged
    header: tuple[str, ...]
    after: int  # the last header row, 0 = there is none
    fill: bool  # what is merged with a cell above shows its text


class Walk:
    """Walks the rows of a table to the end of the sheet; notes what is left out, and what a person does not see."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._extent = Extent(table.sheet.name)
        self._beside = Seen("filled cells right of the table were left out")
        self._hidden = Seen("hidden rows were read like the others")
        self._last = 0

    def rows(self) -> Iterator[Row]:
        """Give the rows behind the header."""
        table = self.table
        width = len(table.header)
        source = table.book.rows(table.sheet)
        for row in table.merged.rows(source, after=table.after, width=width, fill=table.fill):
            self._extent.add(row, width)
            self._last = row.number
            if row.number > table.after:
                self._note(row, width)
                yield row

    def _note(self, row: Row, width: int) -> None:
        if row.hidden:
            self._hidden.add(str(row.number))
        if row.cells[-1].column >= width:
            for cell in row.cells:
                if cell.column >= width:
                    self._beside.add(address(row.number, cell.column))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know of the table."""
        said = [str(seen) for seen in (self._beside, self._hidden) if seen.count]
        return (
            (*said, FULL.format(self._last))
            if self._last in LAST_ROWS.get(self.table.book.format, ())
            else tuple(said)
        )


def blocks(walk: Walk, *, block_rows: int) -> Iterator[Block]:
    """Walk a table in blocks of at most `block_rows` rows."""
    slices = _slices(walk.rows(), min(SLICE, block_rows))
    return columns.blocks((_batch(walk.table, part) for part in slices), block_rows=block_rows)


def _slices(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    """Cut rows into slices of at most so many, and of not too many characters."""
    part: list[Row] = []
    size = 0
    for row in rows:
        part.append(row)
        size += sum([len(cell.text) for cell in row.cells])
        if len(part) == most or size > SLICE_TEXT:
            yield part
            part, size = [], 0
    if part:
        yield part


def _batch(table: Table, part: Iterable[Row]) -> Batch:
    lines = [(row.number, *_line(table, row)) for row in part]
    filled = [(number, texts) for number, texts, faults in lines if any(texts) or faults]
    return Batch(
        [number for number, _ in filled],
        [texts for _, texts in filled],
        [fault for _, _, faults in lines for fault in faults],
    )


def _line(table: Table, row: Row) -> tuple[list[str], list[Fault]]:
    """Give the texts of a row, as wide as the table, and what is wrong with single cells."""
    width = len(table.header)
    texts = [""] * width
    faults = []
    for column, text, fault in row.cells:
        if column < width:
            texts[column] = text
            if fault:
                faults.append(
                    Fault(row.number, column, fault, _place(table, row.number, column, text, fault))
                )
    return texts, faults


def _place(table: Table, row: int, column: int, text: str, fault: str) -> str:
    place = address(row, column)
    if fault == "cell.merged":
        return f"{place}: merged with {table.merged.hider(row, column)}"
    return f"{place}: {text}" if text else place

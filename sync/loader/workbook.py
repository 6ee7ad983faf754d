"""A workbook (.xlsx, .xlsm) -> a table of text: header, columns, and what is not true about single cells.

Rows are streamed; only the texts that a workbook shares between its cells are held as a whole. The sheet is walked once
before its first row is believed: damage that shows only at its end must not leave half a table behind.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING, NamedTuple

from openpyxl.utils import get_column_letter

from sync.books import sheetxml
from sync.books.package import opened_package
from sync.errors import SetAside
from sync.loader import columns, sheets
from sync.loader.columns import Batch, Row
from sync.rows import Fault, ReadAs, Sheet, SourceTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sync.books.package import Package, SheetPart
    from sync.books.sheetxml import RawRow
    from sync.rows import Block, ReadHints

SLICE = 250  # rows turned into columns at a time
EXAMPLES = 3


def peek(path: Path, hints: ReadHints) -> tuple[Sheet, ...]:
    """Read the head of every sheet, hidden ones too; where `hints.sheet` names some, of those."""
    with opened_package(path) as package:
        wanted = package.sheets if hints.sheet is None else sheets.named(package.sheets, hints.sheet)
        return tuple(
            Sheet(sheet.name, visible=sheet.visible, rows=_head(package, sheet), read_as=_read_as(sheet))
            for sheet in wanted
        )


def grid(path: Path, hints: ReadHints) -> Iterator[Row]:
    """Walk every row of one sheet as it stands."""
    with opened_package(path) as package:
        yield from _rows(package, _chosen(package, hints))


def read(path: Path, hints: ReadHints, *, block_rows: int) -> SourceTable:
    """Open one sheet as a table."""
    with ExitStack() as stack:
        package = stack.enter_context(opened_package(path))
        sheet = _chosen(package, hints)
        table = _table(package, sheet, hints)
        return SourceTable(
            header=table.header,
            read_as=_read_as(sheet, header_row=table.after or None),
            blocks=_blocks(stack.pop_all(), package, table, block_rows=block_rows),
            warnings=_walked(package, table),
        )


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


class Table(NamedTuple):
    """Where the table stands in its sheet."""

    part: str
    header: tuple[str, ...]
    after: int  # the last header row, 0 = there is none


def _read_as(sheet: SheetPart, *, header_row: int | None = None) -> ReadAs:
    return ReadAs("xlsx", sheet=sheet.name, header_row=header_row)


def _chosen(package: Package, hints: ReadHints) -> SheetPart:
    if hints.sheet is not None:
        return sheets.only_named(package.sheets, hints.sheet)
    return sheets.only_visible(package.sheets, lambda sheet: bool(_head(package, sheet)))


def _raw(package: Package, part: str) -> Iterator[RawRow]:
    with package.part(part) as xml:
        yield from sheetxml.rows(xml)


def _rows(package: Package, sheet: SheetPart) -> Iterator[Row]:
    for row in _raw(package, sheet.part):
        width = max((cell.column + 1 for cell in row.cells), default=0)
        yield row.number, tuple(_line(package, row, width)[0])


def _head(package: Package, sheet: SheetPart) -> tuple[Row, ...]:
    filled = (row for row in _rows(package, sheet) if not columns.blank(row[1]))
    return tuple(islice(filled, columns.HEAD_ROWS))


def _table(package: Package, sheet: SheetPart, hints: ReadHints) -> Table:
    head = _head(package, sheet)
    if not head:
        raise SetAside(f"The sheet {sheet.name!r} is empty. Export it again.")
    wanted = columns.header_rows(hints, head)
    if not wanted:
        return Table(sheet.part, columns.numbered(max(len(cells) for _, cells in head)), 0)
    last = wanted[-1]
    names = columns.joined(list(takewhile(lambda row: row[0] <= last, _rows(package, sheet))), wanted)
    width = max(column for column, name in enumerate(names, start=1) if name)
    return Table(sheet.part, names[:width], last)


def _walked(package: Package, table: Table) -> tuple[str, ...]:
    """Walk the sheet to its end; say what is left out of the table, and what a person at the sheet does not see."""
    beside = Seen("filled cells right of the table were left out")
    hidden = Seen("hidden rows were read like the others")
    for row in _raw(package, table.part):
        if row.number <= table.after:
            continue
        if row.hidden and row.cells:
            hidden.add(str(row.number))
        for cell in row.cells:
            if cell.column >= len(table.header) and cell.text:
                beside.add(_address(row.number, cell.column))
    return tuple(str(seen) for seen in (beside, hidden) if seen.count)


def _blocks(stack: ExitStack, package: Package, table: Table, *, block_rows: int) -> Iterator[Block]:
    with stack:
        rows = (row for row in _raw(package, table.part) if row.number > table.after)
        slices = iter(lambda: list(islice(rows, min(SLICE, block_rows))), [])
        batches = (_batch(package, part, len(table.header)) for part in slices)
        yield from columns.blocks(batches, block_rows=block_rows)


def _batch(package: Package, part: Iterable[RawRow], width: int) -> Batch:
    lines = [(row.number, *_line(package, row, width)) for row in part]
    filled = [(number, texts) for number, texts, faults in lines if any(texts) or faults]
    return Batch(
        [number for number, _ in filled],
        [texts for _, texts in filled],
        [fault for _, _, faults in lines for fault in faults],
    )


def _line(package: Package, row: RawRow, width: int) -> tuple[list[str], list[Fault]]:
    """Give the texts of a row, as wide as the table, and what is wrong with single cells."""
    texts = [""] * width
    faults = []
    for cell in row.cells:
        if cell.column < width:
            texts[cell.column], code = package.cells.read(cell)
            if code:
                place = _address(row.number, cell.column)
                shown = f"{place}: {texts[cell.column]}" if texts[cell.column] else place
                faults.append(Fault(row.number, cell.column, code, shown))
    return texts, faults


def _address(row: int, column: int) -> str:
    return f"{get_column_letter(column + 1)}{row}"

"""A workbook of any kind -> a table of text: header, columns, and what is not true about single cells.

Rows are streamed, into a temporary file: damage that shows only at the end of a sheet must not leave half a table behind.
"""

from __future__ import annotations

from contextlib import ExitStack
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from sync.books.address import address
from sync.books.bounds import HEADS_MAX
from sync.books.opening import opened_book
from sync.errors import SetAside
from sync.loader import columns, sheets
from sync.loader.formats import container
from sync.loader.kept import keeping
from sync.loader.merged import Merged
from sync.loader.sheetwalk import Extent, Table, Walk, blocks
from sync.rows import ReadAs, Sheet, SourceTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sync.books import shapes
    from sync.books.shapes import Book, SheetInfo
    from sync.loader.columns import Row
    from sync.loader.kept import Kept
    from sync.rows import Block, ReadHints

UNCALCULATED = (
    "No formula of the sheet {!r} has a stored value, {} first: no spreadsheet program has calculated it. "
    "Open it in Excel or LibreOffice, save it, and try again."
)


def peek(path: Path, hints: ReadHints) -> tuple[Sheet, ...]:
    """Read the head of every sheet, hidden ones too; where `hints.sheet` names some, of those."""
    with _opened(path, hints) as book:
        wanted = book.sheets if hints.sheet is None else sheets.named(book.sheets, hints.sheet)
        found = []
        size = 0
        for sheet in wanted:
            found.append(_peeked(book, sheet, hints))
            size += sum(len(text) for _, cells in found[-1].rows for text in cells)
            if size > HEADS_MAX:
                raise SetAside(
                    f"The first rows of the workbook hold {size} characters: this is no stock file."
                )
        return tuple(found)


def grid(path: Path, hints: ReadHints) -> Iterator[Row]:
    """Walk every row of one sheet as it stands; one whose formulas were never calculated shows nothing true."""
    with _opened(path, hints) as book:
        sheet = _chosen(book, hints)
        unsolved = ""
        extent = Extent(sheet.name)
        for row in book.rows(sheet):
            texts = _texts(row)
            extent.add(row, len(texts))
            unsolved = unsolved or _unsolved(row)
            yield row.number, texts
        if unsolved and not book.calculated(sheet):
            raise SetAside(UNCALCULATED.format(sheet.name, unsolved))


def _unsolved(row: shapes.Row) -> str:
    found = (address(row.number, cell.column) for cell in row.cells if cell.fault == "cell.formula")
    return next(found, "")


def read(path: Path, hints: ReadHints, *, block_rows: int) -> SourceTable:
    """Open one sheet as a table."""
    with ExitStack() as stack:
        kept = stack.enter_context(keeping())
        with _opened(path, hints) as book:
            sheet = _chosen(book, hints)
            table = _table(book, sheet, hints)
            walk = Walk(table)
            kept.put(blocks(walk, block_rows=block_rows))
        return SourceTable(
            header=table.header,
            read_as=ReadAs(book.format, sheet=sheet.name, header_row=table.after or None),
            blocks=_given(stack.pop_all(), kept),
            warnings=walk.warnings,
        )


def _given(stack: ExitStack, kept: Kept) -> Iterator[Block]:
    with stack:
        yield from kept.blocks()


def _opened(path: Path, hints: ReadHints) -> AbstractContextManager[Book]:
    return opened_book(path, container(path), encoding=hints.encoding)


def _chosen(book: Book, hints: ReadHints) -> SheetInfo:
    if hints.sheet is not None:
        return sheets.only_named(book.sheets, hints.sheet)
    return sheets.only_visible(book.sheets, lambda sheet: bool(_head(book.rows(sheet))))


def _peeked(book: Book, sheet: SheetInfo, hints: ReadHints) -> Sheet:
    merged = Merged(book.merges(sheet))
    return Sheet(
        sheet.name,
        visible=sheet.visible,
        rows=_head(merged.header(book.rows(sheet), hints.header_rows or ())),
        read_as=ReadAs(book.format, sheet=sheet.name),
        merged=merged.columns,
    )


def _head(source: Iterable[shapes.Row]) -> tuple[Row, ...]:
    rows = ((row.number, _texts(row)) for row in source)
    return tuple(islice((row for row in rows if not columns.blank(row[1])), columns.HEAD_ROWS))


def _texts(row: shapes.Row) -> tuple[str, ...]:
    texts = [""] * (row.cells[-1].column + 1 if row.cells else 0)
    for cell in row.cells:
        texts[cell.column] = cell.text
    return tuple(texts)


def _table(book: Book, sheet: SheetInfo, hints: ReadHints) -> Table:
    head = _head(book.rows(sheet))
    if not head:
        raise SetAside(f"The sheet {sheet.name!r} is empty. Export it again.")
    merged = Merged(book.merges(sheet))
    wanted = columns.header_rows(hints, head)
    if wanted:
        names = columns.joined(_header(book, sheet, merged, wanted), wanted)
        names = names[: max(column for column, name in enumerate(names, start=1) if name)]
    else:
        names = columns.numbered(max(len(cells) for _, cells in head))
    return Table(book, sheet, merged, names, columns.last_header_row(wanted), hints.merged == "fill")


def _header(book: Book, sheet: SheetInfo, merged: Merged, wanted: tuple[int, ...]) -> list[Row]:
    above = takewhile(lambda row: row.number <= wanted[-1], book.rows(sheet))
    rows = merged.header(above, wanted)
    return [(row.number, _texts(row)) for row in rows if row.number in wanted]

"""A text file -> the table in it: header, blocks of columns, and which rows do not fit the header.

The rows come from `records`; here they are held against the header's width, and a quotation mark that was left open and has
swallowed rows is found.
"""

from __future__ import annotations

import io
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from sync.errors import SetAside
from sync.loader import columns, detect, plain, records
from sync.loader.columns import Batch, Row
from sync.loader.splitting import LINE_END, line_ends
from sync.plainfile import opened
from sync.rows import Fault, ReadAs, Sheet, SourceTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sync.loader.detect import Text
    from sync.loader.quoting import Dialect
    from sync.loader.records import Slice
    from sync.rows import Block, ReadHints

SLICE = 250  # lines taken at a time
SHOWN = 80  # characters of a row that are shown


def peek(path: Path, hints: ReadHints) -> tuple[Sheet, ...]:
    """Read the head of a text file: one sheet without a name."""
    text = detect.inspect(path, hints)
    return (Sheet(None, visible=True, rows=_head(path, text), read_as=_read_as(text)),)


def grid(path: Path, hints: ReadHints) -> Iterator[Row]:
    """Walk every record as it stands, blank lines too."""
    for part in _slices(path, detect.inspect(path, hints)):
        yield from zip(part.numbers, map(tuple, part.rows), strict=True)


def read(path: Path, hints: ReadHints, *, block_rows: int, fast: bool = True) -> SourceTable:
    """Open a text file as a table; a trouble in a later row sets the file aside while `blocks` is walked.

    A plain file is read fast; the table is the same (`fast=False` proves it).
    """
    text = detect.inspect(path, hints)
    head = _head(path, text)
    wanted = columns.header_rows(hints, head)
    last = columns.last_header_row(wanted)
    header = (
        columns.joined(_until(path, text, last), wanted) if wanted else columns.numbered(_usual_width(head))
    )
    width, above = len(header), max(last, int(text.told))
    start = plain.start_of_rows(path, text, after=above, width=width) if fast else None
    return SourceTable(
        header=header,
        read_as=_read_as(text, header_row=last or None),
        blocks=_blocks(path, text, header, after=last, block_rows=block_rows)
        if start is None
        else plain.blocks(path, text, start, first=above + 1, width=width, block_rows=block_rows),
        warnings=text.warnings,
        ended=detect.NOT_ENDED not in text.warnings,
    )


def _read_as(text: Text, *, header_row: int | None = None) -> ReadAs:
    dialect = text.dialect
    return ReadAs(
        "csv",
        encoding=text.encoding,
        delimiter=dialect.delimiter,
        header_row=header_row,
        quote=None if dialect.quote == '"' else dialect.quote,
        escape=dialect.escape if len(dialect.escape) == 1 else None,
        evidence=dict(text.evidence),
    )


def _head(path: Path, text: Text) -> tuple[Row, ...]:
    rows = (
        row for part in _slices(path, text) for row in zip(part.numbers, map(tuple, part.rows), strict=True)
    )
    return tuple(islice((row for row in rows if not columns.blank(row[1])), columns.HEAD_ROWS))


def _until(path: Path, text: Text, last: int) -> list[Row]:
    rows: list[Row] = []
    for part in _slices(path, text):
        rows += [(n, tuple(row)) for n, row in zip(part.numbers, part.rows, strict=True) if n <= last]
        if part.numbers[-1] >= last:
            break
    return rows


def _usual_width(head: Sequence[Row]) -> int:
    counts = Counter(len(cells) for _, cells in head)
    if not counts:
        raise SetAside("The file has no rows. Export it again.")
    return max(counts, key=lambda cells: (counts[cells], cells))


def _slices(path: Path, text: Text, *, size: int = SLICE) -> Iterator[Slice]:
    with (
        opened(path) as raw,
        io.TextIOWrapper(raw, encoding=text.encoding, errors=text.errors, newline="") as lines,
    ):
        ahead = len(list(islice(lines, 1))) if text.told else 0
        parts = records.walk(lines, text.dialect, first=1 + ahead, size=size)
        try:
            yield from map(records.shown, parts) if text.errors == detect.KEPT else parts
        except UnicodeDecodeError as error:
            raise SetAside(
                "The file changed while it was read. Drop it again when it is complete."
            ) from error


def _blocks(
    path: Path, text: Text, header: tuple[str, ...], *, after: int, block_rows: int
) -> Iterator[Block]:
    parts = _slices(path, text, size=min(SLICE, block_rows))
    batches = (_batch(_beyond(part, after), header, text.dialect) for part in parts)
    return columns.blocks(batches, block_rows=block_rows)


def _beyond(part: Slice, after: int) -> Slice:
    """Leave out preamble and header."""
    if part.numbers[0] > after:
        return part
    first = sum(number <= after for number in part.numbers)
    return part._replace(numbers=part.numbers[first:], rows=part.rows[first:])


def _batch(part: Slice, header: tuple[str, ...], dialect: Dialect) -> Batch:
    width = len(header)
    if part.folded and dialect.delimiter is not None:
        _refuse_swallowed_rows(part, width, dialect.delimiter)
    if not part.flaws and not part.undecided and set(map(len, part.rows)) == {width}:
        return Batch(part.numbers, part.rows, ())
    faults: list[Fault] = []
    rows = [
        (n, _fitted(n, row, header, faults=faults if n not in part.flaws else [], usual=dialect.width))
        for n, row in zip(part.numbers, part.rows, strict=True)
        if _is_row(row, width)
    ]
    numbers = [n for n, _ in rows]
    there = set(numbers)
    faults += [Fault(n, None, part.flaws[n], _start(row)) for n, row in rows if n in part.flaws]
    faults += [
        Fault(n, column, "cell.encoding", shown)
        for (n, column), shown in part.undecided.items()
        if column < width and n in there
    ]
    return Batch(numbers, [row for _, row in rows], faults)


def _start(row: Sequence[str]) -> str:
    """Show what a row begins with."""
    text = " | ".join(row)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _is_row(row: list[str], width: int) -> bool:
    """Tell a row of empty cells from a line on which nothing stands."""
    return len(row) > 1 or (bool(row) and (width == 1 or not columns.blank(row)))


def _fitted(
    number: int, row: list[str], header: tuple[str, ...], *, faults: list[Fault], usual: int
) -> list[str]:
    """Pad or cut a row to the header's width; where that hides anything, say so, with what is cut off.

    Empty cells beyond the header hide nothing where rows usually have them; else one of the others may have moved.
    """
    width = len(header)
    count = f"{len(row)} cells instead of {width}"
    if any(header[len(row) :]):
        faults.append(Fault(number, None, "row.short", count))
    beyond = [cell for cell in row[width:] if cell.strip()]
    if beyond or len(row) > max(width, usual):
        faults.append(
            Fault(number, None, "row.long", f"{count}, beyond it: {_start(beyond)}" if beyond else count)
        )
    return row[:width] + [""] * (width - len(row))


def _refuse_swallowed_rows(part: Slice, width: int, delimiter: str) -> None:
    """A cell with line breaks is honest; one whose lines are records of this table is an open quotation mark."""
    for number, row in zip(part.numbers, part.rows, strict=True):
        if any(_holds_records(row[column], column, width, delimiter) for column in range(len(row))):
            raise SetAside(
                f"An open quotation mark in line {number} runs to line {number + line_ends(row)} and swallows rows. "
                "Close it, or double it inside a cell."
            )


def _holds_records(cell: str, column: int, width: int, delimiter: str) -> bool:
    first, *inner = (line.count(delimiter) for line in LINE_END.split(cell))
    if not inner or width == 1:
        return False
    last = inner.pop()
    # The cell's first line ends one record and its last begins another, or whole records lie between.
    return width - 1 in inner or (column + first == width - 1 and last == column)

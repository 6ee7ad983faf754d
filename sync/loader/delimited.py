"""CSV-like text -> rows with the line numbers that a person counts, and the table in them.

The standard tokenizer does the splitting, strictly; this room knows in which line each record starts, which rows do
not fit the header, and when a quotation mark that was left open has swallowed rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from sync.errors import SetAside
from sync.loader import columns, detect
from sync.loader.columns import Batch, Row
from sync.plainfile import opened
from sync.rows import Fault, ReadAs, Sheet, SourceTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sync.loader.detect import Text
    from sync.rows import Block, ReadHints

CELL_MAX = 1 << 20
csv.field_size_limit(CELL_MAX)  # the standard 131,072 is less than a long description
SLICE = 250  # rows taken from the tokenizer at a time
ONE_COLUMN = "\0"  # a delimiter that checked text cannot hold
LINE_END = re.compile(r"\r\n|\r|\n")
TROUBLES = (
    (
        "unexpected end of data",
        "a quotation mark is opened there and never closed. Close it, or double it inside a cell.",
    ),
    (
        "expected after",
        "text follows a closing quotation mark. Double a quotation mark that stands inside a cell.",
    ),
    (
        "field larger than",
        "a cell is larger than 1 MB: a quotation mark is opened there and not closed. Close it.",
    ),
)


class Slice(NamedTuple):
    """Some consecutive records as the tokenizer gave them, blank lines ([]) among them."""

    numbers: Sequence[int]  # the line where each starts
    rows: list[list[str]]
    folded: bool  # some record runs over several lines


def peek(path: Path, hints: ReadHints) -> tuple[Sheet, ...]:
    """Read the head of a text file: one sheet without a name."""
    text = detect.inspect(path, hints)
    return (Sheet(None, visible=True, rows=_head(path, text), read_as=_read_as(text)),)


def grid(path: Path, hints: ReadHints) -> Iterator[Row]:
    """Walk every record as it stands, blank lines too."""
    for part in _slices(path, detect.inspect(path, hints)):
        yield from zip(part.numbers, map(tuple, part.rows), strict=True)


def read(path: Path, hints: ReadHints, *, block_rows: int) -> SourceTable:
    """Open a text file as a table; a csv trouble in a later row sets the file aside while `blocks` is walked."""
    text = detect.inspect(path, hints)
    head = _head(path, text)
    wanted = columns.header_rows(hints, head)
    last = columns.last_header_row(wanted)
    header = (
        columns.joined(_until(path, text, last), wanted) if wanted else columns.numbered(_usual_width(head))
    )
    return SourceTable(
        header=header,
        read_as=_read_as(text, header_row=last or None),
        blocks=_blocks(path, text, header, after=last, block_rows=block_rows),
        warnings=text.warnings,
    )


def _read_as(text: Text, *, header_row: int | None = None) -> ReadAs:
    return ReadAs("csv", encoding=text.encoding, delimiter=text.delimiter, header_row=header_row)


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
    with opened(path) as raw, io.TextIOWrapper(raw, encoding=text.encoding, newline="") as lines:
        ahead = len(list(islice(lines, 1))) if text.told else 0
        reader = csv.reader(lines, delimiter=text.delimiter or ONE_COLUMN, strict=True)
        start = 1 + ahead
        while True:
            rows: list[list[str]] = []
            try:
                rows.extend(islice(reader, size))
            except (csv.Error, UnicodeDecodeError) as error:
                # `rows` keeps what came before the error.
                raise _trouble(error, start + _lines(rows)) from error
            if not rows:
                return
            end = 1 + ahead + reader.line_num
            folded = end - start != len(rows)
            yield Slice(_starts(rows, start) if folded else range(start, end), rows, folded)
            start = end


def _trouble(error: csv.Error | UnicodeDecodeError, line: int) -> SetAside:
    if isinstance(error, UnicodeDecodeError):
        return SetAside("The file changed while it was read. Drop it again when it is complete.")
    words = next((words for mark, words in TROUBLES if mark in str(error)), f"{error}. Correct the line.")
    return SetAside(f"Line {line}: {words}")


def _lines(rows: list[list[str]]) -> int:
    """Count the physical lines of these records."""
    return len(rows) + sum(map(_line_ends, rows))


def _line_ends(row: list[str]) -> int:
    return sum(len(LINE_END.findall(cell)) for cell in row if "\n" in cell or "\r" in cell)


def _starts(rows: list[list[str]], start: int) -> list[int]:
    starts = []
    for row in rows:
        starts.append(start)
        start += 1 + _line_ends(row)
    return starts


def _blocks(
    path: Path, text: Text, header: tuple[str, ...], *, after: int, block_rows: int
) -> Iterator[Block]:
    parts = _slices(path, text, size=min(SLICE, block_rows))
    batches = (_batch(_beyond(part, after), header, text.delimiter) for part in parts)
    return columns.blocks(batches, block_rows=block_rows)


def _beyond(part: Slice, after: int) -> Slice:
    """Leave out preamble and header."""
    if part.numbers[0] > after:
        return part
    first = sum(number <= after for number in part.numbers)
    return Slice(part.numbers[first:], part.rows[first:], part.folded)


def _batch(part: Slice, header: tuple[str, ...], delimiter: str | None) -> Batch:
    width = len(header)
    if part.folded and delimiter is not None:
        _refuse_swallowed_rows(part, width, delimiter)
    if set(map(len, part.rows)) == {width}:
        return Batch(part.numbers, part.rows, ())
    faults: list[Fault] = []
    rows = [
        (n, _fitted(n, row, header, faults))
        for n, row in zip(part.numbers, part.rows, strict=True)
        if _is_row(row, width)
    ]
    return Batch([n for n, _ in rows], [row for _, row in rows], faults)


def _is_row(row: list[str], width: int) -> bool:
    """Tell a row of empty cells from a line on which nothing stands."""
    return len(row) > 1 or (bool(row) and (width == 1 or not columns.blank(row)))


def _fitted(number: int, row: list[str], header: tuple[str, ...], faults: list[Fault]) -> list[str]:
    """Pad or cut a row to the header's width; where that hides anything, say so."""
    width = len(header)
    if any(header[len(row) :]):
        faults.append(Fault(number, None, "row.short", f"{len(row)} cells instead of {width}"))
    if not columns.blank(row[width:]):
        faults.append(Fault(number, None, "row.long", f"{len(row)} cells instead of {width}"))
    return row[:width] + [""] * (width - len(row))


def _refuse_swallowed_rows(part: Slice, width: int, delimiter: str) -> None:
    """A cell with line breaks is honest; one whose lines are records of this table is an open quotation mark."""
    for number, row in zip(part.numbers, part.rows, strict=True):
        if any(_holds_records(row[column], column, width, delimiter) for column in range(len(row))):
            raise SetAside(
                f"An open quotation mark in line {number} runs to line {number + _line_ends(row)} and swallows rows. "
                "Close it, or double it inside a cell."
            )


def _holds_records(cell: str, column: int, width: int, delimiter: str) -> bool:
    first, *inner = (line.count(delimiter) for line in LINE_END.split(cell))
    if not inner or width == 1:
        return False
    last = inner.pop()
    # The cell's first line ends one record and its last begins another, or whole records lie between.
    return width - 1 in inner or (column + first == width - 1 and last == column)

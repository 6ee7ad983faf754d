"""Lines -> records under the line numbers that a person counts; a record whose quotes do not pair up is kept and marked.

Nothing vanishes: a broken line comes as cells as well as they can be told, with a flaw; what cannot be told apart from its
neighbours sets the file aside.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sync.errors import SetAside
from sync.loader import oddlines, quoting
from sync.loader.dialect import is_rule
from sync.loader.splitting import CELL_MAX, line_ends, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sync.loader.quoting import Dialect

FLAWED = 5  # one row in so many may be broken; more, and the dialect is not understood
TROUBLES = (
    (
        quoting.OPEN,
        "a quotation mark is opened there and never closed. Close it, or double it inside a cell.",
    ),
    (
        "field larger than",
        "a cell is larger than 1 MB: a quotation mark is opened there and not closed. Close it.",
    ),
    (
        "",
        "text follows a closing quotation mark. Double a quotation mark that stands inside a cell, or declare read.quote.",
    ),
)

NO_CELLS: Mapping[tuple[int, int], str] = MappingProxyType({})
NO_ROWS: Mapping[int, str] = MappingProxyType({})


class Slice(NamedTuple):
    """Some consecutive records as they were split, blank lines ([]) among them."""

    numbers: Sequence[int]  # the line where each starts
    rows: list[list[str]]
    folded: bool  # some record runs over several lines
    flaws: Mapping[int, str] = NO_ROWS  # the lines of records that were not split like the others, and why
    undecided: Mapping[tuple[int, int], str] = (
        NO_CELLS  # cells with bytes of no encoding: line, column -> as shown
    )


def walk(lines: Iterator[str], dialect: Dialect, *, first: int, size: int) -> Iterator[Slice]:
    """Split lines, of which the first is line `first`, into slices of about `size` records.

    Raises:
        SetAside: a quote is never closed, or too many lines are broken for the dialect to be understood.
    """
    kept: list[str] = []  # the lines of a record that is still open
    seen, flawed, worst = 0, 0, 0
    while True:
        wanted = max(size, len(kept))  # a record that stays open is not split again for every few lines
        fresh = list(islice(lines, wanted))
        lot = kept + fresh
        if not lot:
            return
        part, flaws, kept = _slice(lot, dialect, first, ended=len(fresh) < wanted)
        seen += sum(map(bool, part.rows))
        flawed += len(flaws)
        worst = worst or min(flaws, default=0)
        if flawed * FLAWED > seen:
            raise trouble("", worst)
        if part.rows:
            yield part
        first += len(lot) - len(kept)
        if not fresh:
            return


def _slice(
    lot: list[str], dialect: Dialect, first: int, *, ended: bool
) -> tuple[Slice, list[int], list[str]]:
    rows: list[list[str]] = []
    flaws: list[int] = []
    at = 0
    while True:
        part = split(lot[at:] if at else lot, dialect)
        rows += part.rows
        start, end = at + part.start, at + part.end
        if not part.trouble:
            return _whole(rows, flaws, lot, first, dialect), flaws, []
        if quoting.OPEN in part.trouble and not ended and sum(map(len, lot[start:])) < CELL_MAX:
            return _whole(rows, flaws, lot[:start], first, dialect), flaws, lot[start:]
        cut = quoting.OPEN in part.trouble and _is_cut(lot[start:])
        at = start + (1 if cut else _recovered(lot[start:end], dialect, part.trouble, first + start))
        flaws.append(first + start)
        rows.append(oddlines.mended(lot[start], dialect))


def _is_cut(record: list[str]) -> bool:
    """Tell a quotation mark that is open because the file ends there: in its last line, which has no end."""
    return len(record) == 1 and not record[0].endswith(("\n", "\r"))


def _recovered(record: list[str], dialect: Dialect, words: str, line: int) -> int:
    """Say how many lines of a broken record are lost to it: one, where all others are certainly rows of their own."""
    certain = "field larger" not in words and quoting.OPEN not in words
    if certain and (len(record) == 1 or _rows_of_their_own(record, dialect)):
        return 1
    raise trouble(words, line)


def _rows_of_their_own(record: list[str], dialect: Dialect) -> bool:
    """Two lines that each fill the table's width are two rows: as one record they would be nearly twice as wide."""
    if dialect.width <= 2 or len(oddlines.mended(record[0], dialect)) != dialect.width:  # noqa: PLR2004 - too little to tell by
        return False
    parts = [split([line], dialect) for line in record[1:]]
    return all(not part.trouble and len(part.rows[0]) == dialect.width for part in parts)


def _whole(
    rows: list[list[str]], broken: list[int], lot: Sequence[str], first: int, dialect: Dialect
) -> Slice:
    folded = len(lot) != len(rows)
    numbers = _starts(rows, first) if folded else range(first, first + len(lot))
    flaws = dict.fromkeys(broken, oddlines.QUOTES)
    for at, cells, flaw in oddlines.odd(lot, rows, dialect):
        where = _record_of(numbers, rows, first + at)
        if where is not None and first + at not in flaws:
            rows[where] = cells
            flaws[first + at] = flaw
    if dialect.boxed:
        rows = [_unboxed(row) for row in rows]
    return Slice(numbers, rows, folded, flaws)


def _record_of(numbers: Sequence[int], rows: Sequence[Sequence[str]], line: int) -> int | None:
    """Find the record that is this line and nothing more."""
    at = bisect_left(numbers, line)
    whole = (
        at < len(numbers)
        and numbers[at] == line
        and not any("\n" in cell or "\r" in cell for cell in rows[at])
    )
    return at if whole else None


def _unboxed(row: list[str]) -> list[str]:
    """Take off the frame of a drawn table; a rule is a line on which nothing stands."""
    if is_rule("|".join(row)):
        return []
    return row[1:-1] if len(row) > 2 and not row[0].strip() and not row[-1].strip() else row  # noqa: PLR2004 - frame left and right


def shown(part: Slice) -> Slice:
    r"""Show the bytes that no encoding was found for as \xE9, and say in which cells they stand."""
    found: dict[tuple[int, int], str] = {}
    for number, row in zip(part.numbers, part.rows, strict=True):
        for column, cell in enumerate(row):
            if not cell.isascii():
                row[column] = cell.encode("ascii", "surrogateescape").decode("ascii", "backslashreplace")
                found[number, column] = row[column][:80]
    return part._replace(undecided=found)


def trouble(words: str, line: int) -> SetAside:
    """Say in plain words why the splitting stopped at this line."""
    said = next(said for mark, said in TROUBLES if mark in words)
    return SetAside(f"Line {line}: {said}")


def _starts(rows: list[list[str]], start: int) -> list[int]:
    starts = []
    for row in rows:
        starts.append(start)
        start += 1 + line_ends(row)
    return starts

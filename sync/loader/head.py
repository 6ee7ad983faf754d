"""The head of a sheet -> the row, or rows, that look like its header, and why.

Nothing that is sent rests on this: a mapping knows its headers by name. A row of numbers above numbers is data; where data
comes before anything that could be a header, there is none.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sync import lexicon
from sync.headings import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.rows import Sheet

    Rows = Sequence[tuple[int, tuple[str, ...]]]

BELOW = 20  # rows that a candidate is compared with
WIDE = 0.75  # of the cells that the rows below fill
ALONE = 0.7  # of the rows hold one cell where one cell may be the header
DISTINCT = 0.5
LEVELS = 4  # rows that a header has at most
GROUPS = 2  # names that stand in the first of several rows at least
GAP = 2  # a header may hold one blank row
WORDS = 2  # so many known header words make a header
FIRST_WORDS = 5  # rows among which a better one is looked for
NUMBER = re.compile(r"[-+(]?\s*[€$£]?\s*[0-9][0-9.,:/\s'\u00a0-]*\)?\s*%?")  # dates and times too


class Header(NamedTuple):
    """The rows of a header, from the first to the last, blank ones between them too; and why it is taken for one."""

    rows: tuple[int, ...]
    why: str


def find(sheet: Sheet) -> Header | None:
    """Find the rows that look like the header; None where none does."""
    rows = sheet.rows
    for at, (_, cells) in enumerate(rows):
        below = [row for _, row in rows[at + 1 : at + 1 + BELOW]]
        if not (_is_wide(cells, below) or _begins_levels(rows, at)) or _better_below(rows, at):
            continue
        first, last = _levels(rows, at)
        names = joined([row for _, row in rows[first : last + 1]])
        below = [row for _, row in rows[last + 1 : last + 1 + BELOW]]
        if not _names(names, below):
            return None  # this row is data, and no header stands below data
        return Header(_numbers_of(rows[first : last + 1]), _why(names, below, last - first))
    return None


def header_row(sheet: Sheet) -> int | None:
    """Give the last row of what looks like the header; None where none does."""
    found = find(sheet)
    return found.rows[-1] if found else None


def _is_wide(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell a row of the table from a title above it: it is as wide as most of what follows."""
    widths = Counter(len(_filled(row)) for row in below)
    usual = max(widths, key=lambda width: (widths[width], width), default=1)
    filled = len(_filled(cells))
    alone = filled == 1 and widths[1] < ALONE * len(below)
    return filled >= WIDE * usual and not alone


def _begins_levels(rows: Rows, at: int) -> bool:
    """Tell the first of several header rows, each narrower than the table, from a title: together they are as wide."""
    _, last = _levels(rows, at)
    under = [row for _, row in rows[at + 2 : at + 2 + BELOW]]
    if last == at or len(_filled(rows[at][1])) < GROUPS or _is_wide(rows[at + 1][1], under):
        return False
    below = [row for _, row in rows[last + 1 : last + 1 + BELOW]]
    return _is_wide(joined([row for _, row in rows[at : last + 1]]), below)


def _better_below(rows: Rows, at: int) -> bool:
    """Tell whether one of the next rows has known header words, and this one has none."""
    if _known(rows[at][1]):
        return False
    for _, cells in rows[at + 1 : at + 1 + FIRST_WORDS]:
        if _known(cells) >= WORDS and not _numbers(cells):
            return True
    return False


def _levels(rows: Rows, at: int) -> tuple[int, int]:
    """Give the first and the last row of the header that holds this one, where one row alone leaves columns without a name."""
    first = last = at
    while _is_level(rows, last, last + 1) and _more_named(rows, (first, last), (first, last + 1)):
        last += 1
    if _is_complete(rows, first, last):
        return first, last
    for higher in range(first - 1, max(-1, last - LEVELS), -1):
        if not _is_level(rows, higher, higher + 1) or len(_filled(rows[higher][1])) > len(
            _filled(rows[at][1])
        ):
            break
        if _is_complete(rows, higher, last):
            return higher, last
    return first, last


def _numbers_of(rows: Rows) -> tuple[int, ...]:
    """Number the rows of a header, blank ones between them too."""
    between = (range(_end(upper) + 1, lower[0]) for upper, lower in pairwise(rows))
    return tuple(sorted({number for number, _ in rows}.union(*between)))


def _end(row: tuple[int, tuple[str, ...]]) -> int:
    """Give the last line of a row, whose cells may hold line ends."""
    return row[0] + sum(max(cell.count("\n"), cell.count("\r")) for cell in row[1])


def _is_level(rows: Rows, upper: int, lower: int) -> bool:
    """Tell whether two rows may both be of one header: near each other, and words."""
    if upper < 0 or lower >= len(rows) or rows[lower][0] - _end(rows[upper]) > GAP:
        return False
    return not _numbers(rows[upper][1]) and not _numbers(rows[lower][1])


def _more_named(rows: Rows, before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Tell whether a further row names columns that have none yet, and says nothing about most that have."""
    used = _used(rows, after[1])
    old, new = (_named(rows, *block) for block in (before, after))
    beneath = {at for at, cell in enumerate(rows[after[1]][1]) if cell.strip()}
    alone = (beneath & old) - _groups(old, beneath)
    return bool((new - old) & used) and len(alone) <= len(old) / 2 and _is_data(rows, after[1] + 1)


def _groups(old: set[int], beneath: set[int]) -> set[int]:
    """Give the named columns whose name stands over several: something stands below it and right of it."""
    return {
        at
        for at, after in pairwise((*sorted(old), max(beneath, default=0) + 1))
        if beneath & set(range(at + 1, after))
    }


def _is_data(rows: Rows, at: int) -> bool:
    return any(_numbers(cells) for _, cells in rows[at : at + BELOW])


def _is_complete(rows: Rows, first: int, last: int) -> bool:
    """Tell whether every column that is used below has a name, and no two the same."""
    names = joined([row for _, row in rows[first : last + 1]])
    written = [name for name in names if name]
    return _used(rows, last) <= _named(rows, first, last) and len(set(written)) == len(written)


def _named(rows: Rows, first: int, last: int) -> set[int]:
    return {at for at, name in enumerate(joined([row for _, row in rows[first : last + 1]])) if name}


def _used(rows: Rows, last: int) -> set[int]:
    """Give the columns that hold something in many of the rows below."""
    below = [cells for _, cells in rows[last + 1 : last + 1 + BELOW]]
    return {at for at, column in enumerate(_columns(below)) if len(_filled(column)) * 4 > len(below)}


def _names(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell names of columns from data: they differ, and are words also where numbers stand below."""
    filled = _filled(cells)
    if len(set(filled)) < DISTINCT * len(filled):
        return False
    if not _numbers(cells) or WORDS <= _known(cells) >= _numbers(cells):
        return True
    over_numbers = [
        cell.strip() for cell, column in zip(cells, _columns(below), strict=False) if _numeric(column)
    ]
    words = [cell for cell in over_numbers if cell and not NUMBER.fullmatch(cell)]
    return bool(words) and len(words) * 2 >= len(over_numbers)


def _why(names: Sequence[str], below: Sequence[Sequence[str]], further: int) -> str:
    """Say why it is taken for the header."""
    known, filled = _known(names), len(_filled(names))
    over = sum(_numeric(column) for column in _columns(below))
    reasons = [
        f"{known} of {filled} names are known header words" if known else "",
        f"words over {over} columns of numbers" if over else "",
        "the rows together name every column" if further else "",
    ]
    return "; ".join(filter(None, reasons)) or "the first row that is as wide as the rows below"


def _known(cells: Sequence[str]) -> int:
    return sum(lexicon.role(cell) is not None for cell in cells if cell.strip())


def _numbers(cells: Sequence[str]) -> int:
    return sum(NUMBER.fullmatch(cell) is not None for cell in _filled(cells))


def _columns(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return list(zip_longest(*rows, fillvalue=""))


def _numeric(column: Sequence[str]) -> bool:
    filled = _filled(column)
    return sum(map(bool, map(NUMBER.fullmatch, filled))) * 2 > len(filled)


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells if cell.strip()]

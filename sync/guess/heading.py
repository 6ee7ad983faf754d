"""The head of a sheet -> the rows that hold its header, told by the words in them.

Those rows are joined as the loader joins them, so that a column is known by all that stands over it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sync.guess.forms import is_number
from sync.headings import joined
from sync.lexicon import meaning
from sync.totals import is_total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.rows import Sheet

SEARCHED = 40  # rows
MOST_ROWS = 4
LEAST = 1.5
BELOW = 25
NAMED = 0.34  # of the filled cells of a header are words that headers are made of
WEIGHTS = {"sku": 3.0, "quantity": 3.0, "location": 3.0, "available": 2.0, "barcode": 2.0, "name": 2.0}
LONGEST_NAME = 80
DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*")
Row = tuple[int, tuple[str, ...]]


class Heading(NamedTuple):
    """The header of one sheet: its rows as a person counts, and the words over each column."""

    rows: tuple[int, ...]  # () = none was found
    names: tuple[str, ...]
    score: float


NO_HEADING = Heading((), (), 0.0)


def heading(sheet: Sheet) -> Heading:
    """Find the header of a sheet."""
    rows = sheet.rows
    scored = [(_score(row), -at) for at, (_, row) in enumerate(rows[:SEARCHED])]
    best, at = max(scored, default=(0.0, 0))
    if best < LEAST:
        return NO_HEADING
    last = _last(rows, -at)
    first = _first(rows, last)
    chosen = _without_gaps(rows[first : last + 1])
    return Heading(tuple(number for number, _ in chosen), joined([cells for _, cells in chosen]), best)


def _score(cells: Sequence[str]) -> float:
    """Weigh the words of a row as names of columns; numbers and prose speak against it."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    roles = [meaning(cell).role if len(cell) <= LONGEST_NAME else None for cell in filled]
    known = [role for role in roles if role not in (None, "total")]
    values = sum(is_number(cell) or DATE.fullmatch(cell) is not None for cell in filled)
    if len(filled) < 2 or not known or any(map(is_total, filled[:1])):  # noqa: PLR2004 - one cell is a title
        return 0.0
    if len(known) < NAMED * len(filled) and not ({"sku", "quantity"} <= set(known)):
        return 0.0
    return sum(WEIGHTS.get(role, 1.0) for role in set(known)) + 0.3 * len(known) - 2.0 * values


def _last(rows: Sequence[Row], at: int) -> int:
    """Go down while the next row names columns too."""
    while at + 1 < min(len(rows), SEARCHED) and _goes_on(rows, at):
        at += 1
    return at


def _goes_on(rows: Sequence[Row], at: int) -> bool:
    """Tell a second header row: words only, over numbers, and it fills gaps of the first or divides its columns."""
    upper, lower = rows[at][1], rows[at + 1][1]
    filled = [column for column, cell in enumerate(lower) if cell.strip()]
    if _score(lower) <= 0 or any(is_number(lower[column]) for column in filled):
        return False
    below = [cells for _, cells in rows[at + 2 : at + 2 + BELOW]]
    over_numbers = any(
        2 * sum(column < len(cells) and is_number(cells[column]) for cells in below) > len(below)
        for column in filled
    )
    gaps = any(column >= len(upper) or not upper[column].strip() for column in filled)
    return over_numbers and (gaps or len(filled) < sum(bool(cell.strip()) for cell in upper))


def _first(rows: Sequence[Row], last: int) -> int:
    """Go up while columns that hold data have no name yet, or several have the same."""
    first = last
    for above in range(last - 1, max(-1, last - MOST_ROWS), -1):
        names = joined([cells for _, cells in rows[first : last + 1]])
        wanted = _lacking(rows, last, names)
        if not wanted:
            break
        cells = rows[above][1]
        if any(at < len(cells) and cells[at].strip() and not is_number(cells[at]) for at in wanted):
            first = above
    return first


def _lacking(rows: Sequence[Row], last: int, names: Sequence[str]) -> list[int]:
    """List the columns that hold data, without a name of their own."""
    below = [cells for _, cells in rows[last + 1 : last + 1 + BELOW]]
    width = max(map(len, below), default=0)
    used = [
        at
        for at in range(width)
        if 2 * sum(at < len(cells) and bool(cells[at].strip()) for cells in below) > len(below)
    ]
    said = [names[at] if at < len(names) else "" for at in used]
    return [at for at, name in zip(used, said, strict=True) if not name or said.count(name) > 1]


def _without_gaps(rows: Sequence[Row]) -> Sequence[Row]:
    """Keep the rows that follow each other up to the last one: a mapping names no others."""
    kept = [rows[-1]]
    for row in reversed(rows[:-1]):
        if row[0] != kept[0][0] - 1:
            break
        kept.insert(0, row)
    return kept

"""The head of a sheet -> the row that looks like its header, for a person who only wants to look.

Nothing that is sent rests on this: a mapping knows its headers by name. A row of numbers above numbers is data; where data
comes before anything that could be a header, there is none.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.rows import Sheet

BELOW = 20  # rows that a candidate is compared with
WIDE = 0.75  # of the cells that the rows below fill
DISTINCT = 0.5
NUMBER = re.compile(r"[-+(]?\s*[€$£]?\s*[0-9][0-9.,:/\s'\u00a0-]*\)?\s*%?")  # dates and times too


def header_row(sheet: Sheet) -> int | None:
    """Give the row that looks like the header, as a person counts; None where none does."""
    for at, (number, cells) in enumerate(sheet.rows):
        below = [row for _, row in sheet.rows[at + 1 : at + 1 + BELOW]]
        if not _is_wide(cells, below):
            continue
        if _names(cells, below):
            return number
        return None  # this row is data, and no header stands below data
    return None


def _is_wide(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell a row of the table from a title above it: it is as wide as most of what follows."""
    widths = Counter(len(_filled(row)) for row in below)
    usual = max(widths, key=lambda width: (widths[width], width), default=1)
    return len(_filled(cells)) >= WIDE * usual


def _names(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell names of columns from data: they differ, and are words also where numbers stand below."""
    filled = _filled(cells)
    if len(set(filled)) < DISTINCT * len(filled):
        return False
    if not any(map(NUMBER.fullmatch, filled)):
        return True
    over_numbers = [
        cell.strip() for cell, column in zip(cells, _columns(below), strict=False) if _numeric(column)
    ]
    words = [cell for cell in over_numbers if cell and not NUMBER.fullmatch(cell)]
    return bool(words) and len(words) * 2 >= len(over_numbers)


def _columns(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return list(zip_longest(*rows, fillvalue=""))


def _numeric(column: Sequence[str]) -> bool:
    filled = _filled(column)
    return sum(map(bool, map(NUMBER.fullmatch, filled))) * 2 > len(filled)


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells if cell.strip()]

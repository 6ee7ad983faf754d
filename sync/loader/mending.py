"""A row with one cell too many, or too few -> the one way to give it the header's width that fits the other rows.

For showing only: `run` rejects such a row, whatever it looks like here. Where two ways fit, or none, it stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ENOUGH = 20  # rows to know the columns by
SELDOM = 0.02  # of the rows: a shape that is rarer says nothing
LONGEST = 12  # characters of a cell whose shape is told sign by sign
DIGIT, LETTER = re.compile(r"[0-9]"), re.compile(r"[^\W\d_]")


class Shapes:
    """What the cells of each column usually look like."""

    def __init__(self, rows: Iterable[Sequence[str]], width: int) -> None:
        counts: list[Counter[str]] = [Counter() for _ in range(width)]
        self.rows = 0
        for row in rows:
            self.rows += 1
            for count, cell in zip(counts, row, strict=True):
                count[shape(cell)] += 1
        self._usual = [
            {each for each, times in count.items() if times > SELDOM * self.rows} for count in counts
        ]

    def mended(self, row: Sequence[str]) -> Sequence[str]:
        """Give the row with the header's width, or as it is."""
        if self.rows < ENOUGH:
            return row
        ways = {way for way in self._ways(tuple(row)) if self._fits(way)}
        return ways.pop() if len(ways) == 1 else row

    def _ways(self, row: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Leave out an empty cell, or cut a cell in two."""
        if len(row) == len(self._usual) + 1:
            yield from (row[:at] + row[at + 1 :] for at, cell in enumerate(row) if not cell.strip())
        if len(row) == len(self._usual) - 1:
            for at, cell in enumerate(row):
                cuts = range(len(cell) + 1) if len(cell) <= 2 * LONGEST else ()
                yield from ((*row[:at], cell[:cut], cell[cut:], *row[at + 1 :]) for cut in cuts)

    def _fits(self, row: Sequence[str]) -> bool:
        return all(shape(cell) in usual for cell, usual in zip(row, self._usual, strict=True))


def shape(cell: str) -> str:
    """Give the shape of a cell: 99/99/9999, aa-9999, or just text."""
    text = cell.strip()
    if len(text) > LONGEST or " " in text:
        return "text"
    return LETTER.sub("a", DIGIT.sub("9", text))

"""Rows of text -> lines in columns that fit a terminal: what is too wide loses its middle, numbers never do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.cli.console import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 80
BEFORE, BETWEEN = "  ", "  "
NARROWEST = 8
LEFT_OUT = "…"


def laid_out(titles: Sequence[str], rows: Sequence[Sequence[str | int]], *, text: Sequence[int]) -> list[str]:
    """Lay rows out under their titles; the columns `text` stand left, and all others, numbers, right."""
    cells = [list(titles), *([_shown(cell) for cell in row] for row in rows)]
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
    room = WIDTH - len(BEFORE) - len(BETWEEN) * (len(titles) - 1)
    while sum(wide) > room and (widest := max(text, key=lambda at: wide[at])) in text:
        if wide[widest] <= NARROWEST:
            break
        wide[widest] -= 1
    return [(BEFORE + BETWEEN.join(_line(row, wide, text))).rstrip() for row in cells]


def _line(row: Sequence[str], wide: Sequence[int], text: Sequence[int]) -> list[str]:
    return [
        shortened(cell, width).ljust(width) if at in text else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, wide, strict=True))
    ]


def shortened(text: str, most: int) -> str:
    """Take the middle out of what is too long."""
    if len(text) <= most:
        return text
    head = (most - len(LEFT_OUT) + 1) // 2
    return text[:head] + LEFT_OUT + text[len(text) - (most - len(LEFT_OUT) - head) :]


def _shown(cell: str | int) -> str:
    return printable(cell).replace("\n", "\\n") if isinstance(cell, str) else f"{cell:,}"

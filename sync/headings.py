"""Several header rows -> one header: what stands over a group of columns stands over each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def joined(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Join header rows cell by cell, with one space; blank parts are left out."""
    width = max(map(len, rows), default=0)
    levels = [[_name(row[at]) if at < len(row) else "" for at in range(width)] for row in rows]
    written = [list(level) for level in levels]
    for level, upper in enumerate(levels):
        below = [any(lower[at] for lower in written[level + 1 :]) for at in range(width)]
        above = [any(higher[at] for higher in written[:level]) for at in range(width)]
        _spread(upper, below, above)
    return tuple(" ".join(filter(None, parts)) for parts in zip(*levels, strict=True))


def _spread(upper: list[str], below: Sequence[bool], above: Sequence[bool]) -> None:
    """Write a group's name over all its columns: those to its right with a name further down, and none here or above."""
    group = ""
    for at, name in enumerate(upper):
        if name or above[at] or not below[at]:
            group = name if below[at] else ""
        else:
            upper[at] = group


def _name(cell: str) -> str:
    return cell.strip().strip("\ufeff").strip()

"""Rows of a send list -> half-open ranges of it, bounded by count and bytes.

Loses, adds and reorders nothing: the ranges stand one after the other. Pure; knows neither the tenant nor how a body
is written, only how large each row of it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Ranks = npt.NDArray[np.int8] | npt.NDArray[np.int64]


def cuts(
    sizes: npt.NDArray[np.int64], ranks: Ranks | None, *, rows_max: int, bytes_max: int, start: int = 0
) -> Iterator[tuple[int, int]]:
    """Cut the rows from `start` on into ranges of at most `rows_max` rows whose sizes add up to at most `bytes_max`.

    `bytes_max` is for the rows alone: take the size of a body without rows off first. A single row over `bytes_max`
    goes alone. A range never spans a change of rank, so pairs that differ only by case do not share a body (api.md
    A10). Looks no further ahead than the next range, so it may be asked anew with other bounds at every step.
    """
    while start < len(sizes):
        window = slice(start, start + max(1, rows_max))
        fitting = int(np.searchsorted(np.cumsum(sizes[window]), bytes_max, side="right"))
        if ranks is not None:
            fitting = min(fitting, _leading(ranks[window]))
        stop = start + max(1, fitting)
        yield start, stop
        start = stop


def _leading(ranks: Ranks) -> int:
    """Count the rows before the rank first changes."""
    changes = np.flatnonzero(ranks != ranks[0])
    return int(changes[0]) if len(changes) else len(ranks)

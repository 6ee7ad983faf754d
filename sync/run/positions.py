"""Ranges of a send list, as the ledger knows them -> the rows of a block that are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt


class Positions:
    """Some positions of a send list: ascending ranges, without single ones."""

    def __init__(self, ranges: Iterable[tuple[int, int]], without: Sequence[int] = ()) -> None:
        self._ranges = np.array(list(ranges), dtype=np.int64).reshape(-1, 2)
        self._without = np.array(without, dtype=np.int64)

    def mask(self, start: int, count: int) -> npt.NDArray[np.bool_]:
        """Tell for `count` positions from `start` on which of them are meant."""
        meant = np.zeros(count, dtype=np.bool_)
        first, last = (
            np.searchsorted(self._ranges[:, 1], start, side="right"),
            np.searchsorted(self._ranges[:, 0], start + count),
        )
        for begin, end in (self._ranges[first:last] - start).tolist():
            meant[max(begin, 0) : end] = True
        first, last = np.searchsorted(self._without, [start, start + count])
        meant[self._without[first:last] - start] = False
        return meant

"""Answers that are not believed at once: an older request for the same pairs may still be carried out after them.

Their batches stay on record as being sent until the tenant was read back; where it holds the older value, they go again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sync.deliver.outbox import Outbox, Range
    from sync.deliver.record import Task
    from sync.rows import Ruling

    Pair = tuple[str, str]
    Kept = list[tuple[Task, Ruling]]

MOST = 2  # times that a batch goes again because of what was read


class Doubts:
    """`old`: position of the send list -> the older values that may still reach the tenant. `read`: pairs -> what it holds."""

    def __init__(
        self,
        outbox: Outbox,
        old: Mapping[int, set[int]],
        read: Callable[[Iterable[Pair]], Mapping[Pair, int]],
    ) -> None:
        self._outbox, self._old, self._read = outbox, old, read
        self._positions = np.array(sorted(old), dtype=np.int64)
        self._kept: Kept = []
        self._again: dict[Range, int] = {}

    def concern(self, part: Range) -> bool:
        """Tell whether a range holds a pair in doubt."""
        first, last = np.searchsorted(self._positions, part)
        return bool(first < last)

    def keep(self, task: Task, ruling: Ruling) -> None:
        """Hold an answer back until the tenant is read."""
        self._kept.append((task, ruling))

    def look(self) -> tuple[Kept, Kept]:
        """Read the tenant; give the answers that hold, and those whose batches have to go again."""
        kept, self._kept = self._kept, []
        if not kept:
            return [], []
        sent = {position: what for task, _ in kept for position, what in self._in_doubt(task.part)}
        held = self._read([pair for pair, _ in sent.values()])
        stale = {
            position
            for position, (pair, quantity) in sent.items()
            if held.get(pair) in self._old[position] - {quantity}
        }
        again = [(task, ruling) for task, ruling in kept if self._goes_again(task.part, stale)]
        return [item for item in kept if item not in again], again

    def _goes_again(self, part: Range, stale: set[int]) -> bool:
        if not any(part[0] <= position < part[1] for position in stale):
            return False
        self._again[part] = self._again.get(part, 0) + 1
        return self._again[part] <= MOST

    def _in_doubt(self, part: Range) -> Iterable[tuple[int, tuple[Pair, int]]]:
        """Walk the positions of a range that are in doubt and that went, each with its pair and what was sent."""
        batch = self._outbox.batch(part)
        codes = zip(batch.locations, batch.skus, strict=True)
        rows = zip(self._outbox.going(part).tolist(), codes, batch.quantities, strict=True)
        return ((at, (pair, quantity)) for at, pair, quantity in rows if at in self._old)

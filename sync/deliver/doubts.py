"""Answers that are not believed at once, as another request for the same pairs may have been, or may still be carried out.

An older request without an answer may still reach the tenant after the newer one; and a row that is refused may have been
taken by an earlier attempt that brought no answer. Their batches stay on record as being sent until the tenant was read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sync.deliver.outbox import Outbox, Range
    from sync.deliver.task import Task
    from sync.replies import Ruling

Pair = tuple[str, str]
Kept = list[tuple["Task", "Ruling"]]
MOST = 2  # times that a batch goes again because of what was read


@dataclass(slots=True)
class ReadBack:
    """What the tenant holds of pairs, which of them could not be read now but may be later, and sentences about that."""

    found: dict[Pair, int] = field(default_factory=dict)
    later: set[Pair] = field(default_factory=set)
    words: list[str] = field(default_factory=list)


Read = Callable[[Iterable[Pair]], ReadBack]


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of the answers that were kept.

    holds: as they said. stale: the tenant holds an older value, they have to go again. held: a row was refused, and the
    tenant holds what was sent of it, or cannot be asked now: it may have been taken before, so it is neither accepted nor rejected.
    """

    holds: Kept
    stale: list[Task]
    held: list[Task]
    warnings: list[str]


class Doubts:
    """`old`: position of the send list -> the older values that may still reach the tenant."""

    def __init__(self, outbox: Outbox, old: Mapping[int, set[int]], read: Read) -> None:
        self._outbox, self._old, self._read = outbox, old, read
        self._positions = np.array(sorted(old), dtype=np.int64)
        self._kept: Kept = []
        self._again: dict[Range, int] = {}

    def concern(self, task: Task, ruling: Ruling) -> bool:
        """Tell whether an answer has to wait until the tenant was read."""
        first, last = np.searchsorted(self._positions, task.part)
        return bool(first < last) or (task.unanswered and bool(ruling.refusals))

    def keep(self, task: Task, ruling: Ruling) -> None:
        """Hold an answer back until the tenant is read."""
        self._kept.append((task, ruling))

    def look(self) -> Looked:
        """Read the tenant, and tell for each answer that was kept what is to become of it."""
        kept, self._kept = self._kept, []
        looked = Looked([], [], [], [])
        sent = [self._sent(*item) for item in kept]
        pairs = [pair for taken, refused in sent for pair, _ in (*taken.values(), *refused)]
        if not pairs:
            return Looked(kept, [], [], [])
        back = self._read(pairs)
        found = back.found
        looked.warnings.extend(back.words)
        for (task, ruling), (taken, refused) in zip(kept, sent, strict=True):
            if any(found.get(pair) == quantity or pair in back.later for pair, quantity in refused):
                looked.held.append(task)
            elif self._overwritten(taken, found) and self._may_go_again(task.part):
                looked.stale.append(task)
            else:
                looked.holds.append((task, ruling))
        return looked

    def _overwritten(self, taken: Mapping[int, tuple[Pair, int]], found: Mapping[Pair, int]) -> bool:
        return any(
            found.get(pair) in self._old[position] - {quantity}
            for position, (pair, quantity) in taken.items()
        )

    def _may_go_again(self, part: Range) -> bool:
        self._again[part] = self._again.get(part, 0) + 1
        return self._again[part] <= MOST

    def _sent(self, task: Task, ruling: Ruling) -> tuple[dict[int, tuple[Pair, int]], list[tuple[Pair, int]]]:
        """Give what was sent: by position where an older value may still come, and of the rows refused after no answer."""
        batch = self._outbox.batch(task.part)
        codes = zip(batch.locations, batch.skus, strict=True)
        rows = list(zip(codes, batch.quantities, strict=True))
        refused = {refusal.index for refusal in ruling.refusals}
        going = enumerate(self._outbox.going(task.part).tolist())
        taken = {at: rows[index] for index, at in going if at in self._old and index not in refused}
        return taken, [rows[index] for index in sorted(refused)] if task.unanswered else []

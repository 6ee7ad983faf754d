"""What of a run is still to be posted, in order: pieces of what failed, what waits for its time, what never went, what keeps failing."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from sync.deliver.record import Task

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from sync.deliver.outbox import Outbox, Range
    from sync.deliver.pace import Pace, Terms
    from sync.deliver.sizes import Sizes


class Work:
    """The open ranges of a run. Its pairs differ, so their order is free: it is chosen so that good rows go first."""

    def __init__(
        self,
        outbox: Outbox,
        terms: Terms,
        sizes: Sizes,
        *,
        opened: Iterable[tuple[Range, int]],
        unanswered: Container[Range],
        frontier: int,
    ) -> None:
        """`opened`: ranges on record whose outcome is unknown, and how often each was posted; the rest begins at `frontier`.

        `unanswered`: those of them that the tenant may have carried out.
        """
        self._outbox, self._sizes = outbox, sizes
        self.frontier = frontier
        self._waiting: list[tuple[float, int, Task]] = []
        self._tired: list[tuple[bool, int, int, Task]] = []
        self._added = 0
        for part, tries in reversed(list(opened)):
            tired, went = tries >= terms.attempts, part in unanswered
            self.add(Task(part, outbox.count(part), failed=tries, tired=tired, unanswered=went))

    @property
    def set_aside(self) -> int:
        """How many rows are left that have failed too often."""
        return sum(size for _, size, _, _ in self._tired)

    def add(self, task: Task, due: float = 0.0) -> None:
        """Take a range that may go from the moment `due` on; the last that came goes first.

        Of those that failed in earlier commands the smallest go first, single rows last.
        """
        self._added += 1
        if task.tired:
            heapq.heappush(self._tired, (task.size == 1, task.size, self._added, task))
        else:
            heapq.heappush(self._waiting, (due, -self._added, task))

    def left(self, pace: Pace) -> bool:
        """Tell whether anything may still be posted."""
        return bool(self._waiting) or self.frontier < len(self._outbox) or self._tired_may_go(pace)

    def next(self, pace: Pace, *, envelope: int = 0) -> Task | None:
        """Take what is to be posted now; `envelope`: the bytes of a body without rows."""
        if self._waiting and self._waiting[0][0] <= pace.clock():
            return heapq.heappop(self._waiting)[2]
        if self.frontier < len(self._outbox):
            part = self._outbox.next_range(
                self.frontier, rows_max=self._sizes.rows, bytes_max=self._sizes.length - envelope
            )
            self.frontier = part[1]
            return Task(part, self._outbox.count(part))
        if self._tired_may_go(pace):
            task = heapq.heappop(self._tired)[-1]
            pace.tired += task.size == 1
            return task
        return None

    def due(self, pace: Pace) -> float:
        """Tell the moment from which something may be posted."""
        if self.frontier < len(self._outbox) or self._tired_may_go(pace):
            return pace.clock()
        return self._waiting[0][0] if self._waiting else pace.out_of_time

    def _tired_may_go(self, pace: Pace) -> bool:
        return bool(self._tired) and (not self._tired[0][0] or pace.may_try_tired)

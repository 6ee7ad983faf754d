"""What of a run is still to be posted, in order: pieces of what failed, what waits for its time, what never went, what keeps failing."""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING

from sync.deliver.task import Task

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
        fresh: Iterable[Range],
    ) -> None:
        """`opened`: ranges on record whose outcome is unknown, and how often each was posted; `fresh`: what never went.

        `unanswered`: those of `opened` that the tenant may have carried out.
        """
        self._outbox, self._sizes = outbox, sizes
        self._fresh = deque(fresh)
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
        return bool(self._waiting or self._fresh) or self._tired_may_go(pace)

    def next(self, pace: Pace, *, envelope: int = 0) -> Task | None:
        """Take what is to be posted now; `envelope`: the bytes of a body without rows."""
        if self._waiting and self._waiting[0][0] <= pace.clock():
            return heapq.heappop(self._waiting)[2]
        if self._fresh:
            part = self._cut(envelope)
            return Task(part, self._outbox.count(part))
        if self._tired_may_go(pace):
            task = heapq.heappop(self._tired)[-1]
            pace.tired += task.size == 1
            return task
        return None

    def _cut(self, envelope: int) -> Range:
        """Take the next batch off what never went."""
        start, stop = self._fresh.popleft()
        part = self._outbox.next_range(
            (start, stop), rows_max=self._sizes.rows, bytes_max=self._sizes.length - envelope
        )
        if part[1] < stop:
            self._fresh.appendleft((part[1], stop))
        return part

    @property
    def fresh(self) -> list[Range]:
        """What never went."""
        return list(self._fresh)

    def due(self, pace: Pace) -> float:
        """Tell the moment from which something may be posted."""
        if self._fresh or self._tired_may_go(pace):
            return pace.clock()
        return self._waiting[0][0] if self._waiting else pace.out_of_time

    def _tired_may_go(self, pace: Pace) -> bool:
        return bool(self._tired) and (not self._tired[0][0] or pace.may_try_tired)

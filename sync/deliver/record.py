"""What a delivery writes into the ledger: outcomes that came, and what is about to leave, in one commit.

A disk sync costs more than a request to a near tenant, so the two share one; the order stays: nothing leaves before it is
on record, nothing counts before its outcome is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sync.ledger import batches, rejected, runs
from sync.rows import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.deliver.outbox import Outbox, Range
    from sync.ledger.book import Ledger
    from sync.rows import Batch, Reject, Ruling


@dataclass(frozen=True, slots=True)
class Task:
    """A batch that is to be posted, and how often it was."""

    part: Range
    size: int  # the rows of it that are to go
    tries: int = 0  # by this command
    failed: int = 0  # requests that came to nothing, for it and for what it is a part of
    successes: int | None = None  # of the command when it, or what it is a part of, was first posted
    tired: bool = False  # it failed again and again in earlier commands: posted once by each
    unanswered: bool = False  # it, or what it is a part of, went before without a clear answer
    then: Task | None = None  # the other half, which waits for what becomes of this one
    batch: Batch | None = None
    posted: float = 0.0  # the moment of it
    length: int = 0  # bytes of its body


class Record:
    """One run's delivery in the ledger; `unknown` is the mapping's rows.unknown."""

    def __init__(self, run: str, outbox: Outbox, ledger: Ledger, *, unknown: str) -> None:
        self._run, self._outbox, self._ledger, self._unknown = run, outbox, ledger, unknown
        self._outcomes: list[tuple[Task, Ruling]] = []
        self._superseded: list[Range] = []

    def settle(self, task: Task, ruling: Ruling) -> None:
        """Keep an outcome for the next commit."""
        self._outcomes.append((task, ruling))

    def supersede(self, part: Range) -> None:
        """Keep for the next commit that nothing of a range goes any more."""
        self._superseded.append(part)

    def commit(self, leaving: Sequence[tuple[Task, bytes]]) -> int:
        """Write down the outcomes and the bodies that are about to leave; give the number of pairs that are settled by it."""
        if not (self._outcomes or self._superseded or leaving):
            return 0
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._ledger.transaction():
            for task, ruling in self._outcomes:
                refused = self._outbox.rejects(task.part, ruling.refusals, unknown=self._unknown)
                rejected.add(self._ledger, self._run, refused)
                batches.settle(self._ledger, self._run, task.part, _tally(task, ruling, refused), at=now)
                self._leave_out(task.part)
            for part in self._superseded:
                batches.supersede(self._ledger, self._run, part, at=now)
                self._leave_out(part)
            for task, body in leaving:
                digest = hashlib.sha256(body).hexdigest()
                batches.sending(self._ledger, self._run, task.part, body_sha256=digest, at=now)
            retried = sum(task.tries > 1 for task, _ in leaving)
            runs.count_requests(self._ledger, self._run, sent=len(leaving), retried=retried)
        parts = [*self._superseded, *(task.part for task, _ in self._outcomes)]
        self._outcomes, self._superseded = [], []
        return sum(stop - start for start, stop in parts)

    def _leave_out(self, part: Range) -> None:
        rejected.supersede(self._ledger, self._run, self._outbox.left_out(part))

    def split(self, task: Task) -> tuple[Task, Task]:
        """Replace a batch by its halves; where it failed, that counts for each of them."""
        first, second = self._outbox.halves(task.part)
        with self._ledger.transaction():
            batches.split(self._ledger, self._run, task.part, (first, second), inherit=task.failed > 0)
        return self._half(first, task), self._half(second, task)

    def _half(self, part: Range, whole: Task) -> Task:
        return Task(
            part,
            self._outbox.count(part),
            failed=whole.failed,
            successes=whole.successes,
            unanswered=whole.unanswered,
        )


def _tally(task: Task, ruling: Ruling, refused: list[Reject]) -> Tally:
    """Count the pairs of a batch, and the source rows behind those that were refused."""
    unknown = [item.position for item in refused if item.unknown]
    pairs = len(set(unknown))
    return Tally(
        accepted=task.size - len(ruling.refusals),
        refused_pairs=len(ruling.refusals) - pairs,
        refused_rows=len(refused) - len(unknown),
        unknown_pairs=pairs,
        unknown_rows=len(unknown),
        superseded=task.part[1] - task.part[0] - task.size,
        created=ruling.created,
        updated=ruling.updated,
    )

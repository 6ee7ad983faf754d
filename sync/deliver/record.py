"""What a delivery writes into the ledger: outcomes that came, and what is about to leave, in one commit.

A disk sync costs more than a request to a near tenant, so the two share one; the order stays: nothing leaves before it is
on record, nothing counts before its outcome is.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sync.deliver.task import Task
from sync.deliver.telling import Tell, settled, silent
from sync.deliver.unknowns import Unknowns
from sync.ledger import batches, rejected, runs
from sync.rows import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.deliver.outbox import Outbox, Range
    from sync.ledger.book import Ledger
    from sync.replies import Ruling
    from sync.rows import Reject


class Record:
    """One run's delivery in the ledger; `unknown` is the mapping's rows.unknown."""

    def __init__(self, run: str, outbox: Outbox, ledger: Ledger, *, unknown: str) -> None:
        self._run, self._outbox, self._ledger, self._unknown = run, outbox, ledger, unknown
        self.unknowns = Unknowns(outbox.about)
        self._outcomes: list[tuple[Task, Ruling]] = []
        self._superseded: list[Range] = []
        self._unsent: list[Range] = []
        self.tell: Tell = silent  # what became of a batch, once that is on record

    def settle(self, task: Task, ruling: Ruling) -> None:
        """Keep an outcome for the next commit."""
        self._outcomes.append((task, ruling))

    def unsent(self, task: Task) -> None:
        """Keep for the next commit that a request never reached the tenant."""
        self._unsent.append(task.part)

    def supersede(self, part: Range) -> None:
        """Keep for the next commit that nothing of a range goes any more."""
        self._superseded.append(part)

    def commit(self, leaving: Sequence[tuple[Task, bytes]]) -> tuple[int, int]:
        """Write down the outcomes and the bodies that are about to leave; give the pairs that are settled by it, and the rows rejected."""
        if not (self._outcomes or self._superseded or self._unsent or leaving):
            return 0, 0
        now, lost = datetime.now(UTC).isoformat(timespec="milliseconds"), 0
        with self._ledger.transaction():
            for task, ruling in self._outcomes:
                refused = self._outbox.rejects(task.part, ruling.refusals, unknown=self._unknown)
                rejected.add(self._ledger, self._run, refused)
                tally = _tally(task, ruling, refused)
                batches.settle(self._ledger, self._run, task.part, tally, at=now)
                lost += tally.refused_rows
                self._leave_out(task.part)
            for part in self._unsent:
                batches.unsent(self._ledger, self._run, part)
            for part in self._superseded:
                batches.supersede(self._ledger, self._run, part, at=now)
                self._leave_out(part)
            for task, body in leaving:
                digest = hashlib.sha256(body).hexdigest()
                batches.sending(self._ledger, self._run, task.part, body_sha256=digest, at=now)
            retried = sum(task.tries > 1 for task, _ in leaving)
            runs.count_requests(self._ledger, self._run, sent=len(leaving), retried=retried)
        for task, ruling in self._outcomes:
            self.tell("settled", task.part, settled(task, ruling))
        parts = [*self._superseded, *(task.part for task, _ in self._outcomes)]
        self._outcomes, self._superseded, self._unsent = [], [], []
        return sum(stop - start for start, stop in parts), lost

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

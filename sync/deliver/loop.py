"""Delivers one run: launches what may go, has judged what comes back, and leaves the rest pending for the next run.

One thread decides and writes the ledger; workers only post. Every order stands in the ledger before its request leaves,
and every outcome is committed before it counts.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from sync.client.body import encode, envelope
from sync.deliver.answers import Answers, Ending, Line
from sync.deliver.doubts import Doubts, ReadBack
from sync.deliver.pace import BARREN
from sync.deliver.record import Record
from sync.deliver.signals import Signals
from sync.deliver.unknowns import WORDS
from sync.deliver.work import Work
from sync.deliver.workers import Workers
from sync.ledger import batches, holds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.deliver.outbox import Outbox
    from sync.deliver.pace import Terms
    from sync.deliver.task import Task
    from sync.ledger.book import Ledger

__all__ = ["Delivery", "Ending", "Line"]

GRACE = 15.0  # seconds that requests under way get to settle when the run is told to end
LATE = 3.0  # after the run's own deadline
LONG = 600.0  # and otherwise: each of them has its own deadline
LOOK_UP = 0.5  # seconds between looks at whether the run is told to end


class Delivery:
    """One delivery of one run's send list; use `go` once. `progress` is told again and again: settled, of how many, rejected."""

    def __init__(
        self,
        outbox: Outbox,
        ledger: Ledger,
        terms: Terms,
        *,
        line: Line,
        doubts: Doubts | None = None,
        progress: Callable[[int, int, int], None] | None = None,
    ) -> None:
        self.outbox, self.ledger, self.terms, self.pace = outbox, ledger, terms, line.pace
        self.sizes, run = line.sizes, outbox.run
        self.record = Record(run, outbox, ledger, unknown=terms.unknown)
        self.workers: Workers[Task] = Workers(line.post, terms.workers)
        self.progress = progress or (lambda _settled, _total, _rejected: None)
        self.work = Work(
            outbox,
            terms,
            line.sizes,
            opened=batches.open_ranges(ledger, run),
            unanswered=batches.unanswered(ledger, run),
            fresh=holds.fresh(ledger, outbox.about),
        )
        self.answers = Answers(
            self.record,
            self.work,
            terms,
            line=line,
            doubts=doubts or Doubts(outbox, {}, lambda _pairs: ReadBack()),
        )
        self.envelope = envelope(source=terms.source, notes=terms.notes, names=terms.names)
        self.flying = 0
        tally = batches.tally(ledger, run)
        self.settled, self.rejected = tally.settled, sum(tally.rejected.values())
        self.total = (
            len(outbox) - tally.held - tally.discarded - tally.outdated
        )  # what waits for a person does not go
        self.taken = batches.has_success(ledger, run)  # the tenant took some rows of this run

    def go(self) -> Ending:
        """Deliver until everything is settled or there is a reason to stop."""
        try:
            with Signals() as signals:
                while not self.answers.ending and (self._has_work() or self.answers.look_back()):
                    self._launch()
                    self._collect(self._patience())
                    self._check_pace()
                    if signals.told:
                        self.answers.stop("interrupted", "the run was told to end")
                late = self.pace.clock() > self.pace.out_of_time
                self._drain(GRACE if signals.told else LATE if late else LONG)
        finally:
            self.workers.stop()
        if self.answers.ending and self.answers.ending.kind == "held":
            self._hold_the_rest()
        return self._ended(self.answers.ending)

    def _hold_the_rest(self) -> None:
        """Leave what never went to a person."""
        with self.ledger.transaction():
            holds.add(self.ledger, self.outbox.run, (("", *part) for part in self.work.fresh))

    def prove(self) -> Ending:
        """Settle the single rows that were refused, now that the tenant took rows of another run; what ended it stands."""
        self.answers.settle_refused()
        self.answers.look_back()
        return self._ended(self.answers.ending)

    @property
    def unproven(self) -> bool:
        """Whether rows were refused before it was proven that the tenant takes others."""
        return bool(self.answers.unproven)

    @property
    def _proven(self) -> bool:
        """Whether the tenant takes anything at all, so that a refusal is the row's own."""
        return self.pace.barren < BARREN and (self.taken or self.pace.successes > 0)

    def _ended(self, ending: Ending | None) -> Ending:
        ending = ending or self.answers.end(proven=self._proven)
        self._commit()
        return replace(ending, warnings=tuple(self.answers.warnings))

    def _has_work(self) -> bool:
        return bool(self.flying) or self.work.left(self.pace)

    def _launch(self) -> None:
        """Put what may go on record, and with it the outcomes that came, in one commit; then post it."""
        leaving: list[tuple[Task, bytes]] = []
        while (
            self.flying + len(leaving) < self.pace.in_flight
            and not ((self.flying or leaving) and self.record.unknowns.enough)
            and self.pace.clock() >= self.pace.pause_until
            and (task := self.work.next(self.pace, envelope=self.envelope)) is not None
        ):
            if task.size == 0:
                self.record.supersede(task.part)
                self.answers.go_on_after(task, clean=True)
            else:
                ready, body = self._made_ready(task)
                if self.sizes.allow(task.size, len(body)):
                    self.record.unknowns.ask(task.size)
                    leaving.append((ready, body))
                else:
                    self.answers.split(task)
        self._commit(leaving)
        self.pace.sent += len(leaving)
        for task, body in leaving:
            self.flying += 1
            self.workers.give(task, body)

    def _made_ready(self, task: Task) -> tuple[Task, bytes]:
        batch, terms = self.outbox.batch(task.part), self.terms
        body = encode(batch, source=terms.source, notes=terms.notes, names=terms.names)
        ready = replace(task, tries=task.tries + 1, batch=batch, posted=self.pace.clock(), length=len(body))
        return (ready if task.successes is not None else replace(ready, successes=self.pace.successes)), body

    def _commit(self, leaving: Sequence[tuple[Task, bytes]] = ()) -> None:
        settled, rejected = self.record.commit(leaving)
        self.settled += settled
        self.rejected += rejected
        self.progress(self.settled, self.total, self.rejected)

    def _patience(self) -> float:
        """Tell how long nothing can happen but an answer."""
        until = self.pace.out_of_time
        if self.flying < self.pace.in_flight:
            until = min(max(self.work.due(self.pace), self.pace.pause_until), until)
        return min(max(until - self.pace.clock(), 0.001), LOOK_UP)

    def _collect(self, wait: float) -> None:
        """Judge the next answer, if one comes in time, and those that lie there already."""
        if not self.flying:
            if self.work.left(self.pace):  # else all that was left was superseded
                time.sleep(wait)
            return
        answer = self.workers.take(wait)
        while answer:
            self.flying -= 1
            self.answers.take(*answer, proven=self._proven)
            answer = self.workers.take(0) if self.flying else None
        self.answers.keep_lessons(self.ledger)

    def _check_pace(self) -> None:
        self.pace.look()
        if self.work.fresh and (strange := self.record.unknowns.why):
            self.answers.hold(WORDS.format(**strange), strange)
        if not self.answers.ending and self._has_work() and (why := self.pace.exhausted()):
            self.answers.stop("incomplete", why)

    def _drain(self, grace: float) -> None:
        """Settle what is still under way, launching nothing."""
        until = self.pace.clock() + grace
        while self.flying and (left := until - self.pace.clock()) > 0:
            self._collect(min(left, LOOK_UP))
            self._commit()
        self._commit()

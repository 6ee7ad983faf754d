"""Delivers one run: launches what may go, judges what comes back, and leaves the rest pending for the next run.

One thread decides and writes the ledger; workers only post. Every order stands in the ledger before its request leaves,
and every outcome is committed before it counts.
"""

from __future__ import annotations

import heapq
import random as dice
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sync.client import encode
from sync.deliver.pace import BARREN, Pace, Terms
from sync.deliver.record import Record, Task
from sync.deliver.signals import Signals
from sync.deliver.workers import Workers
from sync.ledger import batches
from sync.reconciler import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.deliver.outbox import Outbox, Range
    from sync.ledger.book import Ledger
    from sync.rows import Reply, Ruling

GRACE = 15.0  # seconds that requests under way get to settle when the run is told to end
LONG = 600.0  # and otherwise: each of them has its own deadline
LOOK_UP = 0.5  # seconds between looks at whether the run is told to end
ONE = 1
ERROR_TRIES = 3  # a 500 may be one row's doing (api.md A15): fewer tries, then smaller bodies
OVERLOADED = {"status-502", "status-503", "status-504"}  # and these are the tenant's own trouble


@dataclass(frozen=True, slots=True)
class Ending:
    """How a delivery ended; kind is done, incomplete (the next run goes on), refused (a person must act) or interrupted."""

    kind: str
    why: str = ""
    not_before: str | None = None
    alone: bool = False  # the trouble is this run's own: other runs may go on
    warnings: tuple[str, ...] = ()


class Delivery:
    """One delivery of one run's send list; use `go` once."""

    def __init__(
        self,
        run: str,
        outbox: Outbox,
        ledger: Ledger,
        terms: Terms,
        *,
        post: Callable[[bytes], Reply],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.run, self.outbox, self.ledger, self.terms = run, outbox, ledger, terms
        self.pace = Pace(terms, clock=time.monotonic, random=dice.random)
        self.record = Record(run, outbox, ledger, unknown=terms.unknown)
        self.workers: Workers[Task] = Workers(post, terms.workers)
        self.progress = progress or (lambda _settled, _total: None)
        self.waiting: list[tuple[float, Range, Task]] = [
            (0.0, part, Task(part, suspect=tries >= terms.attempts))
            for part, tries in batches.open_ranges(ledger, run)
        ]
        self.frontier = batches.frontier(ledger, run)
        self.rows_max = terms.batch_rows
        self.flying = 0
        self.settled = batches.tally(ledger, run).settled
        self.proven = terms.proven or batches.has_success(ledger, run)  # the tenant takes at least some rows
        self.unproven: list[
            tuple[Task, Ruling]
        ] = []  # single rows that were refused before anything succeeded
        self.unclear: list[str] = []  # single rows whose outcome no answer tells
        self.ending: Ending | None = None
        self.took = False  # rows were settled here and now
        self.warnings: dict[str, None] = {}

    def go(self) -> Ending:
        """Deliver until everything is settled or there is a reason to stop."""
        try:
            with Signals() as signals:
                while not self.ending and self._has_work():
                    self._launch()
                    self._collect(self._patience())
                    self._check_pace()
                    if signals.told:
                        self.ending = Ending("interrupted", "the run was told to end")
                self._drain(GRACE if signals.told else LONG)
        finally:
            self.workers.stop()
        return replace(self.ending or self._end(), warnings=tuple(self.warnings))

    def prove(self) -> Ending:
        """Settle the single rows that were refused, now that the tenant took rows of another run."""
        for outcome in self.unproven:
            self.record.settle(*outcome)
        self.unproven, self.proven = [], True
        self._commit()
        return replace(self._end(), warnings=tuple(self.warnings))

    def _has_work(self) -> bool:
        return bool(self.flying or self.waiting or self.frontier < len(self.outbox))

    def _end(self) -> Ending:
        """Everything was tried: tell whether everything is settled."""
        words = [ruling.why for _, ruling in self.unproven] + self.unclear
        if not words:
            return Ending("done")
        if self.proven:
            return Ending("incomplete", f"{len(words)} rows have no clear outcome: {words[0]}", alone=True)
        return Ending("refused", f"no request succeeded: {words[0]}", alone=True)

    # --- out

    def _launch(self) -> None:
        """Put what may go on record, and with it the outcomes that came, in one commit; then post it."""
        tasks: list[Task] = []
        while (
            self.flying + len(tasks) < self.pace.in_flight
            and self.pace.clock() >= self.pace.pause_until
            and (task := self._next())
        ):
            tasks.append(
                replace(
                    task,
                    tries=task.tries + 1,
                    successes=task.successes if task.tries else self.pace.successes,
                    batch=self.outbox.batch(task.part),
                )
            )
        leaving = [(task, self._encode(task)) for task in tasks]
        self._commit(leaving)
        self.pace.sent += len(leaving)
        self.pace.retried += sum(task.tries > 1 for task in tasks)
        for task, body in leaving:
            self.flying += 1
            self.workers.give(task, body)

    def _encode(self, task: Task) -> bytes:
        assert task.batch is not None  # noqa: S101 - set when it was launched
        return encode(task.batch, source=self.terms.source, notes=self.terms.notes, names=self.terms.names)

    def _commit(self, leaving: Sequence[tuple[Task, bytes]] = ()) -> None:
        settled = self.record.commit(leaving)
        if settled:
            self.settled += settled
            self.progress(self.settled, len(self.outbox))

    def _next(self) -> Task | None:
        if self.waiting and self.waiting[0][0] <= self.pace.clock():
            return heapq.heappop(self.waiting)[2]
        if self.frontier < len(self.outbox):
            part = self.outbox.next_range(
                self.frontier, rows_max=self.rows_max, bytes_max=self.terms.batch_bytes
            )
            self.frontier = part[1]
            return Task(part)
        return None

    def _patience(self) -> float:
        """Tell how long nothing can happen but an answer."""
        now = self.pace.clock()
        due = min((item[0] for item in self.waiting[:1]), default=self.pace.out_of_time)
        free = max(due if self.frontier >= len(self.outbox) else now, self.pace.pause_until)
        until = (
            self.pace.out_of_time if self.flying >= self.pace.in_flight else min(free, self.pace.out_of_time)
        )
        return min(max(until - now, 0.001), LOOK_UP)

    # --- in

    def _collect(self, wait: float) -> None:
        """Judge the next answer, if one comes in time, and those that lie there already."""
        if not self.flying:
            time.sleep(wait)
            return
        answer = self.workers.take(wait)
        while answer:
            task, reply = answer
            self.flying -= 1
            self._judge(task, reply)
            answer = self.workers.take(0) if self.flying else None

    def _judge(self, task: Task, reply: Reply) -> None:
        if reply.deprecation:
            self.warnings[f"the tenant announces the end of this API: {reply.deprecation}"] = None
        assert task.batch is not None  # noqa: S101 - set when it was launched
        ruling = judge(task.batch, reply, names=self.terms.names)
        self.warnings.update(dict.fromkeys(ruling.warnings))
        if ruling.verdict == "settled":
            self._settle(task, ruling)
        elif ruling.verdict == "again":
            self._again(task, ruling)
        elif ruling.verdict == "halve":
            self._halve(task, ruling)
        else:
            self.ending = self.ending or Ending("refused", ruling.why)

    def _settle(self, task: Task, ruling: Ruling) -> None:
        for outcome in (*self.unproven, (task, ruling)):
            self.record.settle(*outcome)
        self.unproven = []
        self.proven = self.took = True
        self.pace.succeeded()

    def _again(self, task: Task, ruling: Ruling) -> None:
        """Repeat the same body later; one that fails while others succeed is cut smaller instead."""
        due = self.pace.failed(task.tries, ruling.wait)
        kind = "refused" if ruling.cause == "odd-answer" and not self.proven else "incomplete"
        may_be_a_row = ruling.cause.startswith("status-5") and ruling.cause not in OVERLOADED
        alone = self.pace.successes == task.successes
        if task.tries < self._tries(task, may_be_a_row=may_be_a_row):
            heapq.heappush(self.waiting, (due, task.part, replace(task, batch=None)))
        elif len(task) > ONE and (may_be_a_row or not alone):
            self._split(task, suspect=True)
        elif alone:
            self._stop(kind, ruling.why)
        else:
            self.unclear.append(ruling.why)
        if (why := self.pace.exhausted()) and not self.ending:
            self._stop(kind, f"{why}; the last trouble: {ruling.why}")

    def _tries(self, task: Task, *, may_be_a_row: bool) -> int:
        """Tell how often the same body may be posted."""
        if task.suspect and len(task) > ONE:
            return ONE
        return min(ERROR_TRIES, self.terms.attempts) if may_be_a_row else self.terms.attempts

    def _halve(self, task: Task, ruling: Ruling) -> None:
        """Look for the row at fault; a single row is refused once it is proven that others are not."""
        self.pace.barren += 1
        self.pace.failures = 0
        size = len(task)
        if ruling.cause == "too-large":
            self.rows_max = max(ONE, min(self.rows_max, size // 2))
        if size > ONE:
            self._split(task)
        elif not ruling.refusals:
            self.unclear.append(ruling.why)
        elif self.proven:
            self.record.settle(task, ruling)
        else:
            self.unproven.append((task, ruling))
        if self.pace.barren >= BARREN and not self.ending:
            self._stop(
                "refused",
                f"{BARREN} requests in a row were refused, down to single rows; the last answer: {ruling.why}",
            )

    def _split(self, task: Task, *, suspect: bool = False) -> None:
        for half in self.record.split(task, suspect=suspect):
            heapq.heappush(self.waiting, (0.0, half.part, half))

    def _check_pace(self) -> None:
        if not self.ending and self._has_work() and (why := self.pace.exhausted()):
            self._stop("incomplete", why)

    def _stop(self, kind: str, why: str) -> None:
        wait = self.pace.asked_until - self.pace.clock()
        not_before = (
            (datetime.now(UTC) + timedelta(seconds=wait)).isoformat(timespec="seconds") if wait > 0 else None
        )
        self.ending = self.ending or Ending(kind, why, not_before)

    def _drain(self, grace: float) -> None:
        """Settle what is still under way, launching nothing."""
        until = self.pace.clock() + grace
        while self.flying and (left := until - self.pace.clock()) > 0:
            self._collect(min(left, LOOK_UP))
            self._commit()
        self._commit()

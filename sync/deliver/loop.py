"""Delivers one run: launches what may go, judges what comes back, and leaves the rest pending for the next run.

One thread decides and writes the ledger; workers only post. Every order stands in the ledger before its request leaves,
and every outcome is committed before it counts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sync.client import encode
from sync.deliver.pace import BARREN, Pace, Terms
from sync.deliver.record import Record, Task
from sync.deliver.signals import Signals
from sync.deliver.work import Work
from sync.deliver.workers import Workers
from sync.ledger import batches
from sync.reconciler import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.deliver.outbox import Outbox
    from sync.ledger.book import Ledger
    from sync.rows import Reply, Ruling

GRACE = 15.0  # seconds that requests under way get to settle when the run is told to end
LONG = 600.0  # and otherwise: each of them has its own deadline
LOOK_UP = 0.5  # seconds between looks at whether the run is told to end
ONE = 1
ERROR_TRIES = 2  # a 500 may be one row's doing (api.md A15): fewer tries, then smaller bodies
OVERLOADED = {
    "timeout",
    "status-502",
    "status-503",
    "status-504",
}  # the tenant's own trouble, unless it stays


@dataclass(frozen=True, slots=True)
class Ending:
    """How a delivery ended; kind is done, incomplete (the next run goes on), refused (a person must act) or interrupted."""

    kind: str
    why: str = ""
    not_before: str | None = None
    alone: bool = False  # the trouble is this run's own: other runs may go on
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The way to the tenant, for one command: how to post, and what was lived through so far."""

    post: Callable[[bytes], Reply]
    pace: Pace


class Delivery:
    """One delivery of one run's send list; use `go` once."""

    def __init__(
        self,
        run: str,
        outbox: Outbox,
        ledger: Ledger,
        terms: Terms,
        *,
        line: Line,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.run, self.outbox, self.ledger, self.terms = run, outbox, ledger, terms
        self.pace = line.pace
        self.record = Record(run, outbox, ledger, unknown=terms.unknown)
        self.workers: Workers[Task] = Workers(line.post, terms.workers)
        self.progress = progress or (lambda _settled, _total: None)
        self.work = Work(
            outbox, terms, opened=batches.open_ranges(ledger, run), frontier=batches.frontier(ledger, run)
        )
        self.flying = 0
        self.settled = batches.tally(ledger, run).settled
        self.taken = batches.has_success(ledger, run)  # the tenant took some rows of this run
        self.unproven: list[
            tuple[Task, Ruling]
        ] = []  # single rows that were refused since anything succeeded
        self.unclear: list[str] = []  # single rows whose outcome no answer tells
        self.ending: Ending | None = None
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
        return replace(self._end(), warnings=tuple(self.warnings))

    @property
    def _proven(self) -> bool:
        """Whether the tenant takes anything at all, so that a refusal is the row's own."""
        return self.pace.barren < BARREN and (self.taken or self.pace.successes > 0)

    def _has_work(self) -> bool:
        return bool(self.flying) or self.work.left(self.pace)

    def _end(self) -> Ending:
        """Everything was tried: tell whether everything is settled."""
        if self._proven:
            self._settle_refused()
            self._commit()
        words = [ruling.why for _, ruling in self.unproven] + self.unclear
        words += ["each of them failed whenever it was sent"] * self.work.set_aside
        if not words:
            return Ending("done")
        if self._proven or not self.unproven:
            return Ending("incomplete", f"{len(words)} rows have no clear outcome: {words[0]}", alone=True)
        return Ending("refused", f"no request succeeded: {words[0]}", alone=True)

    def _settle_refused(self) -> None:
        for outcome in self.unproven:
            self.record.settle(*outcome)
        self.unproven = []

    # --- out

    def _launch(self) -> None:
        """Put what may go on record, and with it the outcomes that came, in one commit; then post it."""
        tasks: list[Task] = []
        while (
            self.flying + len(tasks) < self.pace.in_flight
            and self.pace.clock() >= self.pace.pause_until
            and (task := self.work.next(self.pace)) is not None
        ):
            if task.size == 0:
                self.record.supersede(task.part)
                continue
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

    def _patience(self) -> float:
        """Tell how long nothing can happen but an answer."""
        until = self.pace.out_of_time
        if self.flying < self.pace.in_flight:
            until = min(max(self.work.due(self.pace), self.pace.pause_until), until)
        return min(max(until - self.pace.clock(), 0.001), LOOK_UP)

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
        self._settle_refused()
        self.record.settle(task, ruling)
        self.pace.succeeded()

    def _again(self, task: Task, ruling: Ruling) -> None:
        """Repeat the same body later; one that fails while others succeed, or always, is cut smaller instead."""
        single = task.size == ONE
        due = self.pace.failed(task.tries, ruling.wait, expected=task.tired and single)
        kind = "refused" if ruling.cause == "odd-answer" and not self._proven else "incomplete"
        alone = self.pace.successes == task.successes
        if task.tries < self._tries(task, ruling.cause):
            self.work.add(replace(task, batch=None), due)
        elif not single and (_may_be_a_row(task, ruling.cause) or not alone):
            self._split(task, tired=True)
        elif alone and not task.tired:
            self._stop(kind, ruling.why, alone=True)
        else:
            self.unclear.append(ruling.why)
        if (why := self.pace.exhausted()) and (not self.ending or self.ending.alone):
            self._stop(kind, f"{why}; the last trouble: {ruling.why}")

    def _tries(self, task: Task, cause: str) -> int:
        """Tell how often the same body may be posted."""
        if task.tired:
            return ONE
        return min(ERROR_TRIES, self.terms.attempts) if _may_be_a_row(task, cause) else self.terms.attempts

    def _halve(self, task: Task, ruling: Ruling) -> None:
        """Look for the row at fault; a single row is refused once it is proven that others are not."""
        self.pace.barren += 1
        self.pace.failures = 0
        if ruling.cause == "too-large":
            self.work.rows_max = max(ONE, min(self.work.rows_max, task.size // 2))
        if task.size > ONE:
            self._split(task)
        elif ruling.refusals:
            self.unproven.append((task, ruling))
        else:
            self.unclear.append(ruling.why)
        if self.pace.barren >= BARREN and not self.ending:
            self._stop(
                "refused",
                f"{BARREN} requests in a row were refused, down to single rows; the last answer: {ruling.why}",
            )

    def _split(self, task: Task, *, tired: bool = False) -> None:
        for half in self.record.split(task, tired=tired):
            self.work.add(half)

    def _check_pace(self) -> None:
        if not self.ending and self._has_work() and (why := self.pace.exhausted()):
            self._stop("incomplete", why)

    def _stop(self, kind: str, why: str, *, alone: bool = False) -> None:
        wait = self.pace.asked_until - self.pace.clock()
        not_before = (
            (datetime.now(UTC) + timedelta(seconds=wait)).isoformat(timespec="seconds") if wait > 0 else None
        )
        if self.ending is None or self.ending.alone:
            self.ending = Ending(kind, why, not_before, alone)

    def _drain(self, grace: float) -> None:
        """Settle what is still under way, launching nothing."""
        until = self.pace.clock() + grace
        while self.flying and (left := until - self.pace.clock()) > 0:
            self._collect(min(left, LOOK_UP))
            self._commit()
        self._commit()


def _may_be_a_row(task: Task, cause: str) -> bool:
    """Tell whether a failure may be the doing of one row in the body: a 500 at once, others if they never end."""
    return (cause.startswith("status-5") and cause not in OVERLOADED) or (task.tired and cause in OVERLOADED)

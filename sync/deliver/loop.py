"""Delivers one run: launches what may go, judges what comes back, and leaves the rest pending for the next run.

One thread decides and writes the ledger; workers only post. Every order stands in the ledger before its request leaves,
and every outcome is committed before it counts.
"""

from __future__ import annotations

import hashlib
import heapq
import random as dice
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sync import batcher
from sync.client import encode
from sync.deliver.pace import BARREN, Pace, Terms
from sync.deliver.workers import Workers
from sync.ledger import batches, rejected, runs
from sync.reconciler import judge
from sync.rows import Tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.deliver.outbox import Outbox, Range
    from sync.ledger.book import Ledger
    from sync.rows import Batch, Reply, Ruling

GRACE = 15.0  # seconds that requests under way get to settle when the run is told to end
IDLE = 60.0
ONE = 1


@dataclass(frozen=True, slots=True)
class Ending:
    """How a delivery ended; kind is done, incomplete (the next run goes on), refused (a person must act) or interrupted."""

    kind: str
    why: str = ""
    not_before: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A batch that is to be posted: from when, and how often it was."""

    part: Range
    tries: int = 0
    successes: int = 0  # of the run when this batch was first posted
    batch: Batch | None = None


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
        self.workers: Workers[Task] = Workers(post, terms.workers)
        self.progress = progress or (lambda _settled, _total: None)
        self.waiting: list[tuple[float, Range, Task]] = [
            (0.0, part, Task(part)) for part in batches.open_ranges(ledger, run)
        ]
        self.frontier = batches.frontier(ledger, run)
        self.rows_max = terms.batch_rows
        self.flying = 0
        self.settled = batches.tally(ledger, run).settled
        self.proven = batches.has_success(ledger, run)  # the tenant takes at least some rows of this run
        self.unproven: list[
            tuple[Task, Ruling]
        ] = []  # single rows that were refused before anything succeeded
        self.unclear: list[str] = []  # single rows whose outcome no answer tells
        self.ending: Ending | None = None
        self.warnings: dict[str, None] = {}

    def go(self) -> Ending:
        """Deliver until everything is settled or there is a reason to stop."""
        try:
            while not self.ending and self._has_work():
                self._launch()
                self._collect(self._patience())
                self._check_pace()
            self._drain(IDLE * 10)
        except KeyboardInterrupt:
            self.ending = Ending("interrupted", "the run was told to end")
            self._drain(GRACE)
        finally:
            self.workers.stop()
        return replace(self.ending or self._end(), warnings=tuple(self.warnings))

    def _has_work(self) -> bool:
        return bool(self.flying or self.waiting or self.frontier < len(self.outbox))

    def _end(self) -> Ending:
        """Everything was tried: tell whether everything is settled."""
        words = [ruling.why for _, ruling in self.unproven] + self.unclear
        if not words:
            return Ending("done")
        if self.proven:
            return Ending("incomplete", f"{len(words)} rows have no clear outcome: {words[0]}")
        return Ending("refused", f"no request succeeded: {words[0]}")

    # --- out

    def _launch(self) -> None:
        """Put what may go on record, all in one commit, then post it."""
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
        if not tasks:
            return
        bodies = [
            encode(task.batch, source=self.terms.source, notes=self.terms.notes, names=self.terms.names)
            for task in tasks
            if task.batch
        ]
        retried = sum(task.tries > 1 for task in tasks)
        with self.ledger.transaction():
            for task, body in zip(tasks, bodies, strict=True):
                batches.sending(
                    self.ledger, self.run, task.part, body_sha256=hashlib.sha256(body).hexdigest(), at=_now()
                )
            runs.count_requests(self.ledger, self.run, sent=len(tasks), retried=retried)
        self.pace.sent += len(tasks)
        self.pace.retried += retried
        for task, body in zip(tasks, bodies, strict=True):
            self.flying += 1
            self.workers.give(task, body)

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
        due = min((item[0] for item in self.waiting[:1]), default=now + IDLE)
        free = max(due if self.frontier >= len(self.outbox) else now, self.pace.pause_until)
        until = (
            self.pace.out_of_time if self.flying >= self.pace.in_flight else min(free, self.pace.out_of_time)
        )
        return min(max(until - now, 0.001), IDLE)

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
            self._settle([*self.unproven, (task, ruling)])
            self.unproven = []
        elif ruling.verdict == "again":
            self._again(task, ruling)
        elif ruling.verdict == "halve":
            self._halve(task, ruling)
        else:
            self.ending = self.ending or Ending("refused", ruling.why)

    def _settle(self, outcomes: list[tuple[Task, Ruling]]) -> None:
        with self.ledger.transaction():
            for task, ruling in outcomes:
                refused = self.outbox.rejects(task.part, ruling.refusals, unknown=self.terms.unknown)
                rejected.add(self.ledger, self.run, refused)
                batches.settle(
                    self.ledger,
                    self.run,
                    task.part,
                    _tally(task, ruling, [item.position for item in refused if item.unknown], len(refused)),
                    at=_now(),
                )
        self.settled += sum(task.part[1] - task.part[0] for task, _ in outcomes)
        self.proven = True
        self.pace.succeeded()
        self.progress(self.settled, len(self.outbox))

    def _again(self, task: Task, ruling: Ruling) -> None:
        """Repeat the same body later; one that fails while others succeed is cut smaller instead."""
        due = self.pace.failed(task.tries, ruling.wait)
        if task.tries < self.terms.attempts:
            heapq.heappush(self.waiting, (due, task.part, replace(task, batch=None)))
        elif self.pace.successes == task.successes:
            self._stop(
                "refused" if ruling.cause == "odd-answer" and not self.proven else "incomplete", ruling.why
            )
        elif task.part[1] - task.part[0] > ONE:
            self._split(task)
        else:
            self.unclear.append(ruling.why)
        if (why := self.pace.exhausted()) and not self.ending:
            self._stop("incomplete", f"{why}; the last trouble: {ruling.why}")

    def _halve(self, task: Task, ruling: Ruling) -> None:
        """Look for the row at fault; a single row is refused once it is proven that others are not."""
        self.pace.barren += 1
        self.pace.failures = 0
        size = task.part[1] - task.part[0]
        if ruling.cause == "too-large":
            self.rows_max = max(ONE, min(self.rows_max, size // 2))
        if size > ONE:
            self._split(task)
        elif not ruling.refusals:
            self.unclear.append(ruling.why)
        elif self.proven:
            self._settle([(task, ruling)])
        else:
            self.unproven.append((task, ruling))
        if self.pace.barren >= BARREN and not self.ending:
            self._stop(
                "refused",
                f"{BARREN} requests in a row were refused, down to single rows; the last answer: {ruling.why}",
            )

    def _split(self, task: Task) -> None:
        parts = batcher.halves(*task.part)
        with self.ledger.transaction():
            batches.split(self.ledger, self.run, task.part, parts)
        for part in parts:
            heapq.heappush(self.waiting, (0.0, part, Task(part)))

    def _check_pace(self) -> None:
        if not self.ending and self._has_work() and (why := self.pace.exhausted()):
            self._stop("incomplete", why)

    def _stop(self, kind: str, why: str) -> None:
        wait = self.pace.pause_until - self.pace.clock()
        not_before = (
            (datetime.now(UTC) + timedelta(seconds=wait)).isoformat(timespec="seconds") if wait > 0 else None
        )
        self.ending = self.ending or Ending(kind, why, not_before)

    def _drain(self, grace: float) -> None:
        """Settle what is still under way, launching nothing."""
        until = self.pace.clock() + grace
        while self.flying and (left := until - self.pace.clock()) > 0:
            self._collect(min(left, IDLE))


def _tally(task: Task, ruling: Ruling, unknown: list[int | None], rows: int) -> Tally:
    pairs = len(set(unknown))
    refused = len(ruling.refusals) - pairs
    return Tally(
        accepted=task.part[1] - task.part[0] - len(ruling.refusals),
        refused_pairs=refused,
        refused_rows=rows - len(unknown),
        unknown_pairs=pairs,
        unknown_rows=len(unknown),
        created=ruling.created,
        updated=ruling.updated,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

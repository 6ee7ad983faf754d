"""One answer after the other: settled, posted again, cut smaller or left unknown; and how a delivery ends because of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sync.deliver.pace import BARREN
from sync.deliver.steps import SLOW, next_step, suspect
from sync.deliver.telling import unsettled
from sync.ledger import tenants
from sync.reconciler import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.deliver.doubts import Doubts
    from sync.deliver.pace import Pace, Terms
    from sync.deliver.record import Record
    from sync.deliver.sizes import Sizes
    from sync.deliver.task import Task
    from sync.deliver.work import Work
    from sync.ledger.book import Ledger
    from sync.replies import Reply, Ruling

WORTH_KEEPING = 1.0  # seconds; a shorter wait is over before the next command begins
ONE = 1
UNCOUNTED = {"counts", "unmatched"}  # causes of an answer that does not tell which rows were taken
UNREACHED = {"refused", "dns", "connect"}  # causes without a connection
HELD = "a row was refused after an attempt without an answer, and the tenant holds the quantity that was sent, or cannot be read now"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a delivery ended; kind is done, incomplete (the next run goes on), refused (a person must act), held or interrupted."""

    kind: str
    why: str = ""
    not_before: str | None = None
    alone: bool = False  # the trouble is this run's own: other runs may go on
    warnings: tuple[str, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)  # why it is held: rows, of


@dataclass(frozen=True, slots=True)
class Line:
    """The way to the tenant, for one command: how to post, and what was lived through so far."""

    post: Callable[[bytes], Reply]
    pace: Pace
    sizes: Sizes
    tenant: str  # its identity


class Answers:
    """What the tenant's answers come to; `ending` is there once a reason to stop is."""

    def __init__(self, record: Record, work: Work, terms: Terms, *, line: Line, doubts: Doubts) -> None:
        self._record, self._work, self._terms, self._doubts = record, work, terms, doubts
        self._pace, self._sizes, self._tenant = line.pace, line.sizes, line.tenant
        self._kept = (self._sizes.learnt, self._pace.asked_until)
        self.unproven: list[tuple[Task, Ruling]] = []  # single rows refused since anything succeeded
        self._confused: list[str] = []  # single rows whose answers do not add up
        self._unclear: list[str] = []  # other single rows without an outcome
        self.ending: Ending | None = None
        self.warnings: dict[str, None] = {}

    def take(self, task: Task, reply: Reply, *, proven: bool) -> None:
        """Judge an answer; `proven`: the tenant takes rows, so that a refusal is the row's own."""
        if reply.deprecation:
            self.warnings[f"the tenant announces the end of this API: {reply.deprecation}"] = None
        assert task.batch is not None  # noqa: S101 - set when it was launched
        ruling = judge(task.batch, reply, names=self._terms.names)
        self.warnings.update(dict.fromkeys(ruling.warnings))
        self._act(replace(task, then=None, batch=None), ruling, proven=proven)
        self.go_on_after(task, clean=ruling.verdict == "settled" and not ruling.refusals)

    def _act(self, task: Task, ruling: Ruling, *, proven: bool) -> None:
        if ruling.verdict != "settled":
            self._record.tell("unsettled", task.part, unsettled(task, ruling))
        if ruling.verdict == "settled":
            self._settle(task, ruling)
        elif ruling.verdict == "again":
            unreached = ruling.cause in UNREACHED
            if unreached:
                self._record.unsent(task)
            unanswered = task.unanswered or not unreached
            self._again(replace(task, failed=task.failed + 1, unanswered=unanswered), ruling, proven=proven)
        elif ruling.verdict == "halve":
            unanswered = task.unanswered or ruling.cause in UNCOUNTED
            self._halve(replace(task, unanswered=unanswered), ruling)
        else:
            self.ending = self.ending or Ending("refused", ruling.why)

    def _settle(self, task: Task, ruling: Ruling) -> None:
        self.settle_refused()
        self._believe(task, ruling)
        self._pace.succeeded()
        self._sizes.taken(task.size, task.length, self._pace.clock() - task.posted)

    def settle_refused(self) -> None:
        """Settle the single rows that were refused: the tenant takes others."""
        for outcome in self.unproven:
            self._believe(*outcome)
        self.unproven = []

    def _believe(self, task: Task, ruling: Ruling) -> None:
        """Put an outcome on record, or keep it until the tenant was read back."""
        self._record.unknowns.note(task.size, ruling)
        if self._doubts.concern(task, ruling):
            self._doubts.keep(task, ruling)
        else:
            self._record.settle(task, ruling)

    def look_back(self) -> bool:
        """Read back what another request may have changed; tell whether any of it has to go again."""
        looked = self._doubts.look()
        self.warnings.update(dict.fromkeys(looked.warnings))
        for outcome in looked.holds:
            self._record.settle(*outcome)
        for task in looked.stale:
            self._pace.retried += 1
            self._work.add(task)
        for task in looked.held:
            if task.size > ONE:
                self.split(task)
            else:
                self._unclear.append(HELD)
        return bool(looked.stale) or any(task.size > ONE for task in looked.held)

    def _again(self, task: Task, ruling: Ruling, *, proven: bool) -> None:
        """Repeat the same body later; one that fails while others succeed, or always, is cut smaller instead."""
        kind = "refused" if ruling.cause == "odd-answer" and not proven else "incomplete"
        # every worker may have kept a connection that the tenant had closed
        if ruling.cause == "stale" and task.tries < max(self._terms.attempts, 2):
            self._repeat(replace(task, failed=task.failed - 1), ruling, kind, due=0.0)
            return
        alone, attempts = self._pace.successes == task.successes, self._terms.attempts
        own = task.tired or (not alone and suspect(task, ruling.cause, attempts=attempts))
        due = self._pace.failed(task.tries, ruling.wait, expected=own and task.size == ONE)
        if ruling.cause in SLOW:
            self._sizes.timed_out(task.size)
        step = next_step(task, ruling.cause, alone=alone, attempts=attempts)
        if ruling.cause in SLOW and task.size > self._sizes.rows:
            self.split(replace(task, failed=0))
        elif step == "repeat":
            self._repeat(task, ruling, kind, due=due)
        elif step == "split":
            self.split(task, doubted=True)
        elif step == "stop":
            self.stop(kind, ruling.why, alone=True)
        else:
            self._unclear.append(ruling.why)
        if why := self._pace.exhausted():
            self.stop(kind, f"{why}; the last trouble: {ruling.why}")

    def _repeat(self, task: Task, ruling: Ruling, kind: str, *, due: float) -> None:
        if self._pace.may_repeat:
            self._pace.retried += 1
            self._work.add(task, due)
        else:
            self.stop(kind, f"{self._pace.budget_spent}; the last trouble: {ruling.why}")

    def _halve(self, task: Task, ruling: Ruling) -> None:
        """Look for the row at fault; a single row is refused once it is proven that others are not."""
        self._pace.barren += 1
        self._pace.failures = 0
        of_size = ruling.cause == "too-large" and task.size > ONE and self._sizes.too_large(task.length)
        if not of_size:
            self._sizes.doubted(task.size)
        if task.size > ONE:
            self.split(task, doubted=not of_size and ruling.cause != "counts")
        elif ruling.refusals:
            self.unproven.append((task, ruling))
        else:
            self._confused.append(ruling.why)
        if self._pace.barren >= BARREN and not self.ending:
            tried = f"{BARREN} requests in a row were refused, whole batches and parts of them"
            self.stop("refused", f"{tried}; the last answer: {ruling.why}")

    def split(self, task: Task, *, doubted: bool = False) -> None:
        """Go on with two halves; where a row is at fault, the second waits for what becomes of the first."""
        first, second = self._record.split(task)
        if doubted:
            self._work.add(replace(first, then=second))
        else:
            self._work.add(second)
            self._work.add(first)

    def go_on_after(self, task: Task, *, clean: bool) -> None:
        """Take up the other half: if this one is clean, the fault lies there, and it is known without posting it whole."""
        if task.then and clean and task.then.size > ONE:
            self.split(task.then, doubted=True)
        elif task.then:
            self._work.add(task.then)

    def keep_lessons(self, ledger: Ledger) -> None:
        """Write down for later commands what the tenant taught."""
        learnt, asked_until = self._sizes.learnt, self._pace.asked_until
        if (learnt, asked_until) == self._kept:
            return
        now, wait = datetime.now(UTC), asked_until - self._pace.clock()
        with ledger.transaction():
            if learnt != self._kept[0]:
                rows, length = learnt
                tenants.keep_sizes(ledger, self._tenant, rows_max=rows, bytes_max=length, now=now)
            if asked_until != self._kept[1] and wait >= WORTH_KEEPING:
                tenants.keep_wait(ledger, self._tenant, wait, now=now)
        self._kept = (learnt, asked_until)

    def stop(self, kind: str, why: str, *, alone: bool = False) -> None:
        """Note a reason to stop, unless there is a graver one."""
        if self.ending is None or (self.ending.alone and not alone):
            wait = self._pace.asked_until - self._pace.clock()
            moment = datetime.now(UTC) + timedelta(seconds=wait)
            self.ending = Ending(kind, why, moment.isoformat(timespec="seconds") if wait > 0 else None, alone)

    def hold(self, why: str, numbers: dict[str, int]) -> None:
        """Leave the rest to a person; other runs may go on."""
        self.ending = self.ending or Ending("held", why, alone=True, numbers=numbers)

    def end(self, *, proven: bool) -> Ending:
        """Everything was tried: tell whether everything is settled."""
        if proven:
            self.settle_refused()
            self.look_back()
        words = [ruling.why for _, ruling in self.unproven] or self._confused
        if words and (self.unproven or self._pace.successes == 0):
            return Ending("refused", f"no request succeeded: {words[0]}", alone=True)
        words = words + self._unclear + ["they failed whenever they were sent"] * bool(self._work.set_aside)
        if not words:
            return Ending("done")
        return Ending("incomplete", f"the outcome of some rows is not known: {words[0]}", alone=True)

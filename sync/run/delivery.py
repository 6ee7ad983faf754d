"""Delivers the pending runs of a tenant, the newest as-of first: what it sends for a pair is not sent of an older one."""

from __future__ import annotations

import random as dice
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from sync import report
from sync.deliver.doubts import Doubts
from sync.deliver.loop import Delivery, Ending, Line
from sync.deliver.outbox import NO_POSITIONS, Outbox
from sync.deliver.pace import Pace, Terms
from sync.deliver.sizes import Sizes
from sync.errors import OurBug
from sync.ledger import batches, rejected, runs, tenants
from sync.logs import Log
from sync.run import zeroing
from sync.run.batchlog import batch_lines
from sync.run.changes import leave_unchanged
from sync.run.failing import failing_rows
from sync.run.howfar import SENDING, HowFar
from sync.run.journal import close, timed
from sync.run.lookingback import LookingBack
from sync.run.outdated import end_outdated
from sync.run.stock import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from sync.client import Client
    from sync.config import Settings
    from sync.rows import Run
    from sync.run.desk import Desk

EXAMPLES = 3
STOPS_ALL = {"incomplete", "refused", "interrupted"}
log = Log()


def deliver_all(desk: Desk, pending: Iterable[Run]) -> list[dict[str, Any]]:
    """Deliver runs in order and close each; once the tenant fails, the others wait. Gives their reports."""
    todo = list(pending)
    if not any(_pending(desk, run) for run in todo):
        return [close(desk, run) for run in todo]
    with desk.tenant.connect() as client:
        reports = _Round(desk, client).go(todo)
    end_outdated(desk)
    return reports


class _Round:
    """One command's deliveries: what one of them lives through with the tenant holds for the others."""

    def __init__(self, desk: Desk, client: Client) -> None:
        self._desk, self._client = desk, client
        self._terms = _terms(desk.settings)
        self._pace = Pace(self._terms, clock=time.monotonic, random=dice.random)
        self._stopped: Ending | None = None
        known = tenants.lessons(desk.ledger, desk.tenant.identity, now=datetime.now(UTC))
        if known.wait:
            self._pace.asked_for(known.wait)
        sizes = Sizes(self._terms, rows=known.rows_max, length=known.bytes_max)
        self._line = Line(client.post, self._pace, sizes, desk.tenant.identity)

    def go(self, todo: Sequence[Run]) -> list[dict[str, Any]]:
        """Deliver each run; those that were refused before anything succeeded are settled at the end."""
        reports: dict[str, dict[str, Any]] = {}
        unproven: list[tuple[Run, Delivery]] = []
        for run in sorted(todo, key=lambda run: run.zeroes):  # what is gone from a file goes after it
            started = time.perf_counter()
            delivery = None if self._stopped else self._delivery(run)
            ending = self._end(run, delivery)
            if ending.kind == "held":
                run = _held(self._desk, run, ending)  # noqa: PLW2901 - the same run, further on
            run = timed(_ended(run, ending), send=time.perf_counter() - started)  # noqa: PLW2901 - likewise
            if delivery:
                run = self._with_failing(run, delivery)  # noqa: PLW2901 - likewise
            reports[run.run] = close(self._desk, run)
            if delivery and delivery.unproven:
                unproven.append((run, delivery))
        for run, delivery in unproven if self._pace.takes_rows else ():
            reports[run.run] = close(self._desk, _ended(run, delivery.prove()))
        return list(reports.values())

    def _end(self, run: Run, delivery: Delivery | None) -> Ending:
        if not _pending(self._desk, run):
            return Ending("done")
        if zeroing.waits(self._desk.ledger, run):
            return Ending("incomplete", zeroing.WAITS, alone=True)
        if delivery is None:
            assert self._stopped  # noqa: S101 - nothing else keeps a run with rows from being delivered
            return self._stopped
        ending = delivery.go()
        if ending.kind in STOPS_ALL and not ending.alone:
            self._stopped = ending
        return ending

    def _with_failing(self, run: Run, delivery: Delivery) -> Run:
        """Say of a run that is not finished which of its rows fail whenever they are sent."""
        ledger, attempts = self._desk.ledger, self._terms.attempts
        count, words = failing_rows(ledger, delivery.outbox, run, attempts=attempts)
        pending = _pending(self._desk, run)
        if run.ending != "incomplete" or not count:
            return run
        return replace(run, ending="failing" if count == pending else run.ending, why=(*run.why, *words))

    def _doubts(self, run: Run, outbox: Outbox) -> Doubts:
        """Prepare to read back the pairs that another request may have changed."""
        tenant = self._desk.settings.tenant
        back = LookingBack(lambda: Reader(self._client, tenant.retry, tenant.field_names))
        return Doubts(outbox, self._desk.memory.doubtful(run), back)

    def _old(self, run: Run) -> npt.NDArray[np.int64]:
        """Give the positions that do not go any more, where anything is to go at all."""
        desk = self._desk
        if not _pending(desk, run):
            return NO_POSITIONS
        left_out = zeroing.left_out(desk.ledger, run, desk.settings.state)
        return np.union1d(desk.memory.superseded(run), left_out)

    def _delivery(self, run: Run) -> Delivery | None:
        desk = self._desk
        leave_unchanged(desk, run)
        folder = desk.staging / run.run
        outbox = Outbox(folder, run, names=desk.settings.tenant.field_names, superseded=self._old(run))
        if len(outbox) != run.to_send:
            raise OurBug(
                f"run {run.run}: {run.to_send} rows are to be sent, but its file in {folder} holds {len(outbox)}"
            )
        if not _pending(desk, run) or zeroing.waits(desk.ledger, run):
            return None
        log.info("delivering", run=run.run, file=run.file, pairs=run.to_send)
        delivery = Delivery(
            outbox,
            desk.ledger,
            replace(self._terms, source=run.source, notes=run.notes, unknown=run.unknown),
            line=self._line,
            doubts=self._doubts(run, outbox),
            progress=partial(_tell, desk, run),
        )
        delivery.record.tell = batch_lines(run)
        return delivery


def _tell(desk: Desk, run: Run, settled: int, total: int, rejected: int) -> None:
    desk.progress(HowFar(run.run, run.file, SENDING, settled, total, rejected))


def _pending(desk: Desk, run: Run) -> int:
    return report.pending(run, batches.tally(desk.ledger, run.run, rejects=False))


def _terms(settings: Settings) -> Terms:
    tenant = settings.tenant
    return Terms(
        workers=tenant.workers,
        batch_rows=tenant.batch_rows,
        batch_rows_max=tenant.batch_rows_max,
        batch_bytes=tenant.batch_bytes,
        attempts=tenant.retry.attempts,
        base=tenant.retry.base,
        longest=tenant.retry.max,
        deadline=tenant.retry.deadline,
        names=tenant.field_names,
        timeout=tenant.timeout,
    )


def _held(desk: Desk, run: Run, ending: Ending) -> Run:
    """Say why the rest of a run waits for a person."""
    first = islice(rejected.of_run(desk.ledger, run.run), EXAMPLES)
    examples = [f"({item.location_code}, {item.sku_code}): {item.problems[0].value}" for item in first]
    guard = {
        "guard": "unknown",
        "location": None,
        "numbers": ending.why,
        "values": ending.numbers,
        "examples": examples,
    }
    return replace(run, guards=(*run.guards, guard), most_unknown=None)


def _ended(run: Run, ending: Ending) -> Run:
    """Write down how the delivery ended."""
    kind = "" if ending.kind in ("done", "held") else ending.kind
    return replace(
        run,
        ending=kind,
        why=(ending.why,) if ending.why and kind else (),
        not_before=ending.not_before,
        warnings=tuple(dict.fromkeys((*run.warnings, *ending.warnings))),
    )


def pending_runs(desk: Desk) -> list[Run]:
    """List the pending runs of the desk's tenant in the order of delivery; not those of which all that is left is held."""
    return [run for run in runs.unsettled(desk.ledger, desk.tenant.identity) if not run.ended]

"""Delivers the pending runs of a tenant, the oldest as-of first, so that the newest value of a pair is sent last."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from sync.deliver.loop import Delivery, Ending
from sync.deliver.outbox import Outbox
from sync.deliver.pace import Terms
from sync.errors import OurBug
from sync.ledger import runs
from sync.run.journal import close, timed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.client import Client
    from sync.config import Settings
    from sync.rows import Run
    from sync.run.desk import Desk

STOPS_ALL = {"incomplete", "refused", "interrupted"}
log = structlog.get_logger()


def deliver_all(desk: Desk, pending: Iterable[Run]) -> list[dict[str, Any]]:
    """Deliver runs in order and close each; once the tenant fails, the others wait. Gives their reports."""
    reports: list[dict[str, Any]] = []
    stopped: Ending | None = None
    todo = list(pending)
    if not any(run.to_send for run in todo):
        return [close(desk, run) for run in todo]
    with desk.tenant.connect() as client:
        for run in todo:
            started = time.perf_counter()
            ending = stopped if stopped and run.to_send else _deliver(desk, run, client)
            if ending.kind in STOPS_ALL and not ending.alone:
                stopped = ending
            reports.append(close(desk, timed(_ended(run, ending), send=time.perf_counter() - started)))
    return reports


def _deliver(desk: Desk, run: Run, client: Client) -> Ending:
    folder = desk.staging / run.run
    outbox = Outbox(folder, run, names=desk.settings.tenant.field_names)
    if len(outbox) != run.to_send:
        raise OurBug(
            f"run {run.run}: {run.to_send} rows are to be sent, but its file in {folder} holds {len(outbox)}"
        )
    if not len(outbox):
        return Ending("done")
    terms = _terms(desk.settings, run)
    log.info("delivering", run=run.run, file=run.file, pairs=run.to_send)
    return Delivery(
        run.run, outbox, desk.ledger, terms, post=client.post, progress=partial(desk.progress, run.run)
    ).go()


def _terms(settings: Settings, run: Run) -> Terms:
    tenant = settings.tenant
    return Terms(
        workers=tenant.workers,
        batch_rows=tenant.batch_rows,
        batch_bytes=tenant.batch_bytes,
        attempts=tenant.retry.attempts,
        base=tenant.retry.base,
        longest=tenant.retry.max,
        deadline=tenant.retry.deadline,
        source=run.source,
        notes=run.notes,
        names=tenant.field_names,
        unknown=run.unknown,
    )


def _ended(run: Run, ending: Ending) -> Run:
    """Write down how the delivery ended."""
    kind = "" if ending.kind == "done" else ending.kind
    return replace(
        run,
        ending=kind,
        why=(ending.why,) if ending.why else (),
        not_before=ending.not_before,
        warnings=tuple(dict.fromkeys((*run.warnings, *ending.warnings))),
    )


def pending_runs(desk: Desk) -> list[Run]:
    """List the pending runs of the desk's tenant in the order of delivery."""
    return runs.unsettled(desk.ledger, desk.tenant.identity)

"""The commands that take runs: resume what is pending, judge rejects again, give up what nobody wants."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sync import staging
from sync.errors import FixSetup, SetAside
from sync.ledger import batches, rejected
from sync.run.delivery import deliver_all, pending_runs
from sync.run.files import new_run, stage_intake
from sync.run.intake import Counter, Options, of_run
from sync.run.journal import close, describe, record, record_failure
from sync.run.lookups import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.mapping.model import Mapping
    from sync.run.desk import Desk


def resume(desk: Desk, name: str | None) -> list[dict[str, Any]]:
    """Finish what is pending: all of the desk's tenant, or one run."""
    pending = pending_runs(desk)
    if name is None:
        return deliver_all(desk, pending)
    run = find(desk.ledger, name)
    if run.tenant != desk.tenant.identity:
        raise FixSetup(
            f"the run {run.run} goes to {run.tenant_shown}, and this command to {desk.tenant.shown}; name that tenant with --tenant"
        )
    if run.state != "staged":
        return [describe(desk.ledger, run)]
    return deliver_all(desk, [run])


def retry(desk: Desk, name: str, mappings: Sequence[Mapping]) -> list[dict[str, Any]]:
    """Judge and send a run's open rejects again, after the cause was mended elsewhere; nothing open: no reports."""
    parent = find(desk.ledger, name)
    if not rejected.count_open(desk.ledger, parent.run):
        _refuse_if_they_stand_elsewhere(desk, parent.run)
        return []
    run = replace(
        new_run(parent.file),
        sha256=parent.sha256,
        tenant=desk.tenant.identity,
        tenant_shown=desk.tenant.shown,
    )
    counter = Counter(mappings, desk.ledger, desk.tenant.identity, desk.tenant.shown, Options(again=True))
    folder = desk.staging / run.run
    folder.mkdir(mode=0o750)
    try:
        intake = of_run(run, parent, counter)
        recorded = record(desk, *stage_intake(intake, folder, time.perf_counter()))
    except SetAside as error:
        staging.remove(folder)
        failed = record_failure(desk, run, error.problems)
        return [describe(desk.ledger, failed)]
    return [
        report
        for report in deliver_all(desk, pending_runs(desk))
        if report["run"] == recorded.run or report["rows"]["pending"]
    ]


def _refuse_if_they_stand_elsewhere(desk: Desk, run: str) -> None:
    """Rejects that were judged again and failed stand in the newer run, with what staff corrected: name it."""
    newer = sorted({key[0] for key in rejected.standing_for(desk.ledger, run).values()})
    if newer:
        raise FixSetup(
            f"the rejects of run {run} were judged again since; what still fails stands in {' and '.join(newer)}: "
            f"type `inventory-sync retry {newer[-1]}`"
        )


def discard(desk: Desk, name: str) -> dict[str, Any]:
    """End a run's pending rows: they are skipped, and nothing of the run is sent any more."""
    run = find(desk.ledger, name)
    if run.state != "staged":
        raise FixSetup(f"the run {run.run} has nothing pending; there is nothing to discard")
    sending = batches.open_ranges(desk.ledger, run.run)
    doubt = (
        (
            f"{sum(stop - start for start, stop in sending)} of the discarded rows were posted before without a clear answer; the tenant may have them",
        )
        if sending
        else ()
    )
    return close(desk, replace(run, discarded=True, ending="", why=(), warnings=(*run.warnings, *doubt)))

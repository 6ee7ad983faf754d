"""The commands that take runs: resume what is pending, judge rejects again."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sync import staging
from sync.errors import FixSetup, SetAside
from sync.ledger import rejected, runs
from sync.rows import Run
from sync.run.delivery import deliver_all, pending_runs
from sync.run.files import new_run, stage_intake
from sync.run.intake import Counter, Options, of_run
from sync.run.journal import describe, record, record_failure
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
    """Judge and send a run's open rejects again, after the cause was mended elsewhere; nothing open: no reports.

    Rejects that were corrected and failed again stand in the run that corrected them: they are judged as they stand there.
    """
    counter = Counter(
        mappings, desk.ledger, desk.tenant.identity, desk.tenant.shown, Options(again=True), desk.memory
    )
    judged = [_judged_again(desk, parent, counter) for parent in _standing_in(desk, find(desk.ledger, name))]
    ended = [report for report in judged if isinstance(report, dict)]
    new = {run.run for run in judged if isinstance(run, Run)}
    if not new:
        return ended
    delivered = deliver_all(desk, pending_runs(desk))
    return ended + [report for report in delivered if report["run"] in new or report["rows"]["pending"]]


def _judged_again(desk: Desk, parent: Run, counter: Counter) -> Run | dict[str, Any]:
    """Stage a run's open rejects and put them on record; the report, where they cannot be taken."""
    run = replace(
        new_run(parent.file),
        sha256=parent.sha256,
        tenant=desk.tenant.identity,
        tenant_shown=desk.tenant.shown,
    )
    folder = desk.staging / run.run
    folder.mkdir(mode=0o750)
    try:
        intake = of_run(run, parent, counter)
        staged = stage_intake(intake, folder, time.perf_counter(), memory=desk.memory, show=desk.progress)
        return record(desk, *staged)
    except SetAside as error:
        staging.remove(folder)
        failed = record_failure(desk, run, error.problems)
        return describe(desk.ledger, failed)


def _standing_in(desk: Desk, run: Run) -> list[Run]:
    """Find the runs in which a run's rejects stand open: itself, and those that corrected it."""
    names = sorted({key[0] for key in rejected.standing_for(desk.ledger, run.run).values()})
    found = [standing for standing in (runs.get(desk.ledger, name) for name in names) if standing]
    own = [standing for standing in found if _corrects(desk, standing, run.run)]
    if names and not own:
        raise FixSetup(
            f"the rejects of run {run.run} were replaced by those of a newer file; what still fails stands in {' and '.join(names)}: "
            f"type `inventory-sync retry {names[-1]}`"
        )
    return own


def _corrects(desk: Desk, run: Run, origin: str) -> bool:
    """Tell whether a run is `origin`, or corrects it, or corrects what corrects it."""
    seen: Run | None = run
    while seen and seen.run != origin:
        seen = runs.get(desk.ledger, seen.parent) if seen.parent else None
    return seen is not None

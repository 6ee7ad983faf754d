"""A staged file -> a run on record; and a run's end: the law of rows, the reject file, the report."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync import drift, report, staging
from sync.durable import sync, write_text
from sync.ledger import batches, holds, judgedanew, rejectcolumns, rejected, runs, totals
from sync.logs import Log
from sync.run.judgements import note_judgements
from sync.run.moment import utc
from sync.run.notes import renew_note
from sync.run.outgoing import reject_path, write_reject_file
from sync.run.soundness import RECORDED
from sync.stage.rejected import columns as rejected_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.ledger.book import Ledger
    from sync.rows import Run
    from sync.run.desk import Desk
    from sync.stage.shapes import Staged

UNWRITTEN = "the reject file"
FULL = (
    UNWRITTEN + " {path} is full: a sheet has no more rows than that; the others are in {rest}: correct both"
)
STAGES_TIMED = ("read", "map", "send", "report")
log = Log()


def now() -> str:
    """Tell the time as the ledger writes it."""
    return utc(datetime.now(UTC))


def record(desk: Desk, run: Run, staged: Staged, held: Sequence[tuple[str, int, int]] = ()) -> Run:
    """Put a staged run on record with its rejects and what is held of it, all at once; before this nothing of it is known.

    `held`: (location, start, stop) in the send list.
    """
    run = counted(run, staged, desk.ledger)
    sync(staged.folder)  # the ledger must not speak of files that a power cut takes away
    sync(desk.staging)
    with desk.ledger.transaction():
        run = runs.add(desk.ledger, run)
        rejectcolumns.add(desk.ledger, run.run, rejected_columns(staged))
        holds.add(desk.ledger, run.run, held)
        note_judgements(desk.ledger, run, staged)
    (staged.folder / RECORDED).touch()
    log.info("staged", run=run.run, file=run.file, read=run.read, to_send=run.to_send)
    return run


def counted(run: Run, staged: Staged, ledger: Ledger | None) -> Run:
    """Fill in what staging came to, and what is to be said of it before anything is sent."""
    drifted = _drifted(ledger, run, staged)
    for words in drifted:
        log.warning("the columns look different", run=run.run, file=run.file, words=words)
    return replace(
        run,
        read=staged.read,
        to_send=staged.to_send,
        merged=staged.merged,
        skipped=dict(staged.skipped),
        profile=staged.profile,
        warnings=(*run.warnings, *drifted, *staged.twins, *_mostly_old(run, staged)),
    )


def _mostly_old(run: Run, staged: Staged) -> tuple[str, ...]:
    """Say in words where most of a file was sent before, or is older than what was."""
    old, repeated = staged.skipped["superseded"], staged.skipped["repeat"]
    if 2 * old > staged.read:
        return (
            f"{old:,} of {staged.read:,} rows are older than what was sent before: the stock of this file is that of {report.readable(run.as_of)}, and something newer was sent for them (--older sends them all the same)",
        )
    return (f"{repeated:,} of {staged.read:,} rows were sent before",) if 2 * repeated > staged.read else ()


def _drifted(ledger: Ledger | None, run: Run, staged: Staged) -> tuple[str, ...]:
    """Say what no longer looks as in the last file of the mapping; corrected rows are not a file like it."""
    before = runs.last_profile(ledger, run) if ledger and not run.parent else None
    if before is None:
        return ()
    return tuple(
        f"{words} in {before.file} (run {before.run}), the last file of the mapping {run.mapping}: is this still the right column?"
        for words in drift.differences(before.profile, staged.profile)
    )


def record_failure(desk: Desk, run: Run, why: tuple[str, ...]) -> Run:
    """Put a file on record that could not be taken."""
    run = replace(run, state="failed", why=why, ended=now())
    with desk.ledger.transaction():
        totals.add_run(desk.ledger, run.state, {}, {})
        return runs.add(desk.ledger, run)


def close(desk: Desk, run: Run) -> dict[str, Any]:
    """End a delivery: check the law of rows from the ledger, write reject file and report, and tidy up what is settled.

    Raises:
        OurBug: the numbers do not add up; the run stays as it is.
    """
    started = time.perf_counter()
    rows = report.outcomes(run, batches.tally(desk.ledger, run.run))
    if rows["rejected"]:
        run = _with_reject_file(desk, run)
    unwritten = rows["rejected"] and not run.reject_file  # the next command that takes runs up tries again
    if run.state == "staged" and not (rows["pending"] or unwritten):
        run = replace(run, state="staged" if rows["held"] else "settled", ended=now())
    run = timed(run, report=time.perf_counter() - started)
    described = _described(desk.ledger, run)
    _write_report(desk, described)
    with desk.ledger.transaction():  # after the report: a run that is settled has one
        runs.update(desk.ledger, run)
        if run.state == "settled":
            totals.add_run(desk.ledger, described["status"], rows, described["requests"])
        if described["rejected_by_stage"]["tenant"]:  # refused since the newer run of two was staged
            judgedanew.newest_stands(desk.ledger, run.tenant, run.mapping)
    if run.state == "settled":
        _put_away(desk, run)
    if run.watched and run.reject_file:
        renew_note(desk.settings, described, Path(run.reject_file))
    log.info(
        "ended",
        run=run.run,
        file=run.file,
        status=described["status"],
        **{name: count for name, count in rows.items() if count},
    )
    return described


def tell_anew(desk: Desk, run: Run) -> dict[str, Any]:
    """Write a run again of which more is known now, and its report."""
    with desk.ledger.transaction():
        runs.update(desk.ledger, run)
    described = describe(desk.ledger, run)
    _write_report(desk, described)
    return described


def _write_report(desk: Desk, described: dict[str, Any]) -> None:
    text = json.dumps(report.document([described]), ensure_ascii=False, indent=1)
    write_text(desk.reports / f"{described['run']}.json", text)


def _put_away(desk: Desk, run: Run) -> None:
    """Take a settled run up into the memory; where that fails the next command does it before anything else."""
    try:
        desk.memory.absorb(run)
        staging.keep(desk.settings.state, run.run)
    except OSError as error:
        log.warning("left to the next command", run=run.run, file=error.filename, words=error.strerror)


def describe(ledger: Ledger, run: Run) -> dict[str, Any]:
    """Write the report of a run as the ledger has it now."""
    return _described(ledger, runs.get(ledger, run.run) or run)


def _described(ledger: Ledger, run: Run) -> dict[str, Any]:
    sent, retried = runs.requests(ledger, run.run)
    counted_run = replace(run, sent=sent, retried=retried)
    return report.describe(counted_run, batches.tally(ledger, run.run), rejected.of_run(ledger, run.run))


def timed(run: Run, **seconds: float) -> Run:
    """Add to the seconds that a run has taken, by stage, and to their total."""
    parts = {name: run.seconds.get(name, 0.0) + seconds.get(name, 0.0) for name in STAGES_TIMED}
    return replace(
        run,
        seconds={name: round(value, 3) for name, value in {**parts, "total": sum(parts.values())}.items()},
    )


def _with_reject_file(desk: Desk, run: Run) -> Run:
    """Write a run's reject file; where that fails, say so: the rejects are in the ledger."""
    path = reject_path(run, desk.settings)
    try:
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        sync(path.parent.parent)
        rest = write_reject_file(desk.ledger, desk.memory, run, path, desk.settings)
    except OSError as error:
        words = f"{UNWRITTEN} {path} could not be written ({error.strerror}); its rows are safe in the ledger: make room, then type `inventory-sync rejects {run.run}`"
        return replace(run, reject_file=None, warnings=(*_but_that(run.warnings), words))
    full = (FULL.format(path=path, rest=rest),) if rest else ()
    return replace(run, reject_file=str(path), warnings=(*_but_that(run.warnings), *full))


def _but_that(warnings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words for words in warnings if not words.startswith(UNWRITTEN))

"""A staged file -> a run on record; and a run's end: the law of rows, the reject file, the report."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import structlog

from sync import report, staging
from sync.durable import write_text
from sync.ledger import batches, rejected, runs
from sync.rejects.lines import lines
from sync.rejects.writing import extension, write
from sync.rows import GO, MERGED, REJECTED
from sync.run.moment import utc
from sync.stage.rejected import rejects

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.ledger.book import Ledger
    from sync.rows import Run
    from sync.run.desk import Desk
    from sync.stage.shapes import Staged

LONGEST_STEM = 120
log = structlog.get_logger()


def now() -> str:
    """Tell the time as the ledger writes it."""
    return utc(datetime.now(UTC))


def record(desk: Desk, run: Run, staged: Staged) -> Run:
    """Put a staged run on record with its rejects, all at once; before this nothing of it is known."""
    run = counted(run, staged)
    with desk.ledger.transaction():
        runs.add(desk.ledger, run)
        rejected.add(desk.ledger, run.run, rejects(staged))
        rejected.replace(desk.ledger, _newer_judgements(desk.ledger, run, staged))
    log.info("staged", run=run.run, file=run.file, read=run.read, to_send=run.to_send)
    return run


def counted(run: Run, staged: Staged) -> Run:
    """Fill in what staging came to."""
    twins = (
        (f"{staged.twins} pairs differ from another one only by case; is each of them meant?",)
        if staged.twins
        else ()
    )
    return replace(
        run,
        read=staged.read,
        to_send=staged.to_send,
        merged=staged.merged,
        skipped=dict(staged.skipped),
        warnings=(*run.warnings, *twins),
    )


def record_failure(desk: Desk, run: Run, why: tuple[str, ...]) -> Run:
    """Put a file on record that could not be taken."""
    run = replace(run, state="failed", why=why, ended=now())
    with desk.ledger.transaction():
        runs.add(desk.ledger, run)
    return run


def close(desk: Desk, run: Run) -> dict[str, Any]:
    """End a delivery: check the law of rows from the ledger, write reject file and report, and tidy up what is settled.

    Raises:
        OurBug: the numbers do not add up; the run stays as it is.
    """
    started = time.perf_counter()
    tally = batches.tally(desk.ledger, run.run)
    rows = report.outcomes(run, tally)
    if run.state == "staged" and not rows["pending"]:
        run = replace(run, state="settled", ended=now())
    run = replace(run, reject_file=write_rejects(desk, run) if rows["rejected"] else None)
    run.seconds["report"] = round(time.perf_counter() - started, 3)
    with desk.ledger.transaction():
        runs.update(desk.ledger, run)
    described = describe(desk.ledger, run)
    write_text(
        desk.reports / f"{run.run}.json",
        json.dumps(report.document([described]), ensure_ascii=False, indent=1),
    )
    if run.state == "settled":
        staging.remove(desk.staging / run.run)
    log.info(
        "ended",
        run=run.run,
        file=run.file,
        status=described["status"],
        **{name: count for name, count in rows.items() if count},
    )
    return described


def describe(ledger: Ledger, run: Run) -> dict[str, Any]:
    """Write the report of a run as the ledger has it now."""
    current = runs.get(ledger, run.run) or run
    return report.describe(current, batches.tally(ledger, run.run), rejected.of_run(ledger, run.run))


def write_rejects(desk: Desk, run: Run) -> str:
    """Write a run's reject file into the reject folder; give its path."""
    folder = desk.settings.rejects
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = folder / reject_name(run)
    write_reject_file(desk.ledger, run, path)
    return str(path)


def write_reject_file(ledger: Ledger, run: Run, path: Path) -> None:
    """Write a run's rejects to `path`, from the ledger alone."""
    walk = partial(_lines, ledger, run)
    write(path, run.header, walk, read_as=run.read_as)


def reject_name(run: Run) -> str:
    """Name a run's reject file: <source stem>.<run>.rejects.<ext>."""
    stem = PurePath(run.origin.filename or run.file).stem[:LONGEST_STEM]
    return f"{stem}.{run.run}.rejects.{extension(run.read_as)}"


def nothing_known(_location: str, _sku: str) -> str:
    """Tell what the tenant has for a pair: not known yet (see `_reject_current` in the contract)."""
    return ""


def _lines(ledger: Ledger, run: Run) -> Iterator[tuple[str, ...]]:
    return lines(rejected.of_run(ledger, run.run), run.run, nothing_known)


def _newer_judgements(
    ledger: Ledger, run: Run, staged: Staged
) -> Iterator[tuple[rejected.Key, rejected.Key]]:
    """Find the older open rejects that this run judges anew: by their pair, by the row that is corrected or repeated."""
    by_pair = rejected.open_pairs(ledger, run.tenant, run.mapping)
    of_parent = rejected.standing_for(ledger, run.parent) if run.parent else {}
    of_repeated = rejected.standing_for(ledger, run.repeats) if run.repeats else {}
    if not (by_pair or of_parent or of_repeated):
        return
    for row, column, parent, location, sku in _judged_rows(staged):
        rows = (of_parent.get((parent, column)), of_repeated.get((row, column)))
        older = dict.fromkeys([*by_pair.get((location, sku), ()), *(key for key in rows if key)])
        yield from ((key, (run.run, row, column)) for key in older if key[0] != run.run)


def _judged_rows(staged: Staged) -> Iterator[tuple[int, int, int, str, str]]:
    """Walk the rows of a staged file that were judged: sent, merged or rejected."""
    states = staging.Reader(staged.folder / "states")
    for start, batch in staging.Reader(staged.folder / "candidates").blocks():
        state = states.rows(start, start + batch.num_rows).column("state").to_pylist()
        columns = (
            batch.column(name).to_pylist()
            for name in ("row", "column", "parent", "location_code", "sku_code")
        )
        yield from (
            row
            for row, outcome in zip(zip(*columns, strict=True), state, strict=True)
            if outcome in (GO, MERGED, REJECTED)
        )

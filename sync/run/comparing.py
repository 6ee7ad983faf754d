"""A staged file beside what went before it: the last file of its mapping, what was last sent for its pairs, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync import staging
from sync.guards.changes import Changes
from sync.guards.judging import Numbers
from sync.guards.measures import Measured
from sync.ledger import history
from sync.run.absent import Absent, Looking, find
from sync.run.earlier import measures_of
from sync.run.othersenders import OtherSenders

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sync.ledger.book import Ledger
    from sync.memory.book import Memory
    from sync.memory.entries import Entries, Identity
    from sync.rows import Run
    from sync.stage.shapes import Staged


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a file is judged by: the records where there are any, the state folder and the moment."""

    ledger: Ledger | None
    memory: Memory | None
    state: Path
    now: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """What a file comes to beside the last one (None: there is none), and what is to be said of it."""

    numbers: Numbers
    before: Run | None
    absent: Absent
    warnings: tuple[str, ...] = ()


def compare(run: Run, staged: Staged, around: Surroundings, *, jump: float | None, absent: bool) -> Compared:
    """Compare a staged file with the last of its mapping and with what was last sent; `absent`: pairs that are gone count too."""
    now = staged.measured or Measured.none()
    before = None if run.parent else _last(around, run, {code for code in now.locations if code})
    last = f"of the last file {before[0].file} (run {before[0].run})" if before else ""
    changes, others = Changes(jump), OtherSenders()
    gone, warnings = Absent(), tuple[str, ...]()
    if around.memory and around.ledger:
        _walk(staged.folder, around.memory.telling(besides=run.run), changes, others)
        warnings = tuple(others.warnings(around.ledger, run, around.now))
        if absent and not (run.parent or run.repeats):
            gone = find(run, staged, now, Looking(around.ledger, around.memory, around.state))
    for code, changed in gone.changes():
        changes.add(code, changed)
    numbers = Numbers(now, before[1] if before else None, changes, last)
    return Compared(numbers, before[0] if before else None, gone, warnings)


def others_ended(ledger: Ledger | None, run: Run) -> bool:
    """Tell whether the last text file of the run's mapping that went ended with a line end."""
    files = history.sent_whole(ledger, run) if ledger and run.parent is None else iter(())
    return bool(next((file.profile["ended"] for file in files if "ended" in file.profile), False))


def _last(around: Surroundings, run: Run, locations: set[str]) -> tuple[Run, Measured] | None:
    """Find the last file of the run's mapping that went, and what it came to.

    Of a feed that writes a file for each shop that is the last one with a location of this file, if there is any.
    """
    newest: tuple[Run, Measured] | None = None
    for file in history.sent_whole(around.ledger, run) if around.ledger else ():
        measured = measures_of(staging.of_run(around.state, file.run))
        if measured and not locations.isdisjoint(measured.locations):
            return file, measured
        if measured and newest is None:
            newest = file, measured
    return newest


def _walk(folder: Path, told: Callable[[Identity], Entries], changes: Changes, others: OtherSenders) -> None:
    """Ask what was last sent of each pair, block by block."""
    keys = staging.Reader(folder / "keys")
    for start, batch in staging.Reader(folder / "send").blocks():
        high, low, _ = keys.rows(start, start + batch.num_rows).columns
        last = told((high.to_numpy(), low.to_numpy()))
        changes.see(batch, last.known)
        others.see(last.seq)

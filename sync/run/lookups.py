"""Looks into the ledger without the lock: what ran, one run, its reject file again. Needs no heavy library."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sync import report
from sync.errors import FixSetup
from sync.ledger import batches, holds, rejected, runs
from sync.ledger.book import connect
from sync.ledger.openrejects import OpenRejects, open_rejects
from sync.run.soundness import require_none_before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.rows import Run


LEDGER = "ledger.db"
LEFT = ("open", "failing", "waiting")
FATES = ("mended", "superseded", "discarded", *LEFT)


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger | None]:
    """Open the ledger to look into it; None where nothing was ever run."""
    path = settings.state / LEDGER
    if not path.exists():
        require_none_before(settings.state, path)
        yield None
        return
    ledger = connect(path)
    try:
        yield ledger
    finally:
        ledger.close()


def find(ledger: Ledger | None, name: str) -> Run:
    """Look a run up by its id or the beginning of it.

    Raises:
        FixSetup: there is no such run, or more than one.
    """
    found = runs.get(ledger, name) if ledger and name else None
    if found is None:
        raise FixSetup(
            f"there is no run {name} here (or several begin like that); `inventory-sync status` lists them"
        )
    return found


def status(settings: Settings, most: int) -> dict[str, Any]:
    """Give the newest runs, what waits for a person, and what is open."""
    with open_ledger(settings) as ledger:
        if ledger is None:
            return {"runs": [], "held": [], "pending": [], **_rejects(OpenRejects())}
        unsettled = [brief(ledger, run) for run in runs.unsettled(ledger)]
        return {
            "runs": [brief(ledger, run) for run in runs.recent(ledger, most)],
            "held": [described for described in unsettled if described["held"]],
            "pending": [described for described in unsettled if _is_pending(described)],
            **_rejects(open_rejects(ledger)),
        }


def _is_pending(described: dict[str, Any]) -> bool:
    """Tell whether the next command does something for a run; that nothing of it is known yet to be settled counts too."""
    return bool(described["rows"]["pending"]) or not described["held"]


def _rejects(found: OpenRejects) -> dict[str, Any]:
    return {
        "open_rejects": {"new": found.new, "standing": found.standing},
        "cleared_rejects": found.cleared,
        "oldest_open_reject": found.oldest,
    }


def show(settings: Settings, name: str) -> dict[str, Any]:
    """Give one run as it stands now, and what became of its rejects."""
    with open_ledger(settings) as ledger:
        run = find(ledger, name)
        assert ledger is not None  # noqa: S101 - find refuses
        described = report.describe(run, batches.tally(ledger, run.run), rejected.of_run(ledger, run.run))
        fates = list(rejected.fates(ledger, run.run))
        counts = Counter(fate for _, _, fate, _ in fates)
        described["rejects_now"] = {name: counts[name] for name in FATES}
        described["corrections"] = [
            {"row": row, "fate": fate, "run": newer} for row, _, fate, newer in fates[: report.MOST_PROBLEMS]
        ]
        described["closed"] = run.state != "staged" and not any(counts[name] for name in LEFT)
        described["decisions"] = decisions(ledger, run.run)
        described["children"] = runs.family(ledger, run.run)
        return described


def decisions(ledger: Ledger, run: str) -> list[dict[str, Any]]:
    """List what people said about the held rows of a run: who, when, why."""
    return [asdict(hold) for hold in holds.of_run(ledger, run) if hold.verdict]


def rewrite_rejects(settings: Settings, name: str, folder: Path | None) -> list[Path]:
    """Write a run's reject file again, and beside a workbook that is full the rest; give them: none where it has no rejects."""
    from sync.memory.book import Memory  # noqa: PLC0415 - heavy
    from sync.run.outgoing import reject_path, write_reject_file  # noqa: PLC0415 - heavy

    with open_ledger(settings) as ledger:
        run = find(ledger, name)
        assert ledger is not None  # noqa: S101 - find refuses
        if next(rejected.of_run(ledger, run.run), None) is None:
            return []
        path = reject_path(run, settings)
        path = folder / path.name if folder else path
        try:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            rest = write_reject_file(ledger, Memory(ledger, settings.state, run.tenant), run, path, settings)
        except OSError as error:
            raise FixSetup(
                f"the reject file {path} cannot be written: {error.strerror}; give a folder that can be written to with --to"
            ) from None
        return [path, rest] if rest else [path]


def brief(ledger: Ledger, run: Run) -> dict[str, Any]:
    """Give a run's report without its problems."""
    described = report.describe(run, batches.tally(ledger, run.run))
    described.pop("problems")
    return described

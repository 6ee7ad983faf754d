"""What guards hold of a run, a location at a time, and the yes or no of a person.

The held rows of a run are ranges of its send list that no batch touches before they are approved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.ledger.book import Ledger
    from sync.rows import Run

Range = tuple[int, int]  # of a send list
OUTDATED = "inventory-sync"  # who ends what is held once something newer was sent for each of its pairs
HELD_AS = f"CASE WHEN verdict = 'discarded' AND who = '{OUTDATED}' THEN 'superseded' ELSE verdict END"


@dataclass(frozen=True, slots=True)
class Hold:
    """One held range; `location` is "" where it is not one location's. `verdict`: None, approved or discarded."""

    location: str
    start: int
    stop: int
    verdict: str | None = None
    who: str | None = None
    why: str | None = None
    at: str | None = None

    @property
    def outdated(self) -> bool:
        """Whether it was ended as something newer was sent for each of its pairs."""
        return self.verdict == "discarded" and self.who == OUTDATED


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said about held rows; `at` is UTC, ISO 8601."""

    verdict: str
    who: str
    why: str
    at: str


def add(ledger: Ledger, run: str, held: Iterable[tuple[str, int, int]]) -> None:
    """Put held ranges on record: (location, start, stop)."""
    ledger.db.executemany(
        "INSERT INTO holds (run, location, start, stop) VALUES (?, ?, ?, ?)",
        ((run, *item) for item in held),
    )


def of_run(ledger: Ledger, run: str) -> list[Hold]:
    """List what was ever held of a run, in the order of its send list."""
    rows = ledger.db.execute(
        "SELECT location, start, stop, verdict, who, why, at FROM holds WHERE run = ? ORDER BY start", (run,)
    )
    return [Hold(**row) for row in rows]


def decide(ledger: Ledger, run: str, word: Word, *, location: str | None) -> int:
    """Write down a yes or no for what is still held, of one location or all; give the number of pairs."""
    concerned = [
        hold
        for hold in of_run(ledger, run)
        if hold.verdict is None and (location is None or hold.location == location)
    ]
    ledger.db.executemany(
        "UPDATE holds SET verdict = ?, who = ?, why = ?, at = ? WHERE run = ? AND start = ?",
        ((word.verdict, word.who, word.why, word.at, run, hold.start) for hold in concerned),
    )
    return sum(hold.stop - hold.start for hold in concerned)


def begun(ledger: Ledger, run: Run) -> list[tuple[int, int, int]]:
    """Give the ranges of a run's send list that may go: (start, the first position that no batch covers, stop)."""
    return [(start, _reached(ledger, run.run, (start, stop)), stop) for start, stop in _free(ledger, run)]


def fresh(ledger: Ledger, run: Run) -> list[Range]:
    """Give what of a run's send list may go and never did."""
    return [(reached, stop) for _, reached, stop in begun(ledger, run) if reached < stop]


def _free(ledger: Ledger, run: Run) -> list[Range]:
    found, last = [], 0
    for hold in of_run(ledger, run.run):
        found.append((last, hold.start))
        if hold.verdict == "approved":
            found.append((hold.start, hold.stop))
        last = hold.stop
    return [(start, stop) for start, stop in (*found, (last, run.to_send)) if start < stop]


def _reached(ledger: Ledger, run: str, part: Range) -> int:
    (found,) = ledger.db.execute(
        "SELECT max(stop) FROM batches WHERE run = ? AND start >= ? AND start < ?", (run, *part)
    ).fetchone()
    return part[0] if found is None else int(found)

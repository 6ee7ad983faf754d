"""The rejects that nobody has corrected yet: which are new, which stand for longer, and since when; which were cleared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.ledger import feeds, rejected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.ledger.book import Ledger


@dataclass(frozen=True, slots=True)
class OpenRejects:
    """Counts of rows. New: rejected for the first time by the newest run of its mapping. Cleared: no longer rejected since it."""

    new: int = 0
    standing: int = 0
    cleared: int = 0
    oldest: str | None = None  # when the one that stands longest was first rejected


def open_rejects(ledger: Ledger) -> OpenRejects:
    """Count the open rejects of all mappings; a row that fails again is as old as its first rejection."""
    opened, latest = rejected.standing(ledger), feeds.latest(ledger)
    new = sum(count - _rejected_before(ledger, run) for run, count in opened.items() if run in latest)
    return OpenRejects(
        new=new,
        standing=sum(opened.values()) - new,
        cleared=sum(_cleared_by(ledger, run) for run in latest),
        oldest=_oldest(ledger, opened),
    )


def standing_longer(ledger: Ledger, run: str) -> tuple[int, str | None]:
    """Count the open rejects of a run that took the place of older ones, and tell when the oldest of these began."""
    count, first = ledger.db.execute(
        f"SELECT count(*), min(first) FROM rejects WHERE run = ? AND {rejected.OPEN} AND first IS NOT NULL",
        (run,),
    ).fetchone()
    row = ledger.db.execute(
        "SELECT started FROM runs WHERE seq >= ? ORDER BY seq LIMIT 1", (first,)
    ).fetchone()
    return int(count), str(row["started"]) if row else None


def _rejected_before(ledger: Ledger, run: str) -> int:
    """Count the open rejects of a run that took the place of older ones."""
    (count,) = ledger.db.execute(
        f"SELECT count(*) FROM rejects WHERE run = ? AND {rejected.OPEN} AND first IS NOT NULL", (run,)
    ).fetchone()
    return int(count)


def _cleared_by(ledger: Ledger, run: str) -> int:
    """Count the rows that an ended run took, or found out of date, and that had been rejected before."""
    (count,) = ledger.db.execute(
        "SELECT count(*) FROM (SELECT DISTINCT again_row, again_col, iif(again_row < 0, run || row || '/' || col, '') FROM rejects"
        f" WHERE again_run = ?1 AND again_as IS NOT '{rejected.DISCARDED}') old"
        " JOIN runs ON runs.run = ?1 AND state = 'settled' AND NOT json_extract(about, '$.discarded')"
        " LEFT JOIN rejects new ON new.run = ?1 AND new.row = old.again_row AND new.col = old.again_col AND new.unknown = 0"
        " WHERE new.run IS NULL",
        (run,),
    ).fetchone()
    return int(count)


def _oldest(ledger: Ledger, opened: Iterable[str]) -> str | None:
    """Tell when the open reject that stands longest was first rejected."""
    seqs = [
        seq
        for run in opened
        for (seq,) in ledger.db.execute(
            f"SELECT min(coalesce(first, seq)) FROM rejects JOIN runs USING (run) WHERE run = ? AND {rejected.OPEN}",
            (run,),
        )
    ]
    # the run itself may be forgotten by now; then it is as old as the oldest that is remembered
    row = ledger.db.execute(
        "SELECT started FROM runs WHERE seq >= ? ORDER BY seq LIMIT 1", (min(seqs, default=None),)
    ).fetchone()
    return str(row["started"]) if row else None

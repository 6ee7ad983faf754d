"""What of all runs is not settled: what waits for a person, and what for the next delivery; in a few sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.ledger.book import Ledger


@dataclass(frozen=True, slots=True)
class Waiting:
    """Files and their rows that are held or pending; and the requests that all of these made so far."""

    held_files: int
    held_rows: int
    pending_files: int
    pending_rows: int
    sent: int
    retried: int


def waiting(ledger: Ledger) -> Waiting:
    """Add up the runs that did not end."""
    runs = ledger.db.execute(
        "SELECT coalesce(sum(json_extract(about, '$.ended') IS NULL), 0) files, coalesce(sum(json_extract(about, '$.to_send')), 0) pairs,"
        " coalesce(sum(sent), 0) sent, coalesce(sum(retried), 0) retried FROM runs WHERE state = 'staged'"
    ).fetchone()
    (settled,) = ledger.db.execute(
        "SELECT coalesce(sum(stop - start), 0) FROM runs CROSS JOIN batches USING (run)"
        " WHERE runs.state = 'staged' AND batches.state = 'settled'"
    ).fetchone()
    holds = {
        row["verdict"]: (row["files"], row["pairs"])
        for row in ledger.db.execute(
            "SELECT verdict, count(DISTINCT run) files, sum(stop - start) pairs FROM runs CROSS JOIN holds USING (run)"
            " WHERE runs.state = 'staged' AND verdict IS NOT 'approved' GROUP BY verdict"
        )
    }
    files, held = holds.get(None, (0, 0))
    _, discarded = holds.get("discarded", (0, 0))
    pending = runs["pairs"] - settled - held - discarded
    return Waiting(files, held, runs["files"], pending, runs["sent"], runs["retried"])

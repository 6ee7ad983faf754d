"""What all runs that ended came to, by outcome: numbers that only grow, also when the runs themselves are forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.ledger.book import Ledger

RUNS, ROWS, REQUESTS, PASS = "runs", "rows", "requests", "pass"
NOT_AN_OUTCOME = "read"


def add_run(ledger: Ledger, status: str, rows: Mapping[str, int], requests: Mapping[str, int]) -> None:
    """Add a run to the totals; part of the commit in which it ends, so that it counts once."""
    counts = [(RUNS, status, 1), *((ROWS, name, count) for name, count in rows.items())]
    counts += [(REQUESTS, name, count) for name, count in requests.items()]
    ledger.db.executemany(
        "INSERT INTO totals VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        [item for item in counts if item[1] != NOT_AN_OUTCOME],
    )


def note_pass(ledger: Ledger, moment: int) -> None:
    """Write down when the watched folder was last looked at, in seconds since 1970."""
    ledger.db.execute(
        "INSERT INTO totals VALUES (?, '', ?) ON CONFLICT DO UPDATE SET n = excluded.n", (PASS, moment)
    )


def of_kind(ledger: Ledger, kind: str) -> dict[str, int]:
    """Give the totals of one kind."""
    rows = ledger.db.execute("SELECT label, n FROM totals WHERE kind = ? ORDER BY label", (kind,))
    return {row["label"]: row["n"] for row in rows}

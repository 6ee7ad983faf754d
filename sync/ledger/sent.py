"""What of a run's send list went out, and what of it the tenant acknowledged: for the memory and for reading back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.ledger.book import Ledger
    from sync.ledger.holds import Range
    from sync.rows import Run


def acknowledged(ledger: Ledger, run: str) -> list[Range]:
    """List the settled ranges of which nothing was superseded; positions in `refused` are no part of it.

    What is unchanged counts: the tenant acknowledged it to an earlier run.
    """
    rows = ledger.db.execute(
        "SELECT start, stop FROM batches WHERE run = ? AND state = 'settled' AND superseded = 0 AND accepted + unchanged > 0 ORDER BY start",
        (run,),
    )
    return [(row["start"], row["stop"]) for row in rows]


def refused(ledger: Ledger, run: str) -> list[int]:
    """List the positions that the tenant refused or does not know, ascending."""
    rows = ledger.db.execute(
        "SELECT DISTINCT position FROM rejects WHERE run = ? AND position IS NOT NULL ORDER BY position",
        (run,),
    )
    return [row["position"] for row in rows]


def settled(ledger: Ledger, run: str) -> list[tuple[Range, bool]]:
    """List the settled ranges of which anything was accepted or is unchanged, and of each whether some of it was superseded."""
    rows = ledger.db.execute(
        "SELECT start, stop, superseded FROM batches WHERE run = ? AND state = 'settled' AND accepted + unchanged > 0 ORDER BY start",
        (run,),
    )
    return [((row["start"], row["stop"]), row["superseded"] > 0) for row in rows]


def posted(ledger: Ledger, run: str) -> list[Range]:
    """List the ranges that left for the tenant, whatever became of them, but those of which nothing was accepted."""
    rows = ledger.db.execute(
        "SELECT start, stop FROM batches WHERE run = ? AND sent_at IS NOT NULL"
        " AND (state IN ('waiting', 'sending') OR (state = 'settled' AND accepted > 0)) ORDER BY start",
        (run,),
    )
    return [(row["start"], row["stop"]) for row in rows]


def unknown_share(ledger: Ledger, run: str) -> float:
    """Tell which part of the pairs that a run posted the tenant did not know."""
    (unknown,) = ledger.db.execute(
        "SELECT count(DISTINCT position) FROM rejects WHERE run = ? AND position IS NOT NULL"
        " AND (unknown OR problems LIKE '%\"tenant.location\"%' OR problems LIKE '%\"tenant.sku\"%')",
        (run,),
    ).fetchone()
    (posted_pairs,) = ledger.db.execute(
        "SELECT coalesce(sum(accepted + refused + unknown), 0) FROM batches WHERE run = ? AND state = 'settled'",
        (run,),
    ).fetchone()
    return unknown / posted_pairs if posted_pairs else 0.0


def newer(ledger: Ledger, run: Run) -> list[tuple[str, int]]:
    """List the runs to the same tenant whose word counts more than `run`'s, the newest first: (run, pairs to send)."""
    rows = ledger.db.execute(
        "SELECT run, json_extract(about, '$.to_send') pairs FROM runs WHERE tenant = ? AND state <> 'failed'"
        " AND (json_extract(about, '$.as_of'), seq) > (?, ?) ORDER BY json_extract(about, '$.as_of') DESC, seq DESC",
        (run.tenant, run.as_of, run.seq),
    )
    return [(row["run"], row["pairs"]) for row in rows]

"""The batches of a run: ranges of its send list, on record before they are posted and settled after.

waiting   made by a split, not posted yet
sending   posted, or about to be: the outcome is unknown until it is settled
settled   every row of it is accepted, refused, unknown to the tenant or superseded; or all of it is unchanged
split     replaced by its two halves
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import OurBug
from sync.ledger.holds import HELD_AS, Range
from sync.rows import Tally

if TYPE_CHECKING:
    from sync.ledger.book import Ledger


def sending(ledger: Ledger, run: str, part: Range, *, body_sha256: str, at: str) -> None:
    """Put a batch on record as being posted; commit before the request leaves."""
    ledger.db.execute(
        "INSERT INTO batches (run, start, stop, state, tries, body_sha256, sent_at) VALUES (?, ?, ?, 'sending', 1, ?, ?)"
        " ON CONFLICT DO UPDATE SET state = 'sending', tries = tries + 1, body_sha256 = excluded.body_sha256, sent_at = excluded.sent_at"
        " WHERE state IN ('waiting', 'sending')",
        (run, *part, body_sha256, at),
    )
    _changed_one(ledger, run, part)


def unsent(ledger: Ledger, run: str, part: Range) -> None:
    """Take back that a batch was posted: its request never reached anybody."""
    ledger.db.execute(
        "UPDATE batches SET tries = max(0, tries - 1) WHERE run = ? AND start = ? AND stop = ? AND state = 'sending'",
        (run, *part),
    )


def settle(ledger: Ledger, run: str, part: Range, tally: Tally, *, at: str) -> None:
    """Record the outcome of a batch; `tally` counts its pairs and the source rows behind the refused ones."""
    ledger.db.execute(
        "UPDATE batches SET state = 'settled', settled_at = ?, accepted = ?, refused = ?, unknown = ?, superseded = ?, refused_rows = ?, unknown_rows = ?,"
        " created = ?, updated = ? WHERE run = ? AND start = ? AND stop = ? AND state = 'sending'",
        (
            at,
            tally.accepted,
            tally.refused_pairs,
            tally.unknown_pairs,
            tally.superseded,
            tally.refused_rows,
            tally.unknown_rows,
            tally.created,
            tally.updated,
            run,
            *part,
        ),
    )
    _changed_one(ledger, run, part)


def supersede(ledger: Ledger, run: str, part: Range, *, at: str) -> None:
    """Settle a range of which nothing goes any more: something newer was sent for each of its pairs."""
    ledger.db.execute(
        "INSERT INTO batches (run, start, stop, state, superseded, settled_at) VALUES (?, ?, ?, 'settled', ?, ?)"
        " ON CONFLICT DO UPDATE SET state = 'settled', superseded = excluded.superseded, settled_at = excluded.settled_at"
        " WHERE state IN ('waiting', 'sending')",
        (run, *part, part[1] - part[0], at),
    )
    _changed_one(ledger, run, part)


def leave(ledger: Ledger, run: str, part: Range, *, at: str) -> None:
    """Settle a range that is not posted: the tenant acknowledged each of its values before."""
    ledger.db.execute(
        "INSERT INTO batches (run, start, stop, state, unchanged, settled_at) VALUES (?, ?, ?, 'settled', ?, ?)",
        (run, *part, part[1] - part[0], at),
    )


def split(
    ledger: Ledger, run: str, part: Range, halves: tuple[Range, Range], *, inherit: bool = False
) -> None:
    """Replace a batch by its halves; with `inherit` the tries of the whole count for each of them."""
    ledger.db.execute(
        "UPDATE batches SET state = 'split' WHERE run = ? AND start = ? AND stop = ? AND state IN ('waiting', 'sending')",
        (run, *part),
    )
    _changed_one(ledger, run, part)
    ledger.db.executemany(
        "INSERT INTO batches (run, start, stop, state, sent_at, tries) SELECT run, ?, ?, 'waiting', sent_at, iif(?, tries, 0) FROM batches"
        " WHERE run = ? AND start = ? AND stop = ?",
        [(*half, inherit, run, *part) for half in halves],
    )


def open_ranges(ledger: Ledger, run: str) -> list[tuple[Range, int]]:
    """List the ranges on record whose outcome is not known, least recently posted first, and how often each was posted."""
    rows = ledger.db.execute(
        "SELECT start, stop, tries FROM batches WHERE run = ? AND state IN ('waiting', 'sending') ORDER BY coalesce(sent_at, ''), start",
        (run,),
    )
    return [((row["start"], row["stop"]), row["tries"]) for row in rows]


def unanswered(ledger: Ledger, run: str) -> set[Range]:
    """Give the open ranges that went before, themselves or in a larger body, so that the tenant may hold rows of them."""
    rows = ledger.db.execute(
        "SELECT start, stop FROM batches WHERE run = ? AND state IN ('waiting', 'sending') AND sent_at IS NOT NULL",
        (run,),
    )
    return {(row["start"], row["stop"]) for row in rows}


def went(ledger: Ledger, run: str) -> bool:
    """Tell whether anything of the run is on record as being sent."""
    return (
        ledger.db.execute(
            "SELECT 1 FROM batches WHERE run = ? AND superseded < stop - start LIMIT 1", (run,)
        ).fetchone()
        is not None
    )


def has_success(ledger: Ledger, run: str) -> bool:
    """Tell whether the tenant gave word of any row of the run: what it refuses of others is then their own fault."""
    return (
        ledger.db.execute(
            "SELECT 1 FROM batches WHERE run = ? AND accepted + refused + unknown > 0 LIMIT 1", (run,)
        ).fetchone()
        is not None
    )


def tally(ledger: Ledger, run: str, *, rejects: bool = True) -> Tally:
    """Add up a run from its batches, its reject rows and what is held of it; `rejects`: count those, which may be a million.

    Raises:
        OurBug: two settled batches overlap, so that a row would count twice.
    """
    sums = ledger.db.execute(
        "SELECT coalesce(sum(accepted), 0) accepted, coalesce(sum(stop - start), 0) settled, coalesce(sum(refused), 0) refused_pairs,"
        " coalesce(sum(refused_rows), 0) refused_rows, coalesce(sum(unknown), 0) unknown_pairs, coalesce(sum(unknown_rows), 0) unknown_rows, coalesce(sum(superseded), 0) superseded,"
        " coalesce(sum(unchanged), 0) unchanged, coalesce(sum(created), 0) created, coalesce(sum(updated), 0) updated FROM batches WHERE run = ? AND state = 'settled'",
        (run,),
    ).fetchone()
    overlap = ledger.db.execute(
        "SELECT 1 FROM (SELECT start, max(stop) OVER (ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) reached"
        " FROM batches WHERE run = ? AND state IN ('settled', 'sending', 'waiting')) WHERE start < reached",
        (run,),
    ).fetchone()
    if overlap:
        raise OurBug(f"run {run}: two batches on record overlap")
    stages = ledger.db.execute(
        "SELECT stage, count(*) n FROM rejects WHERE ? AND run = ? AND unknown = 0 GROUP BY stage",
        (rejects, run),
    )
    holds = ledger.db.execute(
        f"SELECT location, stop - start n, {HELD_AS} held_as FROM holds WHERE run = ? AND verdict IS NOT 'approved' ORDER BY start",
        (run,),
    )
    held = [(row["location"], row["n"], row["held_as"]) for row in holds]
    return Tally(
        **dict(sums),
        held=sum(count for _, count, held_as in held if held_as is None),
        discarded=sum(count for _, count, held_as in held if held_as == "discarded"),
        outdated=sum(count for _, count, held_as in held if held_as == "superseded"),
        held_at=tuple(location for location, _, held_as in held if held_as is None),
        rejected={row["stage"]: row["n"] for row in stages},
    )


def _changed_one(ledger: Ledger, run: str, part: Range) -> None:
    if ledger.db.execute("SELECT changes()").fetchone()[0] != 1:
        raise OurBug(f"run {run}: batch {part} is not in the state that the ledger needs")

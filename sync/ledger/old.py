"""The runs that may be forgotten: they ended long ago, and nobody will come back to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.ledger.rejected import OPEN

if TYPE_CHECKING:
    from sync.ledger.book import Ledger

NEWER = (
    "SELECT 1 FROM runs newer WHERE newer.tenant = old.tenant AND newer.mapping = old.mapping AND newer.seq > old.seq"
    " AND newer.state = 'settled' AND newer.parent IS NULL"
)


def runs_before(ledger: Ledger, moment: str, most: int) -> list[str]:
    """List runs that were started before a moment and ended, the oldest first.

    Of those with open rejects only the ones whose mapping had a file since: such rows name no pair that a newer file could
    judge, and nobody mended them in all that time.
    """
    rows = ledger.db.execute(
        "SELECT run FROM (SELECT run, tenant, mapping, seq, state, started FROM runs ORDER BY seq LIMIT ?1) old"
        f" WHERE started < ?2 AND state <> 'staged' AND (NOT EXISTS (SELECT 1 FROM rejects WHERE rejects.run = old.run AND {OPEN})"
        f" OR EXISTS ({NEWER}))",
        (most, moment),
    )
    return [row["run"] for row in rows]

"""Rows that fail whenever they are sent -> what a person must know of them: which, how often, since when, and what ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.ledger import batches

if TYPE_CHECKING:
    from sync.deliver.outbox import Outbox
    from sync.ledger.book import Ledger
    from sync.rows import Run

NAMED = 3


def failing_rows(ledger: Ledger, outbox: Outbox, run: Run, *, attempts: int) -> tuple[int, tuple[str, ...]]:
    """Count the rows that were sent more than `attempts` times without a clear answer, and tell about them."""
    failing = [
        (outbox.going(part), tries)
        for part, tries in batches.open_ranges(ledger, run.run)
        if tries > attempts
    ]
    positions = sorted(position for going, _ in failing for position in going.tolist())
    if not positions:
        return 0, ()
    named = ", ".join(
        f"row {row} ({location}, {sku})" for row, location, sku in outbox.named(positions[:NAMED])
    )
    more = f" and {len(positions) - NAMED:,} more" if len(positions) > NAMED else ""
    tries = max(tries for _, tries in failing)
    return len(positions), (
        f"sent again and again without a clear answer, {tries} times since {run.started}: {named}{more}",
    )

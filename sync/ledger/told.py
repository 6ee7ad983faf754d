"""What people were told of, and what is kept between two passes to find out what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.ledger.book import Ledger


@dataclass(frozen=True, slots=True)
class Told:
    """A standing condition of which people know; `since` is UTC, ISO 8601."""

    topic: str
    state: str
    since: str


def everything(ledger: Ledger) -> dict[str, Told]:
    """Give all that is kept, by topic."""
    rows = ledger.db.execute("SELECT topic, state, since FROM told ORDER BY topic")
    return {row["topic"]: Told(**row) for row in rows}


def note(ledger: Ledger, told: Told) -> None:
    """Write down that something is known, in place of what was known of its topic."""
    ledger.db.execute(
        "INSERT INTO told (topic, state, since) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET state = excluded.state, since = excluded.since",
        (told.topic, told.state, told.since),
    )


def forget(ledger: Ledger, topic: str) -> None:
    """Take a topic off the record: it stands no more, and that is known."""
    ledger.db.execute("DELETE FROM told WHERE topic = ?", (topic,))

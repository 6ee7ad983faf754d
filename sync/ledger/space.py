"""The room in the ledger's file that forgotten runs left, and giving it back to the disk."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.ledger.book import Ledger


def sizes(ledger: Ledger) -> tuple[int, int]:
    """Tell how many bytes the ledger has, and how many of them hold nothing any more."""
    pages, free, size = (
        ledger.db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return pages * size, free * size


def give_back(ledger: Ledger) -> str:
    """Write the ledger anew without what holds nothing; to be called under the lock. Says why it could not be done, else ""."""
    try:
        ledger.db.execute("VACUUM")
        ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.OperationalError as error:  # no room for a second copy, or a reader: it is as it was
        return str(error)
    return ""

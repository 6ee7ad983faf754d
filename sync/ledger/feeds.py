"""A feed is what one mapping sends to one tenant: its newest run, and its last file that went through.

Both are found by the index, feed by feed, however many runs there are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.ledger.book import Ledger


# a repeat says what the tenant took before; what is only superseded proves nothing
TAKEN = (
    "(coalesce(json_extract(about, '$.skipped.repeat'), 0) > 0"
    " OR EXISTS (SELECT 1 FROM batches WHERE batches.run = runs.run AND accepted + unchanged > 0))"
)


class Good(NamedTuple):
    """The last file of a feed that went through."""

    tenant: str  # as people know it
    mapping: str
    ended: str  # UTC, ISO 8601


def _feeds(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Walk the feeds, from one place of the index to the next."""
    last = ("", "")
    while row := ledger.db.execute(
        "SELECT tenant, mapping FROM runs WHERE (tenant, mapping) > (?, ?) ORDER BY tenant, mapping LIMIT 1",
        last,
    ).fetchone():
        last = (row["tenant"], row["mapping"])
        if row["mapping"]:  # a file that could not be taken is of none
            yield last


def latest(ledger: Ledger) -> set[str]:
    """Give the newest run of every feed."""
    found = (
        ledger.db.execute(
            "SELECT run FROM runs WHERE tenant = ? AND mapping = ? AND state <> 'failed' ORDER BY seq DESC LIMIT 1",
            feed,
        ).fetchone()
        for feed in _feeds(ledger)
    )
    return {row["run"] for row in found if row}


def last_good(ledger: Ledger) -> list[Good]:
    """Give of every feed the last file of which the tenant took something, or had it all; corrected rows are not a file of a feed."""
    found = []
    for tenant, mapping in _feeds(ledger):
        row = ledger.db.execute(
            "SELECT about FROM runs WHERE tenant = ? AND mapping = ? AND state = 'settled' AND parent IS NULL"
            f" AND {TAKEN} ORDER BY seq DESC LIMIT 1",
            (tenant, mapping),
        ).fetchone()
        about = json.loads(row["about"]) if row else {}
        if about.get("ended"):
            found.append(Good(about["tenant_shown"], mapping, about["ended"]))
    return found

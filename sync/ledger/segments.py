"""The files of the memory that count, and the runs that each of them holds; a file that is not listed is none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.ledger import runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.ledger.book import Ledger
    from sync.rows import Run


def of_tenant(ledger: Ledger, tenant: str) -> list[str]:
    """List a tenant's segments."""
    return list(sizes(ledger, tenant))


def sizes(ledger: Ledger, tenant: str) -> dict[str, int]:
    """Tell how many pairs each of a tenant's segments holds."""
    rows = ledger.db.execute(
        "SELECT segment, pairs FROM segments WHERE tenant = ? ORDER BY segment", (tenant,)
    )
    return {row["segment"]: row["pairs"] for row in rows}


def add(ledger: Ledger, segment: str, tenant: str, *, pairs: int, of: Sequence[str]) -> None:
    """List a segment, and say which runs it holds; the segment "" is none: there is nothing to remember of its runs."""
    if segment:
        ledger.db.execute("INSERT INTO segments VALUES (?, ?, ?)", (segment, tenant, pairs))
    ledger.db.executemany("UPDATE runs SET segment = ? WHERE run = ?", [(segment, run) for run in of])


def fold(ledger: Ledger, old: Sequence[str], new: str, tenant: str, *, pairs: int) -> None:
    """Let a segment take the place of others."""
    add(ledger, new, tenant, pairs=pairs, of=[])
    ledger.db.executemany("UPDATE runs SET segment = ? WHERE segment = ?", [(new, name) for name in old])
    ledger.db.executemany("DELETE FROM segments WHERE segment = ?", [(name,) for name in old])


def forget(ledger: Ledger, tenant: str) -> None:
    """Take every segment of a tenant off the list: its runs are to be taken up anew."""
    ledger.db.execute("DELETE FROM segments WHERE tenant = ?", (tenant,))
    ledger.db.execute("UPDATE runs SET segment = NULL WHERE tenant = ? AND segment <> ''", (tenant,))


def held(ledger: Ledger, tenant: str) -> list[Run]:
    """List the runs that ended and of which there is anything to remember, in the order of taking."""
    return _runs(ledger, tenant, "coalesce(segment, '-') <> ''")


def missing(ledger: Ledger, tenant: str) -> list[Run]:
    """List the runs that ended and that no segment holds, in the order of taking."""
    return _runs(ledger, tenant, "segment IS NULL")


def _runs(ledger: Ledger, tenant: str, which: str) -> list[Run]:
    rows = ledger.db.execute(
        f"SELECT run FROM runs WHERE tenant = ? AND state = 'settled' AND {which} ORDER BY seq", (tenant,)
    )
    return [run for run in (runs.get(ledger, row["run"]) for row in rows.fetchall()) if run]

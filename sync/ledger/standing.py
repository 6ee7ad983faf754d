"""What of the ledger a person may have to be told: held, pending, failed and rejected, and the files that came of a mapping.

`tenant` is a pattern: an address, or every sandbox. What has settled and is older than `after` is not looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.ledger.rejected import OPEN

if TYPE_CHECKING:
    from sync.ledger.book import Ledger

DELIVERED = (
    "parent IS NULL AND state <> 'failed' AND json_extract(about, '$.repeats') IS NULL"
    " AND json_extract(about, '$.read') > 0"
)
# rejected for the first time: no older reject leads here, and where no pair is known the file before did not have the same row
FIRST = (
    f"{OPEN} AND NOT EXISTS (SELECT 1 FROM rejects old WHERE old.again_run = new.run AND old.again_row = new.row AND old.again_col = new.col)"
    " AND ((new.location <> '' AND new.sku <> '') OR NOT EXISTS (SELECT 1 FROM rejects old WHERE old.run = runs.before AND old.cells = new.cells AND old.problems = new.problems))"
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A run that the tenant did not take whole."""

    run: str
    file: str
    ending: str


@dataclass(frozen=True, slots=True)
class Came:
    """A file that was taken up, or could not be."""

    seq: int
    run: str
    file: str
    started: str
    failed: bool = False


def newest(ledger: Ledger) -> int:
    """Give the number of the newest run."""
    (seq,) = ledger.db.execute("SELECT coalesce(max(seq), 0) FROM runs").fetchone()
    return int(seq)


def all_settled(ledger: Ledger) -> int:
    """Give the number up to which every run has ended, so that no more rejects can be added to it."""
    (seq,) = ledger.db.execute("SELECT min(seq) FROM runs WHERE state = 'staged'").fetchone()
    return newest(ledger) if seq is None else int(seq) - 1


def before_moment(ledger: Ledger, moment: str) -> int:
    """Give the number of the newest run that started before a moment."""
    row = ledger.db.execute(
        "SELECT seq FROM runs WHERE started < ? ORDER BY seq DESC LIMIT 1", (moment,)
    ).fetchone()
    return int(row["seq"]) if row else 0


def held(ledger: Ledger, tenant: str) -> list[str]:
    """List the runs of which something waits for a person."""
    rows = ledger.db.execute(
        "SELECT DISTINCT run FROM holds JOIN runs USING (run) WHERE verdict IS NULL AND state = 'staged' AND tenant GLOB ?"
        " AND NOT json_extract(about, '$.discarded') ORDER BY seq",
        (tenant,),
    )
    return [row["run"] for row in rows]


def pending(ledger: Ledger, tenant: str) -> list[Pending]:
    """List the runs with rows that were to go and did not, and how their last delivery ended."""
    rows = ledger.db.execute(
        "SELECT run, json_extract(about, '$.file') file, json_extract(about, '$.ending') ending FROM runs"
        " WHERE state = 'staged' AND tenant GLOB ? AND json_extract(about, '$.ended') IS NULL ORDER BY seq",
        (tenant,),
    )
    return [Pending(**row) for row in rows]


def files(ledger: Ledger, tenant: str, *, after: int) -> list[Came]:
    """List the files that came, in order; not the corrections of rejects, nor repeats."""
    rows = ledger.db.execute(
        "SELECT seq, run, json_extract(about, '$.file') file, started, state = 'failed' failed FROM runs"
        " WHERE seq > ? AND tenant GLOB ? AND parent IS NULL AND json_extract(about, '$.repeats') IS NULL ORDER BY seq",
        (after, tenant),
    )
    return [Came(**{**dict(row), "failed": bool(row["failed"])}) for row in rows]


def deliveries(ledger: Ledger, tenant: str, mapping: str, *, after: int) -> list[Came]:
    """List the files of a mapping that were read and are no repeats, in order."""
    rows = ledger.db.execute(
        "SELECT seq, run, json_extract(about, '$.file') file, started FROM runs"
        f" WHERE tenant GLOB ? AND mapping = ? AND seq > ? AND {DELIVERED} ORDER BY seq",
        (tenant, mapping, after),
    )
    return [Came(**row) for row in rows]


def last_delivery(ledger: Ledger, tenant: str, mapping: str) -> Came | None:
    """Give the newest of them; None: no file ever came."""
    row = ledger.db.execute(
        "SELECT seq, run, json_extract(about, '$.file') file, started FROM runs"
        f" WHERE tenant GLOB ? AND mapping = ? AND {DELIVERED} ORDER BY seq DESC LIMIT 1",
        (tenant, mapping),
    ).fetchone()
    return Came(**row) if row else None


def first_rejected(ledger: Ledger, tenant: str, *, after: int) -> dict[str, dict[int, int]]:
    """Count by mapping and run the open rejects that did not stand before."""
    rows = ledger.db.execute(
        "SELECT runs.mapping, runs.seq, count(*) n FROM rejects new JOIN (SELECT run, mapping, seq,"
        "  (SELECT earlier.run FROM runs earlier WHERE earlier.tenant = runs.tenant AND earlier.mapping = runs.mapping AND earlier.seq < runs.seq"
        "   AND earlier.state <> 'failed' AND earlier.parent IS NULL ORDER BY earlier.seq DESC LIMIT 1) before"
        f"  FROM runs WHERE seq > ? AND tenant GLOB ? AND parent IS NULL) runs ON runs.run = new.run WHERE {FIRST} GROUP BY runs.seq ORDER BY runs.seq",
        (after, tenant),
    )
    found: dict[str, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row["mapping"], {})[row["seq"]] = row["n"]
    return found


def open_of(ledger: Ledger, tenant: str, mapping: str) -> int:
    """Count the open rejects of a mapping."""
    (count,) = ledger.db.execute(
        f"SELECT count(*) FROM rejects JOIN runs USING (run) WHERE {OPEN} AND tenant GLOB ? AND mapping = ?",
        (tenant, mapping),
    ).fetchone()
    return int(count)


def run_at(ledger: Ledger, seq: int) -> str:
    """Name the run with a number."""
    row = ledger.db.execute("SELECT run FROM runs WHERE seq = ?", (seq,)).fetchone()
    return str(row["run"]) if row else ""

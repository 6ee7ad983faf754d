"""What of the ledger a person may have to be told: held, pending, failed and rejected, and the files that came of a mapping.

`tenant` is a pattern: an address, or every sandbox. What has settled and is older than `after` is not looked at again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.ledger.rejected import OPEN
from sync.rows import Problem

if TYPE_CHECKING:
    from sync.ledger.book import Ledger

EXAMPLES = 3
DELIVERED = (
    "parent IS NULL AND state <> 'failed' AND json_extract(about, '$.repeats') IS NULL"
    " AND json_extract(about, '$.read') > 0"
)
BEGAN = "coalesce(first, seq)"  # the run in which such a row was rejected for the first time


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
    """Count the open rejects that began after a run, by mapping and by the run in which they began."""
    rows = ledger.db.execute(
        f"SELECT mapping, {BEGAN} began, count(*) n FROM runs JOIN rejects USING (run)"
        f" WHERE seq > ?1 AND tenant GLOB ?2 AND parent IS NULL AND {OPEN} AND {BEGAN} > ?1 GROUP BY mapping, began ORDER BY mapping, began",
        (after, tenant),
    )
    found: dict[str, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row["mapping"], {})[row["began"]] = row["n"]
    return found


def examples(
    ledger: Ledger, tenant: str, mapping: str, began: int, *, refused: bool
) -> list[tuple[str, int, Problem]]:
    """Give some open rejects that began in a run: where each stands now, and its first reason; `refused`: by the tenant only."""
    rows = ledger.db.execute(
        "SELECT run, row, problems FROM runs JOIN rejects USING (run) WHERE seq >= ?1 AND tenant GLOB ?2 AND mapping = ?3 AND parent IS NULL"
        f" AND {OPEN} AND {BEGAN} = ?1 AND stage = iif(?4, 'tenant', stage) ORDER BY seq DESC, row, col LIMIT ?5",
        (began, tenant, mapping, refused, EXAMPLES),
    )
    return [(row["run"], row["row"], Problem(*json.loads(row["problems"])[0])) for row in rows]


def open_of(ledger: Ledger, tenant: str, mapping: str) -> int:
    """Count the open rejects of a mapping."""
    (count,) = ledger.db.execute(
        f"SELECT count(*) FROM rejects JOIN runs USING (run) WHERE {OPEN} AND tenant GLOB ? AND mapping = ?",
        (tenant, mapping),
    ).fetchone()
    return int(count)

"""The files of a mapping that went to a tenant before: what a new one is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sync.ledger.runs import of_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sync.ledger.book import Ledger
    from sync.rows import Run

LOOK_BACK = 500  # files of a mapping among which the last of the same locations is looked for: a feed may write one a shop
SENDERS = 40  # runs of a mapping that are asked for what they sent


class Taken(NamedTuple):
    """When a run was taken, and by which mapping."""

    run: str
    mapping: str
    started: str


def sent_whole(ledger: Ledger, run: Run) -> Iterator[Run]:
    """Walk the last files of the run's mapping and tenant that were sent whole or approved, the newest first."""
    rows = ledger.db.execute(
        "SELECT * FROM runs WHERE tenant = ? AND mapping = ? AND state = 'settled' AND parent IS NULL"
        " AND coalesce(segment, '-') <> '' AND run <> ?"  # '' = nothing of it went
        " AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.run = runs.run AND verdict = 'discarded')"
        " ORDER BY seq DESC LIMIT ?",
        (run.tenant, run.mapping, run.run, LOOK_BACK),
    ).fetchall()
    return (found for found in of_rows(rows) if not found.discarded and (found.to_send or found.repeats))


def senders(ledger: Ledger, run: Run) -> list[Run]:
    """List the last runs of the run's mapping and tenant of which anything may have gone, the newest first; corrected rows too."""
    rows = ledger.db.execute(
        "SELECT * FROM runs WHERE tenant = ? AND mapping = ? AND state <> 'failed'"
        " AND coalesce(segment, '-') <> '' AND run <> ? ORDER BY seq DESC LIMIT ?",
        (run.tenant, run.mapping, run.run, SENDERS),
    ).fetchall()
    return list(of_rows(rows))


def speaking_since(ledger: Ledger, run: Run) -> list[Run]:
    """List the files of the run's mapping and tenant that are newer, say what is gone too (`absent: zero`) and went whole."""
    rows = ledger.db.execute(
        "SELECT * FROM runs WHERE tenant = ?1 AND mapping = ?2 AND state = 'settled' AND parent IS NULL AND run <> ?3"
        " AND json_extract(about, '$.profile.speaks') AND (json_extract(about, '$.as_of'), seq) > (?4, ?5)"
        " AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.run = runs.run AND coalesce(verdict, '') <> 'approved')"
        " ORDER BY seq DESC LIMIT ?6",
        (run.tenant, run.mapping, run.run, run.as_of, run.seq, SENDERS),
    ).fetchall()
    return [found for found in of_rows(rows) if not found.discarded]


def went_before(ledger: Ledger, run: Run) -> bool:
    """Tell whether anything of a file of the run's mapping ever went to its tenant."""
    found = ledger.db.execute(
        "SELECT 1 FROM runs WHERE tenant = ? AND mapping = ? AND parent IS NULL AND run <> ?"
        " AND EXISTS (SELECT 1 FROM batches WHERE batches.run = runs.run AND accepted + unchanged > 0) LIMIT 1",
        (run.tenant, run.mapping, run.run),
    ).fetchone()
    return found is not None


def last_full(ledger: Ledger, tenant: str, mapping: str) -> str | None:
    """Tell when the last file of a mapping was taken of which everything was posted; None: there was none."""
    found = ledger.db.execute(
        "SELECT started FROM runs WHERE tenant = ? AND mapping = ? AND state = 'settled' AND parent IS NULL"
        " AND coalesce(segment, '-') <> '' AND NOT coalesce(json_extract(about, '$.changes_only'), 0)"
        " AND json_extract(about, '$.repeats') IS NULL AND json_extract(about, '$.to_send') > 0"
        " AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.run = runs.run AND coalesce(verdict, '') <> 'approved')"
        " ORDER BY seq DESC LIMIT 1",
        (tenant, mapping),
    ).fetchone()
    return found["started"] if found else None


def taken(ledger: Ledger, seqs: Collection[int]) -> dict[int, Taken]:
    """Tell of some runs, by their numbers, when they were taken and by which mapping."""
    rows = (
        ledger.db.execute("SELECT run, mapping, started FROM runs WHERE seq = ?", (seq,)).fetchone()
        for seq in seqs
    )
    return {seq: Taken(*row) for seq, row in zip(seqs, rows, strict=True) if row}

"""The runs of the ledger: what was taken, how far it came, and whether it came before."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from sync.rows import Origin, ReadAs, Run

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from sync.ledger.book import Ledger

LOOK_BACK = 20  # runs of a mapping in which a file like the others is looked for
COLUMNS = ("run", "started", "seq", "tenant", "mapping", "content", "parent", "state", "sent", "retried")


def add(ledger: Ledger, run: Run) -> Run:
    """Put a new run on record, and give it its place in the order of taking."""
    (seq,) = ledger.db.execute("SELECT coalesce(max(seq), 0) + 1 FROM runs").fetchone()
    run = replace(run, seq=seq)
    values = asdict(run)
    row = [values.pop(name) for name in COLUMNS]
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    ledger.db.execute(
        f"INSERT INTO runs ({', '.join(COLUMNS)}, about) VALUES ({marks})", (*row, _json(values))
    )
    return run


def update(ledger: Ledger, run: Run) -> None:
    """Write a run again, all but its identity and its request counters."""
    values = asdict(run)
    for name in COLUMNS:
        values.pop(name)
    ledger.db.execute(
        "UPDATE runs SET state = ?, about = ? WHERE run = ?", (run.state, _json(values), run.run)
    )


def count_requests(ledger: Ledger, run: str, *, sent: int, retried: int) -> None:
    """Add to a run's request counters."""
    ledger.db.execute(
        "UPDATE runs SET sent = sent + ?, retried = retried + ? WHERE run = ?", (sent, retried, run)
    )


def requests(ledger: Ledger, run: str) -> tuple[int, int]:
    """Tell how many requests a run has sent, and how many of them were repeats."""
    row = ledger.db.execute("SELECT sent, retried FROM runs WHERE run = ?", (run,)).fetchone()
    return (row["sent"], row["retried"]) if row else (0, 0)


def get(ledger: Ledger, run: str) -> Run | None:
    """Look a run up by its id, or by a beginning of it that only one run has."""
    found = ledger.db.execute(
        "SELECT * FROM runs WHERE run >= ? AND run < ? ORDER BY run LIMIT 2", (run, run + "\x7f")
    ).fetchall()
    exact = [row for row in found if row["run"] == run]
    return _run(exact[0]) if exact else _run(found[0]) if len(found) == 1 else None


def recent(ledger: Ledger, most: int) -> list[Run]:
    """List the newest runs, newest first."""
    return [_run(row) for row in ledger.db.execute("SELECT * FROM runs ORDER BY seq DESC LIMIT ?", (most,))]


def newest_first(ledger: Ledger) -> Iterator[Run]:
    """Walk all runs, the newest first."""
    return (_run(row) for row in ledger.db.execute("SELECT * FROM runs ORDER BY seq DESC"))


def unsettled(ledger: Ledger, tenant: str | None = None) -> list[Run]:
    """List the runs with pending rows, the newest as-of first: what it says for a pair is not sent of an older one."""
    rows = ledger.db.execute(
        "SELECT * FROM runs WHERE state = 'staged' AND tenant = coalesce(?, tenant)", (tenant,)
    )
    return sorted((_run(row) for row in rows), key=lambda run: (run.as_of, run.seq), reverse=True)


def under_way(ledger: Ledger, tenant: str) -> list[Run]:
    """List the runs with pending rows of which something was posted; of ten thousand that wait they are few."""
    rows = ledger.db.execute(
        "SELECT * FROM runs WHERE tenant = ? AND state = 'staged' AND sent > 0 ORDER BY seq", (tenant,)
    )
    return [_run(row) for row in rows.fetchall()]


def pending_twin(ledger: Ledger, run: Run) -> Run | None:
    """Find the run of the same content that is pending with the same as-of, or waits for a person: `run` would be it once more."""
    rows = ledger.db.execute(
        "SELECT * FROM runs WHERE content = ? AND state = 'staged' ORDER BY seq DESC", (run.content,)
    )
    return next((found for found in map(_run, rows) if found.ended or found.as_of == run.as_of), None)


def forget(ledger: Ledger, names: Iterable[str]) -> None:
    """Take runs off the record, with their batches and rejects; what the memory holds of them stays."""
    for run in names:
        for table in ("rejects", "batches", "holds", "runs"):
            ledger.db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))


def started(ledger: Ledger, seqs: Iterable[int]) -> dict[int, str]:
    """Tell when the runs with some numbers were started."""
    found = (
        ledger.db.execute("SELECT seq, started FROM runs WHERE seq = ?", (seq,)).fetchone() for seq in seqs
    )
    return {row["seq"]: row["started"] for row in found if row}


def before(ledger: Ledger, run: Run) -> Run | None:
    """Find the settled run that `run` repeats: same content, and nothing newer of the mapping sent since."""
    row = ledger.db.execute(
        "SELECT * FROM runs WHERE content = ? AND state = 'settled' AND run <> ? ORDER BY seq DESC LIMIT 1",
        (run.content, run.run),
    ).fetchone()
    if row is None:
        return None
    newer = ledger.db.execute(
        "SELECT 1 FROM runs WHERE tenant = ? AND mapping = ? AND seq > ? AND content <> ? AND parent IS NULL AND run <> ?"
        " AND EXISTS (SELECT 1 FROM batches WHERE batches.run = runs.run) LIMIT 1",
        (run.tenant, run.mapping, row["seq"], run.content, run.run),
    ).fetchone()
    found = _run(row)
    return None if newer or found.discarded else found


def last_profile(ledger: Ledger, run: Run) -> Run | None:
    """Find the last settled file of the run's mapping and tenant that most of went, and whose columns are on record."""
    rows = ledger.db.execute(
        "SELECT * FROM runs WHERE tenant = ? AND mapping = ? AND state = 'settled' AND parent IS NULL AND run <> ?"
        " ORDER BY seq DESC LIMIT ?",
        (run.tenant, run.mapping, run.run, LOOK_BACK),
    )
    found = (_run(row) for row in rows)
    return next((known for known in found if known.profile and _went(known)), None)


def _went(run: Run) -> bool:
    rejected = run.read - run.to_send - run.merged - sum(run.skipped.values())
    return not run.discarded and run.to_send + run.merged > rejected


def family(ledger: Ledger, run: str) -> list[str]:
    """List the runs that corrected this run's rejects, in order."""
    return [
        row["run"] for row in ledger.db.execute("SELECT run FROM runs WHERE parent = ? ORDER BY seq", (run,))
    ]


def of_rows(rows: Iterable[sqlite3.Row]) -> Iterator[Run]:
    """Read rows of the table."""
    return map(_run, rows)


def _json(value: Any) -> str:  # noqa: ANN401 - whatever the shapes hold
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _run(row: sqlite3.Row) -> Run:
    about = json.loads(row["about"])
    known = {name: row[name] for name in COLUMNS}
    run = Run(**known, **about)
    return replace(
        run,
        read_as=ReadAs(**about["read_as"]) if about["read_as"] else None,
        origin=Origin(**about["origin"]),
        header=tuple(run.header),
        warnings=tuple(run.warnings),
        why=tuple(run.why),
        guards=tuple(run.guards),
    )

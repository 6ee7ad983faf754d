"""One position of a run's send list -> what became of it, and when; one SKU -> its rows that were never sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sync.ledger.holds import HELD_AS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from sync.ledger.book import Ledger
    from sync.rows import Run


Said = tuple[str, str | None, str, str]  # stage, field, code, value


class Fate(NamedTuple):
    """`outcome` as in the law of rows, `reason` of a skipped row; `at`: since when, `posted`: when it left for the tenant."""

    outcome: str
    reason: str | None = None
    at: str | None = None
    posted: str | None = None
    mixed: bool = False  # some pairs of its batch were superseded, and the ledger does not say which
    problems: tuple[Said, ...] = ()


class Refused(NamedTuple):
    """A rejected row that was not sent."""

    row: int
    location: str
    sku: str
    problems: tuple[Said, ...]
    judged_again: str | None  # by which run


def of_position(ledger: Ledger, run: Run, position: int) -> Fate:
    """Tell what became of one pair of a run's send list."""
    batch = ledger.db.execute(
        "SELECT * FROM batches WHERE run = ? AND start <= ? AND stop > ? AND state <> 'split' ORDER BY start DESC LIMIT 1",
        (run.run, position, position),
    ).fetchone()
    if batch and batch["state"] == "settled":
        return _settled(ledger, run.run, position, batch)
    hold = ledger.db.execute(
        f"SELECT {HELD_AS} held_as, at FROM holds WHERE run = ? AND start <= ? AND stop > ?",
        (run.run, position, position),
    ).fetchone()
    if run.discarded or (hold and hold["held_as"] == "discarded"):
        return Fate("skipped", "discarded", hold["at"] if hold else run.ended)
    if hold and hold["held_as"] == "superseded":
        return Fate("skipped", "superseded", hold["at"])
    if hold and hold["held_as"] is None:
        return Fate("held")
    return Fate("pending", posted=batch["sent_at"] if batch else None)


def _settled(ledger: Ledger, run: str, position: int, batch: sqlite3.Row) -> Fate:
    at, posted = batch["settled_at"], batch["sent_at"]
    refused = ledger.db.execute(
        "SELECT unknown, problems FROM rejects WHERE run = ? AND position = ? LIMIT 1", (run, position)
    ).fetchone()
    if refused:
        problems = _problems(refused["problems"])
        if refused["unknown"]:
            return Fate("skipped", "unknown", at, posted, problems=problems)
        return Fate("rejected", None, at, posted, problems=problems)
    if batch["unchanged"]:
        return Fate("unchanged", None, at)
    if batch["superseded"] == batch["stop"] - batch["start"]:
        return Fate("skipped", "superseded", at)
    return Fate("accepted", None, at, posted, mixed=batch["superseded"] > 0)


def not_sent(ledger: Ledger, run: str, sku: str) -> Iterator[Refused]:
    """Walk the rows of a run that were rejected before sending and that name a SKU, if only in a cell."""
    rows = ledger.db.execute(
        "SELECT row, location, sku, problems, again_run FROM rejects WHERE run = ?1 AND position IS NULL AND NOT unknown"
        " AND (lower(sku) = lower(?2) OR (sku = '' AND instr(lower(cells), lower(?3)))) ORDER BY row, col",
        (run, sku, json.dumps(sku, ensure_ascii=False)),
    )
    return (
        Refused(row["row"], row["location"], row["sku"] or sku, _problems(row["problems"]), row["again_run"])
        for row in rows
    )


def _problems(text: str) -> tuple[Said, ...]:
    return tuple((stage, field, code, value) for stage, field, code, value in json.loads(text))

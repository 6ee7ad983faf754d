"""A year of runs: looked through in a moment, and forgotten when it is over."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sync.ledger import batches, rejected, runs
from sync.ledger.book import connect
from sync.rows import Problem as Why
from sync.rows import Reject, Run, Tally
from tests.desks import GOOD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Desk

RUN = Run(
    "", "", "t", "stock.csv", mapping="m", content="c", to_send=1, read=1, state="settled", source="erp_sync"
)
BLANK = Reject(2, 0, (Why("map", "Pieces", "quantity.blank", ""),), ("A",), "A", "S")


def a_year(ledger_file: Path, count: int, *, days: int = 365, rejects: bool = False) -> list[str]:
    """Put runs on record, evenly over the last days."""
    ledger, now = connect(ledger_file), datetime.now(UTC)
    names = []
    with ledger.transaction():
        for number in range(count):
            moment = now - timedelta(days=days) + timedelta(days=days) * number / count
            names.append(f"{moment:%Y%m%dT%H%M%SZ}-{number:05x}")
            started = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            run = replace(RUN, run=names[-1], started=started, as_of=started, content=str(number))
            runs.add(ledger, run if not rejects else replace(run, read=2))
            batches.sending(ledger, run.run, (0, 1), body_sha256="h", at=started)
            batches.settle(ledger, run.run, (0, 1), Tally(accepted=1), at=started)
            if rejects:
                rejected.add(ledger, run.run, [BLANK])
    ledger.close()
    return names


def test_status_after_a_year_of_runs_takes_less_than_a_second(desk: Desk) -> None:
    """35,000 runs: an index for everything that it asks (twice the time is left for a busy machine)."""
    (desk.folder / "state").mkdir()
    a_year(desk.folder / "state" / "ledger.db", 1)
    ledger = connect(desk.folder / "state" / "ledger.db")
    for table, number in (("runs", "seq"), ("batches", "tries")):
        columns = [row["name"] for row in ledger.db.execute(f"PRAGMA table_info({table})")]
        values = ", ".join({"run": "run || i", number: "i"}.get(name, name) for name in columns)
        ledger.db.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 35000) INSERT INTO {table} SELECT {values} FROM {table}, n"
        )
    ledger.close()
    started = time.process_time()
    assert len(desk("status", "--json").json["runs"]) > 1
    assert time.process_time() - started < 2


def test_runs_older_than_the_retention_are_forgotten_with_all_they_left(desk: Desk) -> None:
    """Rows, reports and send lists go; younger runs and those with open rejects stay."""
    desk.configure({"url": "sandbox"}, retention="30d")
    desk("run", desk.file(GOOD))
    old = a_year(desk.folder / "state" / "ledger.db", 10, days=95)
    kept = a_year(desk.folder / "state" / "ledger.db", 1, days=90, rejects=True)
    left = [desk.folder / "state" / "reports" / f"{old[0]}.json", desk.folder / "state" / "sent" / old[0]]
    left[0].write_text("{}")
    left[1].mkdir()
    desk("run", desk.file(GOOD[:2], "stock_more.csv"))
    assert not any(path.exists() for path in left)
    ledger = connect(desk.folder / "state" / "ledger.db")
    names = {run.run for run in runs.recent(ledger, 100)}
    ledger.close()
    assert names & set(old) == set(old[7:])
    assert set(kept) <= names


def test_what_was_last_sent_for_a_pair_is_not_forgotten_with_its_run(desk: Desk) -> None:
    """An older file is superseded though the run that superseded it is gone."""
    desk("run", desk.file(GOOD))
    ledger = connect(desk.folder / "state" / "ledger.db")
    ledger.db.execute("UPDATE runs SET started = '2020-01-01T00:00:00Z'")
    ledger.close()
    desk("resume")
    assert desk("status", "--json").json["runs"] == []
    old = desk.file([*GOOD[:1], ("A", "S1", "77")], "stock_old.csv")
    os.utime(old, (1_600_000_000,) * 2)
    assert desk.report("run", old)["skipped_by_reason"] == {"superseded": 1}


def test_a_retention_that_is_no_number_of_days_is_refused(desk: Desk) -> None:
    """Before anything is read, with the form that is meant."""
    desk.configure({"url": "sandbox"}, retention="a year")
    ended = desk("status")
    assert ended.code == 2
    assert "400d" in ended.err

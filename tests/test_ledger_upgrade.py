"""A ledger of an older version becomes one of this version: all of it or nothing, and nothing in it is lost."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pytest

from sync.errors import FixSetup
from sync.ledger import batches, runs
from sync.ledger.book import UPGRADES, VERSION, connect
from sync.rows import Run, Tally

if TYPE_CHECKING:
    from pathlib import Path

RUN = Run(
    "20260101T000000Z-aaaa",
    "2026-01-01T00:00:00Z",
    "t",
    "stock.csv",
    mapping="m",
    content="c",
    to_send=9,
    read=9,
)
COLUMNS = ("run", "started", "tenant", "mapping", "content", "parent", "state", "sent", "retried")


def first_version(path: Path) -> None:
    """Write a ledger as version 1 did: two runs, taken in the order of their `started`, one of them pending."""
    db = sqlite3.connect(path)
    db.executescript(UPGRADES[0])
    second = replace(RUN, run="20260102T000000Z-0000", started="2026-01-02T00:00:00Z", state="settled")
    for run in (second, RUN):
        about = {name: value for name, value in asdict(run).items() if name not in (*COLUMNS, "seq")}
        row = [getattr(run, name) for name in COLUMNS]
        db.execute(f"INSERT INTO runs VALUES ({', '.join('?' * 10)})", (*row, json.dumps(about)))
    db.execute(
        "INSERT INTO batches (run, start, stop, state, tries, accepted, refused, refused_rows) VALUES (?, 0, 5, 'settled', 1, 4, 1, 2)",
        (RUN.run,),
    )
    db.execute(
        "INSERT INTO batches (run, start, stop, state, tries) VALUES (?, 5, 9, 'sending', 2)", (RUN.run,)
    )
    db.execute(
        "INSERT INTO rejects VALUES (?, 3, 2, 0, 'tenant', 0, '[]', '[]', '[]', 'A', 'S', NULL, NULL, NULL, NULL)",
        (RUN.run,),
    )
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()


def test_an_older_ledger_is_upgraded_and_keeps_everything(tmp_path: Path) -> None:
    """Runs with their order, batches with their outcomes, what is under way."""
    first_version(tmp_path / "ledger.db")
    ledger = connect(tmp_path / "ledger.db")
    assert ledger.db.execute("PRAGMA user_version").fetchone()[0] == VERSION
    assert [(run.run, run.seq) for run in runs.recent(ledger, 9)] == [
        ("20260102T000000Z-0000", 2),
        (RUN.run, 1),
    ]
    assert batches.open_ranges(ledger, RUN.run) == [((5, 9), 2)]
    told = Tally(accepted=4, settled=5, refused_pairs=1, refused_rows=2, rejected={"tenant": 1})
    assert batches.tally(ledger, RUN.run) == told
    batches.settle(ledger, RUN.run, (5, 9), Tally(accepted=1, superseded=3), at="t")
    assert runs.add(ledger, replace(RUN, run="x")).seq == 3
    assert not ledger.damage()
    ledger.close()


@pytest.mark.parametrize("stop_at", range(1, len(UPGRADES[1].split(";")) + 1))
def test_an_upgrade_that_is_cut_off_leaves_the_old_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    """One transaction: after any statement the file is as it was, and the next command begins anew."""
    path = tmp_path / "ledger.db"
    first_version(path)
    before = list(sqlite3.connect(path).iterdump())
    whole = UPGRADES[1].split(";")
    with monkeypatch.context() as patch:
        patch.setattr("sync.ledger.book.UPGRADES", (UPGRADES[0], ";".join([*whole[:stop_at], "no SQL"])))
        with pytest.raises(FixSetup):
            connect(path)
    assert list(sqlite3.connect(path).iterdump()) == before
    connect(path).close()

"""A state folder for years: what is forgotten gives its room back, and nothing here grows without bound."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sync.cli import troubles
from sync.cli.troubles import LOG_BYTES
from sync.ledger import old, rejected, runs, space
from sync.ledger.book import Ledger, connect
from sync.ledger.openrejects import open_rejects
from sync.run import retention
from tests.desks import GOOD
from tests.test_retention import BLANK, RUN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.rows import Reject
    from tests.desks import Desk

NO_PAIR = replace(BLANK, location_code="", sku_code="")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open a ledger."""
    opened = connect(tmp_path / "ledger.db")
    yield opened
    opened.close()


def put(ledger: Ledger, name: str, *, mapping: str = "m", day: str = "2020-01-01") -> None:
    """Put a settled run on record, with one reject that no newer file can judge."""
    runs.add(ledger, replace(RUN, run=name, started=f"{day}T00:00:00Z", mapping=mapping, content=name))
    rejected.add(ledger, name, [NO_PAIR])


def test_the_room_of_forgotten_runs_is_given_back(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file on disk gets small again, and holds what it held."""
    path = tmp_path / "ledger.db"
    with ledger.transaction():
        for number in range(200):
            runs.add(ledger, replace(RUN, run=f"r{number:04d}", content=str(number), notes="x" * 20_000))
    with ledger.transaction():
        runs.forget(ledger, [f"r{number:04d}" for number in range(199)])
    retention.give_space_back(ledger, path)
    before = path.stat().st_size
    assert before > 4_000_000, "it is not worth the while for so little"
    monkeypatch.setattr(retention, "WORTH_IT", 1 << 20)
    retention.give_space_back(ledger, path)
    assert path.stat().st_size < before / 10
    assert (path.parent / "ledger.db-wal").stat().st_size == 0
    assert [run.run for run in runs.recent(ledger, 5)] == ["r0199"]


def test_who_reads_meanwhile_sees_the_whole_ledger(ledger: Ledger, tmp_path: Path) -> None:
    """`status` beside it is neither stopped nor wrong, and does not stop the next command either."""
    put(ledger, "a")
    reader = connect(tmp_path / "ledger.db")
    walk = runs.newest_first(reader)
    put(ledger, "b")
    assert next(walk).run == "a"
    assert space.give_back(ledger) == ""
    assert list(walk) == []
    reader.close()


def test_rejects_that_nothing_can_judge_do_not_keep_their_runs_for_ever(ledger: Ledger) -> None:
    """A row without a pair stays open until it is old and its mapping had a file since; the last file of each stays."""
    for name, mapping in (("a", "m"), ("b", "m"), ("c", "other")):
        put(ledger, name, mapping=mapping)
    assert old.runs_before(ledger, "2019-01-01T00:00:00Z", 500) == []
    assert old.runs_before(ledger, "2021-01-01T00:00:00Z", 500) == ["a"]


def test_a_row_that_is_rejected_every_night_costs_the_same_every_night(ledger: Ledger) -> None:
    """However often it was judged before: each judgement replaces the one before it, and no other."""
    rows = [replace(BLANK, row=at, sku_code=f"S{at}") for at in range(2, 52)]
    changed: list[int] = []
    for night in range(60):
        put_rows(ledger, f"n{night:03d}", rows, after=f"n{night - 1:03d}" if night else None)
        changed.append(ledger.db.total_changes - sum(changed))
    assert changed[59] == changed[2]
    found = open_rejects(ledger)
    assert (found.new, found.standing, found.oldest) == (0, 50, "2026-01-01T00:00:00Z")
    assert {fate for _, _, fate, _ in rejected.fates(ledger, "n000")} == {"failing"}
    assert rejected.standing_for(ledger, "n000")[2, 0] == ("n059", 2, 0)


def put_rows(ledger: Ledger, name: str, rows: list[Reject], *, after: str | None) -> None:
    """Put a run on record that rejects the same rows as the run before."""
    night = int(name[1:])
    moment = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(1_767_225_600 + 86_400 * night))
    runs.add(ledger, replace(RUN, run=name, started=moment, content=name))
    rejected.add(ledger, name, rows)
    if after:
        rejected.replace(ledger, [((after, row.row, 0), (name, row.row, 0)) for row in rows])


def test_what_was_mended_in_the_end_is_mended_from_the_beginning(ledger: Ledger) -> None:
    """Through all judgements in between; one that was superseded says so."""
    rows = [replace(BLANK, row=at) for at in (2, 3)]
    for night in range(3):
        put_rows(ledger, f"n{night:03d}", rows, after=f"n{night - 1:03d}" if night else None)
    runs.add(ledger, replace(RUN, run="z", content="z", started="2026-02-01T00:00:00Z"))
    rejected.replace(ledger, [(("n002", 2, 0), ("z", 2, 0))])
    rejected.replace(ledger, [(("n002", 3, 0), ("z", 3, 0))], superseded=True)
    for name in ("n000", "n001", "n002"):
        assert [item[2:] for item in rejected.fates(ledger, name)] == [("mended", "z"), ("superseded", "z")]
        assert rejected.standing_for(ledger, name) == {}
    assert open_rejects(ledger).cleared == 2


def test_the_log_of_bugs_does_not_grow_for_ever(desk: Desk) -> None:
    """A megabyte, and one older; then the oldest goes."""
    desk("run", desk.file(GOOD))
    log = desk.folder / "state" / "errors.log"
    log.write_bytes(b"x" * (LOG_BYTES + 1))
    for _ in range(2):
        troubles._write_down(ValueError("a bug"))
    assert log.with_name("errors.log.1").stat().st_size == LOG_BYTES + 1
    assert log.read_text().count("ValueError: a bug") == 2

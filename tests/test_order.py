"""Nothing goes back in time: an older file, a pending run or a late correction never overwrites a newer value."""

from __future__ import annotations

import csv
import errno
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from sync.memory import segments
from tests.desks import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sync.memory.entries import Entries
    from tests.desks import Desk

HEAD = ("Depot", "Item", "Pieces")
NOON = 1_763_900_000.0


def dropped(desk: Desk, minute: int, *rows: tuple[str, str, str], name: str = "stock.csv") -> Path:
    """Write a file whose stock is true for a minute of the day."""
    path = desk.file([HEAD, *rows], name)
    os.utime(path, (NOON + 60 * minute,) * 2)
    return path


def test_an_older_file_changes_nothing(desk: Desk) -> None:
    """Its rows are skipped as superseded, and words say so; what only it has is sent."""
    desk("run", dropped(desk, 5, ("A", "S1", "5"), ("A", "S2", "6")))
    old = dropped(desk, 1, ("A", "S1", "50"), ("A", "S2", "60"), ("A", "S3", "70"), name="stock_old.csv")
    report = desk.report("run", old)
    assert report["skipped_by_reason"] == {"superseded": 2}
    assert report["rows"]["accepted"] == 1
    assert any("older than what was sent" in words for words in report["warnings"])
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 6, ("A", "S3"): 70}


def test_check_knows_what_is_too_old(desk: Desk) -> None:
    """It tells what `run` would do."""
    desk("run", dropped(desk, 5, ("A", "S1", "5")))
    old = dropped(desk, 1, ("A", "S1", "50"), name="stock_old.csv")
    assert desk.report("check", old)["skipped_by_reason"] == {"superseded": 1}
    assert desk("check", "--rows", old).out.splitlines() == ["location_code,sku_code,quantity,row"]


def test_older_sends_it_all_the_same_and_counts_from_now(desk: Desk) -> None:
    """--older makes the command's time the as-of: the newer file, dropped again, no longer wins."""
    new = dropped(desk, 5, ("A", "S1", "5"))
    desk("run", new)
    old = dropped(desk, 1, ("A", "S1", "50"), name="stock_old.csv")
    assert desk("run", "--older", old).code == 0
    assert desk.stock() == {("A", "S1"): 50}
    desk("run", "--again", new)
    assert desk.stock() == {("A", "S1"): 50}


def test_equal_as_of_the_later_taken_wins(desk: Desk) -> None:
    """In one command too, whatever the clock and the ids of the runs say."""
    for number in range(4):
        names = [f"stock_{number}{letter}.csv" for letter in "ab"]
        files = [
            dropped(desk, 1, ("A", "S1", str(10 * number + at)), name=name) for at, name in enumerate(names)
        ]
        desk("run", *files)
        assert desk.stock() == {("A", "S1"): 10 * number + 1}


def test_of_several_files_only_the_newest_value_is_posted(desk: Desk) -> None:
    """Handed in the wrong way round; the older one sends what only it has."""
    files = [
        dropped(desk, 5, ("A", "S1", "5"), name="stock_new.csv"),
        dropped(desk, 1, ("A", "S1", "1"), ("A", "S2", "2"), name="stock_old.csv"),
    ]
    runs = {run["file"]: run for run in desk("run", *files, "--json").json["runs"]}
    assert runs[str(files[1])]["skipped_by_reason"] == {"superseded": 1}
    assert sum(run["rows"]["accepted"] for run in runs.values()) == 2
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 2}


def test_pending_rows_of_an_old_run_never_go_out_after_a_newer_value(
    desk: Desk, tenant: Callable[[Any], None]
) -> None:
    """SC05: down for the first run, a newer file, then up: the old value is never posted."""
    tenant([{"status": 503, "times": 2}])
    desk("run", dropped(desk, 1, ("A", "S1", "1"), ("A", "S2", "2")))
    reports = desk("run", dropped(desk, 5, ("A", "S1", "5"), name="stock_new.csv"), "--json").json["runs"]
    old = next(run for run in reports if run["file"].endswith("stock.csv"))
    assert (old["status"], old["skipped_by_reason"]) == ("ok", {"superseded": 1})
    assert old["rows"]["accepted"] == 1
    assert desk("stock", "list", "--json").json["stock"] == [
        {"location_code": "A", "sku_code": "S2", "quantity": 2},
        {"location_code": "A", "sku_code": "S1", "quantity": 5},
    ]


def test_the_same_file_run_again_while_pending_is_the_same_run(
    desk: Desk, tenant: Callable[[Any], None]
) -> None:
    """One run, finished; no second one beside it."""
    tenant([{"status": 503, "times": 2}])
    file = dropped(desk, 1, ("A", "S1", "1"))
    first = desk.report("run", file)
    assert first["status"] == "incomplete"
    second = desk.report("run", file)
    assert (second["run"], second["status"]) == (first["run"], "ok")


def test_a_late_correction_cannot_undo_a_newer_count(desk: Desk) -> None:
    """The reject file of an old run, corrected after a newer file came by another mapping."""
    text = (desk.folder / "mappings" / "stock.yaml").read_text()
    other = text.replace("name: stock", "name: other").replace("stock*", "other*")
    (desk.folder / "mappings" / "other.yaml").write_text(other)
    report = desk.report("run", dropped(desk, 1, ("A", "S1", "1,500"), ("A", "S2", "2")))
    desk("run", dropped(desk, 5, ("A", "S1", "5"), name="other.csv"))
    rejects = desk.folder / report["rejects"]
    rejects.write_text(rejects.read_text("utf-8-sig").replace('"1,500"', "1500", 1))
    late = desk.report("run", rejects)
    assert late["skipped_by_reason"] == {"superseded": 1}
    assert desk.stock()["A", "S1"] == 5
    parent = desk.report("show", report["run"])
    assert parent["rejects_now"]["superseded"] == 1
    assert parent["closed"]


def test_an_old_file_does_not_close_the_rejects_of_a_newer_one(desk: Desk) -> None:
    """The newest judgement of a pair stands, by as-of and not by when it came."""
    newer = desk.report("run", dropped(desk, 5, ("A", "S1", "1,500")))
    desk("run", dropped(desk, 1, ("A", "S1", "7"), name="stock_old.csv"))
    assert desk.report("show", newer["run"])["rejects_now"]["open"] == 1


@pytest.mark.parametrize("lost", ["memory", "one segment"])
def test_a_lost_memory_is_made_anew(desk: Desk, lost: str) -> None:
    """Deleted, or damaged: the next command knows as much as before."""
    for minute in range(5, 8):
        desk("run", dropped(desk, minute, ("A", f"S{minute}", "5")))
    (folder,) = (desk.folder / "state" / "memory").iterdir()
    if lost == "memory":
        shutil.rmtree(folder)
    else:
        next(folder.iterdir()).write_bytes(b"damaged")
    old = dropped(desk, 1, *(("A", f"S{minute}", "50") for minute in range(5, 9)), name="stock_old.csv")
    assert desk.report("run", old)["skipped_by_reason"] == {"superseded": 3}


def test_a_run_that_could_not_be_taken_up_counts_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room for its segment: in the same command the older file is superseded, and the exit code is the runs' own."""
    room = iter([False])

    def write(path: Path, blocks: Iterable[Entries]) -> int:
        if next(room, True):
            return written(path, blocks)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    written = segments.write
    monkeypatch.setattr(segments, "write", write)
    files = [
        dropped(desk, 5, ("A", "S1", "5"), name="stock_new.csv"),
        dropped(desk, 1, ("A", "S1", "1"), name="stock_old.csv"),
    ]
    assert desk("run", *files).code == 0
    assert desk.stock() == {("A", "S1"): 5}
    assert desk.report("run", "--again", files[1])["skipped_by_reason"] == {"superseded": 1}


def test_many_small_runs_leave_few_segments(desk: Desk) -> None:
    """Those of like size are folded into one; nothing is forgotten by it."""
    files = [dropped(desk, at, ("A", f"S{at}", "5"), name=f"stock_{at}.csv") for at in range(20)]
    desk("run", *files)
    (folder,) = (desk.folder / "state" / "memory").iterdir()
    assert len(list(folder.iterdir())) < 8
    old = dropped(desk, -1, *(("A", f"S{at}", "50") for at in range(20)), name="stock_old.csv")
    assert desk.report("run", old)["skipped_by_reason"] == {"superseded": 20}


def test_a_repeat_raises_the_as_of(desk: Desk) -> None:
    """The same content, true again at noon: what is older than noon is too old now."""
    desk("run", dropped(desk, 1, ("A", "S1", "5")))
    assert desk.report("run", dropped(desk, 9, ("A", "S1", "5")))["skipped_by_reason"] == {"repeat": 1}
    between = dropped(desk, 5, ("A", "S1", "50"), name="stock_between.csv")
    assert desk.report("run", between)["skipped_by_reason"] == {"superseded": 1}


def test_a_file_from_the_future_is_set_aside(desk: Desk) -> None:
    """Nothing that comes after it would ever be sent."""
    file = desk.file(GOOD)
    os.utime(file, (4_000_000_000,) * 2)
    ended = desk("run", file)
    assert ended.code == 6
    assert "still to come" in ended.err
    assert desk("run", "--as-of", "2026-01-01", file).code == 0


def test_older_and_an_as_of_exclude_each_other(desk: Desk) -> None:
    """Two moments for one file: said before anything is read."""
    assert desk("run", "--older", "--as-of", "2026-01-01", desk.file(GOOD)).code == 2


def test_a_reject_file_says_what_the_tenant_has(desk: Desk) -> None:
    """The last value that it acknowledged to us, and the day; nothing where it never did."""
    desk("run", dropped(desk, 1, ("A", "S1", "14")))
    report = desk.report(
        "run", dropped(desk, 2, ("A", "S1", "1,500"), ("A", "S9", "1,500"), name="stock_b.csv")
    )
    with (desk.folder / report["rejects"]).open(encoding="utf-8-sig", newline="") as file:
        told = [row["_reject_current"] for row in csv.DictReader(file)]
    assert told == [f"14, sent {report['started'][:10]}", ""]

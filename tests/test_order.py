"""Nothing goes back in time: an older file, a pending run or a late correction never overwrites a newer value."""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING, Any

from tests.desks import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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


def test_a_repeat_raises_the_as_of(desk: Desk) -> None:
    """The same content, true again at noon: what is older than noon is too old now."""
    desk("run", dropped(desk, 1, ("A", "S1", "5")))
    assert desk.report("run", dropped(desk, 9, ("A", "S1", "5")))["skipped_by_reason"] == {"repeat": 1}
    between = dropped(desk, 5, ("A", "S1", "50"), name="stock_between.csv")
    assert desk.report("run", between)["skipped_by_reason"] == {"superseded": 1}


def test_a_file_from_the_future_waits(desk: Desk) -> None:
    """Nothing that comes after it would ever be sent; given up, it goes with its true moment."""
    file = desk.file(GOOD)
    os.utime(file, (4_000_000_000,) * 2)
    held = desk.report("run", file)
    assert (held["exit_code"], [guard["guard"] for guard in held["held"]["guards"]]) == (3, ["as_of.future"])
    assert desk("discard", held["run"]).code == 0
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


def test_a_content_that_was_superseded_was_not_sent(desk: Desk) -> None:
    """A late old copy is left out; the same content, true again later, is no repeat of that: it goes."""
    for minute, pieces in ((10, "100"), (20, "101"), (15, "100")):
        desk("run", dropped(desk, minute, ("A", "S1", pieces), name=f"stock_{minute}.csv"))
    assert desk.stock() == {("A", "S1"): 101}
    report = desk.report("run", dropped(desk, 30, ("A", "S1", "100"), name="stock_30.csv"))
    assert (report["rows"]["accepted"], desk.stock()) == (1, {("A", "S1"): 100})


def test_what_another_mapping_sent_since_is_no_repeat(desk: Desk) -> None:
    """The same content, true again after the other mapping's: it is what counts now."""
    text = (desk.folder / "mappings" / "stock.yaml").read_text()
    other = text.replace("name: stock", "name: other").replace("stock*", "other*")
    (desk.folder / "mappings" / "other.yaml").write_text(other)
    desk("run", dropped(desk, 1, ("A", "S1", "1"), ("A", "S2", "2")))
    desk("run", dropped(desk, 5, ("A", "S1", "5"), name="other.csv"))
    report = desk.report("run", dropped(desk, 9, ("A", "S1", "1"), ("A", "S2", "2")))
    assert (report["rows"]["accepted"], report["skipped_by_reason"]) == (1, {"repeat": 1})
    assert desk.stock()["A", "S1"] == 1


def test_older_does_what_the_note_says(desk: Desk) -> None:
    """A file that was superseded goes with --older alone, though its content was seen before."""
    desk("run", dropped(desk, 5, ("A", "S1", "5")))
    old = dropped(desk, 1, ("A", "S1", "50"), name="stock_old.csv")
    assert "--older" in desk("run", old).out
    assert desk.report("run", "--older", old)["rows"]["accepted"] == 1


def test_files_of_one_second_have_an_order(desk: Desk) -> None:
    """What is older by a fraction of a second is older."""
    new, old = (dropped(desk, 0, ("A", "S1", pieces), name=f"stock_{pieces}.csv") for pieces in ("7", "6"))
    os.utime(new, (NOON + 0.7,) * 2)
    os.utime(old, (NOON + 0.2,) * 2)
    desk("run", new, old)
    assert desk.stock() == {("A", "S1"): 7}


def test_a_copy_in_the_same_command_is_accounted_for(desk: Desk) -> None:
    """Two files of one content and one moment are two runs: nothing that was handed in vanishes from the report."""
    files = [dropped(desk, 1, ("A", "S1", "5"), name=f"stock_{letter}.csv") for letter in "ab"]
    runs = desk("run", *files, "--json").json["runs"]
    assert {run["file"] for run in runs} == set(map(str, files))
    assert sum(run["rows"]["accepted"] for run in runs) == 1

"""FS01..FS04, FS19: when a file is taken, and which are left alone."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sync.watcher import remembered
from sync.watcher.folders import opened
from sync.watcher.remembered import Moment, Remembered
from sync.watcher.settling import Terms, settle
from sync.watcher.sights import look

if TYPE_CHECKING:
    from sync.watcher.settling import Settled
    from tests.drops import Drop

TEMPORARY = [
    ".stock.csv.A1b2",
    "stock.csv.part",
    "stock.csv.filepart",
    "stock.csv.tmp",
    "~$stock.xlsx",
    ".DS_Store",
    "Thumbs.db",
    "DESKTOP.INI",
    ".~tmp~/stock.csv",
]
SETTLE = 10.0


def at(
    folder: Path, known: Remembered, seconds: float, *, boot: str = "b", done: str | None = None
) -> Settled:
    """Look at a folder at a moment."""
    with opened(folder) as inbox:
        seen = look(inbox).sights
    return settle(known, seen, Terms(SETTLE, done), now=Moment(boot, seconds))


def test_a_slow_writer_is_waited_for(tmp_path: Path) -> None:
    """FS01: not before size and time of change stand still for the window."""
    file, known = tmp_path / "stock.csv", Remembered()
    for second in range(60):
        with file.open("a") as stream:
            stream.write("A,S1,5\n")
        assert at(tmp_path, known, second).ready == ()
    assert at(tmp_path, known, 59 + SETTLE - 0.1).ready == ()
    assert [sight.name for sight in at(tmp_path, known, 59 + SETTLE).ready] == ["stock.csv"]


def test_what_was_replaced_begins_anew(tmp_path: Path) -> None:
    """FS01: another file of the same size and time of change is another file."""
    (tmp_path / "stock.csv").write_text("5")
    known = Remembered()
    at(tmp_path, known, 0)
    (tmp_path / "new").write_text("6")
    told = (tmp_path / "stock.csv").stat()
    os.utime(tmp_path / "new", ns=(told.st_atime_ns, told.st_mtime_ns))
    (tmp_path / "new").replace(tmp_path / "stock.csv")
    assert at(tmp_path, known, SETTLE).ready == ()
    assert at(tmp_path, known, 2 * SETTLE).ready


def test_a_machine_that_was_started_again_waits_anew(tmp_path: Path) -> None:
    """FS01: nobody knows what was written meanwhile, and its seconds count from zero."""
    (tmp_path / "stock.csv").touch()
    known = Remembered()
    at(tmp_path, known, 100)
    assert at(tmp_path, known, 500, boot="c").ready == ()
    assert at(tmp_path, known, 500 + SETTLE, boot="c").ready


@pytest.mark.parametrize("mtime", [0, -1, 4_070_908_800])
def test_the_clock_of_whoever_wrote_it_does_not_matter(tmp_path: Path, mtime: int) -> None:
    """FS19: a time of change in 1970 makes no file old, one in 2099 none new: only a change that was seen counts."""
    (tmp_path / "stock.csv").touch()
    os.utime(tmp_path / "stock.csv", (mtime, mtime))
    known = Remembered()
    assert at(tmp_path, known, 0).ready == ()
    assert at(tmp_path, known, SETTLE).ready


def test_the_clock_is_one_that_nobody_sets() -> None:
    """FS19, SC08: the seconds since the machine was started, asleep or not."""
    assert abs(remembered.now().seconds - time.clock_gettime(time.CLOCK_BOOTTIME)) < 1
    assert remembered.now().boot == Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def test_settling_is_remembered_across_passes(drop: Drop) -> None:
    """FS01: each pass of `--once` is a process of its own: the second one takes the file."""
    drop.configure(settle=3600)
    drop.put()
    assert drop.once("--json").json == {"exit_code": 0, "runs": [], "left": [], "waiting": 1}
    assert drop.once("--json").json["waiting"] == 1
    drop.pass_time(3600)
    assert drop.report()["status"] == "ok"


def test_a_memory_that_was_spoilt_costs_one_settling_time(drop: Drop) -> None:
    """FS01: what cannot be read is as if it were not there; the inbox is still known to be ours by its mark."""
    drop.configure(settle=3600)
    drop.put()
    drop.once()
    for path in (drop.desk.folder / "state" / "watch").glob("*.json"):
        path.write_text('{"seen": 7')
    assert drop.once("--json").json["waiting"] == 1


@pytest.mark.parametrize("name", TEMPORARY)
def test_temporary_names_are_left_alone(drop: Drop, name: str) -> None:
    """FS03: not moved, not counted, not a word."""
    drop.put(name)
    ended = drop.once("--json")
    assert (ended.json, ended.err) == ({"exit_code": 0, "runs": [], "left": [], "waiting": 0}, "")
    assert (drop.inbox / name).exists()


def test_a_done_file_is_waited_for_and_taken_along(drop: Drop) -> None:
    """FS04: without it the file stays; with it both are taken, so that it cannot speak for the file of tomorrow."""
    drop.configure(done_file="{name}.done")
    drop.put()
    assert drop.once("--json").json["waiting"] == 1
    (drop.inbox / "stock.csv.done").touch()
    assert drop.report()["status"] == "ok"
    assert [path.suffix for path in drop.files("processed")] == [".csv", ".done"]
    assert drop.kept() == {"processed": 2}
    drop.put("stock.csv", "6")
    assert drop.once("--json").json["waiting"] == 1


def test_a_done_file_that_does_not_come_is_missed_once(tmp_path: Path) -> None:
    """FS04: after ten minutes it is said, and not again; a done file by itself is no stock file."""
    (tmp_path / "stock.csv").touch()
    (tmp_path / "other.csv.done").touch()
    known, done = Remembered(), "{name}.done"
    assert at(tmp_path, known, 0, done=done).words == at(tmp_path, known, 500, done=done).words == ()
    (words,) = at(tmp_path, known, 700, done=done).words
    assert "stock.csv.done" in words
    assert at(tmp_path, known, 900, done=done) == at(tmp_path, known, 900, done=done)
    assert (at(tmp_path, known, 900, done=done).words, at(tmp_path, known, 900, done=done).ready) == ((), ())

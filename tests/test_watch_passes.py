"""FS20, SC01, SC02, CR01, CR04 in the watched folder: many files, several hosts, and passes that are killed."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from sync.run.watched import order
from sync.watcher.sights import Sight
from tests.desks import MAPPING
from tests.drops import HEAD
from tests.processes import PATIENCE, STRACE, allowed, ended, started

if TYPE_CHECKING:
    from pathlib import Path

    from tests.drops import Drop

MINUTE = 60
NOBODY = 9_999_999  # no process has this number
STAMPED = MAPPING + r"as_of: {filename: 'stock_(?P<value>\d{8}_\d{4})', format: '%Y%m%d_%H%M', timezone: UTC}"
traced = pytest.mark.skipif(not allowed(STRACE, "-f", "-o", "/dev/null"), reason="needs strace")


def older(path: Path, minutes: float) -> None:
    """Have a file changed some time ago."""
    os.utime(path, (time.time() - minutes * MINUTE,) * 2)


def test_of_many_files_only_the_newest_value_is_posted(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """FS20: whatever they are called and in however many pieces they are taken: one request, and the newest value stands."""
    monkeypatch.setattr(order, "AT_ONCE", 4)
    for number in range(12):
        older(drop.put(f"stock_{number * 7 % 12}.csv", str(number)), 100 - number)
    reports = drop.once("--json").json["runs"]
    assert sum(report["requests"]["sent"] for report in reports) == 1
    assert (drop.desk.stock(), len(reports), drop.kept()) == ({("A", "S1"): 11}, 12, {"processed": 12})
    assert sum(report["skipped_by_reason"].get("superseded", 0) for report in reports) == 11


def test_the_stamp_in_a_name_tells_the_order(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """FS19, FS20: not the time of change, which a NAS may have wrong or all files alike."""
    monkeypatch.setattr(order, "AT_ONCE", 1)
    (drop.desk.folder / "mappings" / "stock.yaml").write_text(STAMPED)
    now = time.gmtime(time.time() - 3600)
    for minute, quantity in ((10, "7"), (30, "9"), (20, "8")):
        drop.put(f"stock_{time.strftime('%Y%m%d_%H', now)}{minute}.csv", quantity)
    reports = drop.once("--json").json["runs"]
    assert [report["requests"]["sent"] for report in reports] == [1, 0, 0]
    assert drop.desk.stock() == {("A", "S1"): 9}


def test_of_equal_moments_the_later_changed_wins(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """SC06, SC07: such files are never in two pieces, so that one of them is posted, and it is always the same."""
    monkeypatch.setattr(order, "AT_ONCE", 1)
    (drop.desk.folder / "mappings" / "stock.yaml").write_text(STAMPED)
    stamp = time.strftime("%Y%m%d_%H00", time.gmtime(time.time() - 3600))
    for name, quantity, minutes in (("c", "1", 30), ("a", "2", 10), ("b", "3", 20)):
        older(drop.put(f"stock_{stamp}_{name}.csv", quantity), minutes)
    reports = drop.once("--json").json["runs"]
    assert sum(report["requests"]["sent"] for report in reports) == 1
    assert drop.desk.stock() == {("A", "S1"): 2}


def test_ten_thousand_files_are_put_in_order_at_once() -> None:
    """FS20: every file once, the newest pieces first, and no piece larger than a hundred."""
    waiting = [Sight("", f"stock_{at}.csv", (0, at, 1, at * 10**9)) for at in range(10_000)]
    pieces = list(order.chunks(waiting, []))
    assert [len(piece) for piece in pieces] == [100] * 100
    assert [each.mark[1] for piece in reversed(pieces) for each in piece] == list(range(10_000))


def test_a_time_of_no_calendar_is_the_oldest(drop: Drop) -> None:
    """FS19: a disk may say any number of seconds; such a file comes last and is taken or told."""
    far, near = Sight("", "far.csv", (0, 1, 1, 10**30)), Sight("", "near.csv", (0, 2, 1, 10**18))
    ((first, last),) = order.chunks([near, far], [])
    assert (first, last) == (far, near)
    assert drop.kept() == {}


def test_two_hosts_take_each_file_once(drop: Drop) -> None:
    """SC02: two state folders on one inbox, at the same time."""
    drop.once()
    for number in range(20):
        drop.put(f"stock_{number}.csv", sku=f"S{number}")
    others = ("--state", str(drop.desk.folder / "other"))
    passes = [started(drop.desk, "watch", "--once", *more) for more in ((), others)]
    out = [process.communicate(timeout=PATIENCE)[0] for process in passes]
    assert [process.returncode for process in passes] == [0, 0]
    assert sum(text.count(b"1 accepted") for text in out) == 20
    assert drop.kept() == {"processed": 20}


def test_together_one_works_and_the_others_leave(drop: Drop) -> None:
    """SC01: cron, timer and hand at once: the file goes once, whoever takes it."""
    drop.once()
    drop.put()
    passes = [started(drop.desk, "watch", "--once", "--json") for _ in range(3)]
    for process in passes:
        process.communicate(timeout=PATIENCE)
    assert {process.returncode for process in passes} <= {0, 75}
    drop.once()
    assert (drop.desk.stock(), drop.kept()) == ({("A", "S1"): 5}, {"processed": 1})


KILLS = {
    "before it is claimed": ("renameat2", 1),
    "before it is put away": ("renameat2", 2),
    "when its copy is made": ("openat:stock.csv", 1),
    "before anything is taken away": ("unlinkat", 1),
}


@traced
@pytest.mark.parametrize("moment", KILLS)
@pytest.mark.parametrize("kind", ["good", "held", "failed"])
def test_a_pass_that_is_killed_is_finished_by_the_next(drop: Drop, moment: str, kind: str) -> None:
    """CR01, CR04: no person is needed, nothing is sent twice, and the file lies in one place with its note beside it."""
    drop.once()
    file = drop.rows([("x",)]) if kind == "failed" else drop.put()
    if kind == "held":
        older(file, 40 * 24 * 60)
    (call, _, name), when = KILLS[moment][0].partition(":"), KILLS[moment][1]
    only = ("-P", name) if name else ()
    under = ("-f", "-qq", "-o", str(drop.desk.folder / "trace"), *only, "-e", f"trace={call}")
    kill = ("-e", f"inject={call}:signal=KILL:when={when}")
    killed = ended(drop.desk, "watch", "--once", under=(str(STRACE), *under, *kill))
    assert killed.returncode != 0
    assert drop.once().code in (0, 3, 6)
    place = {"good": "processed"}.get(kind, kind)
    assert drop.kept() == {place: 1}
    assert len(list((drop.root / place).iterdir())) == 1 + (kind != "good")
    assert drop.desk.stock() == ({("A", "S1"): 5} if kind == "good" else {})
    assert list((drop.inbox / ".work").glob("*/*")) == []


def test_a_claim_that_came_to_nothing_is_taken_back(drop: Drop) -> None:
    """CR01: killed between done file and file: the done file goes back to where it came from, and nothing stays behind."""
    drop.once()
    drop.put("A/stock.csv")
    (work,) = (drop.inbox / ".work").iterdir()
    for name in ("A", ".done"):
        (work / "20261123T061502Z-3f9c" / name).mkdir(parents=True)
    (work / "20261123T061502Z-3f9c" / ".done" / "stock.csv.done").touch()
    drop.configure(done_file="{name}.done")
    assert (drop.once().code, list(work.iterdir())) == (0, [])
    assert (drop.inbox / "A" / "stock.csv.done").exists()
    assert drop.report()["status"] == "ok"


def test_what_a_pass_was_killed_over_is_taken_and_half_a_copy_cleared(drop: Drop) -> None:
    """FS13, CR01: a claimed file that the ledger does not know is processed as if it had just been dropped."""
    drop.once()
    (work,) = (drop.inbox / ".work").iterdir()
    claimed = work / "20261123T061502Z-3f9c" / "stock.csv"
    claimed.parent.mkdir()
    drop.put().rename(claimed)
    (drop.root / "processed" / f".{NOBODY}.0123abcd.tmp").touch()
    report = drop.report()
    assert (report["run"], drop.desk.stock()) == ("20261123T061502Z-3f9c", {("A", "S1"): 5})
    assert [path.name for path in (drop.root / "processed").iterdir()] == [f"stock.{report['run']}.csv"]


def test_a_note_that_a_pass_was_killed_before_is_written_by_the_next(drop: Drop) -> None:
    """CR01: the file was put away, and its claim tells that it was not done yet."""
    file = drop.put()
    older(file, 40 * 24 * 60)
    report = drop.report()
    (note,) = (drop.root / "held").glob("*.txt")
    words = note.read_text()
    note.unlink()
    (work,) = (drop.inbox / ".work").iterdir()
    (work / report["run"]).mkdir()
    assert (drop.once().code, note.read_text(), list(work.iterdir())) == (0, words, [])


def test_the_note_of_rejects_is_not_lost_with_a_killed_pass(drop: Drop) -> None:
    """CR01: killed before the note, with its run settled: the next pass puts the file away and writes it."""
    drop.rows([HEAD, ("A", "S1", "x"), ("A", "S2", "7")])
    report = drop.report()
    (note,) = (drop.root / "rejects").glob("*.txt")
    words = note.read_text()
    note.unlink()
    (work,) = (drop.inbox / ".work").iterdir()
    (work / report["run"]).mkdir()
    drop.files("processed")[0].rename(work / report["run"] / "stock.csv")
    assert (drop.once().code, note.read_text(), drop.kept()) == (1, words, {"processed": 1, "rejects": 1})

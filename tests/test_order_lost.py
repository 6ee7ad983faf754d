"""What the order of values is known by: lost, damaged or only half there, it is made anew, or nothing is sent."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from sync.memory import segments
from tests.test_order import dropped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sync.memory.entries import Entries
    from tests.desks import Desk


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


def test_many_small_runs_leave_few_segments(desk: Desk) -> None:
    """Those of like size are folded into one; nothing is forgotten by it."""
    files = [dropped(desk, at, ("A", f"S{at}", "5"), name=f"stock_{at}.csv") for at in range(20)]
    desk("run", *files)
    (folder,) = (desk.folder / "state" / "memory").iterdir()
    assert len(list(folder.iterdir())) < 8
    old = dropped(desk, -1, *(("A", f"S{at}", "50") for at in range(20)), name="stock_old.csv")
    assert desk.report("run", old)["skipped_by_reason"] == {"superseded": 20}


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


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_lost_memory_does_not_stop_who_only_looks(desk: Desk, command: str) -> None:
    """They read the send lists instead, and know as much."""
    desk("run", dropped(desk, 5, ("A", "S1", "5")))
    shutil.rmtree(desk.folder / "state" / "memory")
    old = dropped(desk, 1, ("A", "S1", "50"), name="stock_old.csv")
    assert desk.report(command, old)["skipped_by_reason"] == {"superseded": 1}


def test_without_memory_and_send_lists_nothing_is_sent(desk: Desk) -> None:
    """An older file could put old stock back: refused in words, with the way back."""
    desk("run", dropped(desk, 5, ("A", "S1", "5")))
    for name in ("memory", "sent"):
        shutil.rmtree(desk.folder / "state" / name)
    ended = desk("run", dropped(desk, 1, ("A", "S1", "50"), name="stock_old.csv"))
    assert ended.code == 2
    assert "backup" in ended.err
    assert desk.stock() == {("A", "S1"): 5}


@pytest.mark.parametrize("how", ["gone", "damaged"])
def test_pending_rows_that_are_lost_stop_everything_until_they_are_given_up(
    desk: Desk, tenant: Callable[[Any], None], how: str
) -> None:
    """An order that cannot be kept is not kept half: said in words, with the way back and the way on."""
    tenant([{"status": 503, "times": 2}])
    run = desk.report("run", dropped(desk, 5, ("A", "S1", "5")))["run"]
    folder = desk.folder / "state" / "staging" / run
    if how == "gone":
        shutil.rmtree(folder)
    else:
        (folder / "send").write_bytes((folder / "send").read_bytes()[:40])
    for command in (["resume"], ["run", dropped(desk, 9, ("A", "S2", "7"), name="stock_new.csv")]):
        ended = desk(*command)
        assert (ended.code, f"discard {run}" in ended.err) == (2, True)
    report = desk.report("discard", run)
    assert report["skipped_by_reason"] == {"discarded": 1}
    assert any("no longer known" in words for words in report["warnings"])
    assert desk("run", desk.folder / "stock_new.csv").code == 0


@pytest.mark.parametrize("command", [["status"], ["check", "stock.csv"]])
def test_a_ledger_that_is_gone_is_no_first_run(desk: Desk, command: list[str]) -> None:
    """Also who only looks is told that there was one."""
    desk("run", dropped(desk, 5, ("A", "S1", "5")))
    (desk.folder / "state" / "ledger.db").unlink()
    ended = desk(command[0], *(desk.folder / name for name in command[1:]))
    assert (ended.code, "backup" in ended.err) == (2, True)

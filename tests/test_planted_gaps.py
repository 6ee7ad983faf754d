"""Promises that could be broken without any test seeing it, as bugs showed that were planted (bench/bugs)."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sync.durable import write_text
from sync.errors import SetAside
from sync.ledger.book import connect
from sync.reconciler import judge
from sync.rejects.lines import Line
from sync.rejects.writing import write
from sync.replies import Reply
from sync.rows import ReadAs
from sync.run.snapshot import snapshot
from tests.rejectfiles import spoken
from tests.sendlists import batch_of
from tests.wires import Shop, answer, says, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import Desk

BATCH = batch_of([("A", "S1", 5), ("A", "S2", 6)])
COUNTS = {"total": 2, "created": 1, "updated": 1, "failed": 0, "errors": []}


def test_numbers_that_add_up_are_no_success_where_the_tenant_says_there_was_none() -> None:
    """SV02: `success: false`, or anything that is not true, settles nothing whatever stands beside it."""
    assert judge(BATCH, Reply(200, {"success": True, "data": COUNTS}), names={}).verdict == "settled"
    for said in (False, None, "false", 0, 1):
        assert judge(BATCH, Reply(200, {"success": said, "data": COUNTS}), names={}).verdict == "again"


def calls_to_the_disk(monkeypatch: pytest.MonkeyPatch, broken: str = "") -> list[str]:
    """Note what is synced and renamed; a sync of the file named `broken` fails."""
    seen: list[str] = []
    real_sync, real_replace = os.fsync, os.replace

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink().name
        seen.append(f"sync {path}")
        if broken and path.endswith(broken):
            raise OSError(errno.EIO, "Input/output error")
        real_sync(handle)

    def replace(old: str | os.PathLike[str], new: str | os.PathLike[str]) -> None:
        seen.append(f"rename {Path(old).name} {Path(new).name}")
        real_replace(old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    return seen


def test_a_file_is_on_the_disk_before_its_name_and_its_name_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CR08: the file is synced under its temporary name, then renamed, then its folder is synced."""
    seen = calls_to_the_disk(monkeypatch)
    write_text(tmp_path / "report.json", "{}")
    temporary = seen[0].removeprefix("sync ")
    assert temporary.endswith(".tmp")
    assert seen == [
        f"sync {temporary}",
        f"rename {temporary} report.json",
        f"sync {tmp_path.name}",
    ]


def test_a_sync_that_fails_is_told_once_and_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CR09: what was not synced gets no name, and a second try would only look as if it helped."""
    seen = calls_to_the_disk(monkeypatch, broken=".tmp")
    with pytest.raises(OSError, match="Input/output"):
        write_text(tmp_path / "report.json", "{}")
    assert len(seen) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_was_done_before_a_transaction_failed_is_undone(tmp_path: Path) -> None:
    """CR16: an error on its way out of a transaction takes everything with it."""
    ledger = connect(tmp_path / "ledger.db")
    with pytest.raises(sqlite3.IntegrityError), ledger.transaction():
        ledger.db.executemany("INSERT INTO segments VALUES (?, 'https://t', 1)", [("one",), ("one",)])
    assert ledger.db.execute("SELECT count(*) FROM segments").fetchone()[0] == 0
    ledger.close()


def test_a_pair_counts_from_its_sending_and_not_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """SC05: of a newer file whose first row went out without an answer, an older file knows that row, and no other."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", "sk_live_0123456789abcdef")
    shop = Shop()
    shop.otherwise = says(answer(b"{}", "503 Busy", "Retry-After: 7200"))
    desk.configure({"url": shop.origin, "batch_rows": 1, "batch_rows_max": 1, "workers": 1})
    rows = [("Depot", "Item", "Pieces"), ("A", "S1", "5"), ("A", "S2", "6")]
    with serving(shop):
        assert desk("run", "--as-of", "2026-01-02", desk.file(rows)).code == 4
    assert shop.bodies == [["S1"]]
    older = desk.report("check", "--as-of", "2026-01-01", desk.file(rows, "stock_old.csv"))
    assert (older["skipped_by_reason"], older["rows"]["pending"]) == ({"superseded": 1}, 1)


def test_a_reject_file_that_breaks_off_leaves_the_former_one(tmp_path: Path) -> None:
    """RX02: half of it never stands under its name, whatever stops the writing."""

    def lines() -> Iterator[Line]:
        yield Line(("A", "S1", "x"), (), ())
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "stock.rejects.csv"
    path.write_text("former")
    with pytest.raises(OSError, match="No space"):
        write(
            path,
            ("Depot", "Item", "Pieces"),
            lines,
            read_as=ReadAs("csv", "utf-8", ",", None, 1),
            guide=spoken(),
        )
    assert (list(tmp_path.iterdir()), path.read_text()) == ([path], "former")


def test_a_file_that_changes_while_it_is_copied_is_not_taken(tmp_path: Path) -> None:
    """FS06: half of the old and half of the new is neither; the pipe has the copying wait for the change."""
    path, pipe = tmp_path / "stock.csv", tmp_path / "copy"
    path.write_bytes(b"x" * 1_000_000)
    os.mkfifo(pipe)

    def goes_on() -> None:
        with pipe.open("rb") as copying:
            path.write_bytes(b"y" * 1_000_001)
            copying.read()

    writer = threading.Thread(target=goes_on, daemon=True)
    writer.start()
    with pytest.raises(SetAside, match="changed while it was read"):
        snapshot(path, pipe)
    writer.join()

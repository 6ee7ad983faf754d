"""CR10 to CR13: a ledger that is held, damaged, gone, shut or too new is refused before anything is sent, with the way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from sync.ledger import book
from tests.desks import GOOD, KEY, four_parts
from tests.processes import allowed, ended
from tests.wires import Shop, answer, says, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.desks import Desk

SETPRIV = shutil.which("setpriv")
AS_OWNER = ("--bounding-set", "-dac_override,-dac_read_search", "--")  # root, without root's way round modes
DOWN = says(answer(b"{}", "503 Down", "Connection: close"))
PAGE = 4096


@pytest.fixture
def shop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A tenant that took one file."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    shop = Shop()
    desk.configure({"url": shop.origin, "workers": 1})
    desk.unguarded()
    with serving(shop):
        many = [GOOD[0], *(("A", f"N{at:04}", "x") for at in range(900)), ("A", "N", "1")]
        assert (
            desk("run", desk.file(many, "stock_0.csv")).code == 1
        )  # with rejects, so that the ledger is large
        shop.requests.clear()
        yield shop


def refused(desk: Desk, shop: Shop, *words: str, code: int = 2) -> str:
    """Check that a run is refused before its first request, in words, and that the ledger is left as it is."""
    path = desk.folder / "state" / "ledger.db"
    before = path.read_bytes() if path.is_file() else None
    ended = desk("run", desk.file(GOOD))
    assert (ended.code, shop.requests) == (code, []), ended.err
    assert [word for word in (*words, "ledger") if word not in ended.err] == []
    assert "Traceback" not in ended.err + ended.out
    assert before in (None, path.read_bytes())
    return ended.err


def page_in_use(path: Path, table: str) -> int:
    """Find a page of the file that holds rows of a table."""
    with sqlite3.connect(path) as db:
        return (
            int(db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]) - 1
        )


DAMAGES: dict[str, Callable[[bytearray, int], Any]] = {
    "a page of zeros": lambda data, page: data.__setitem__(slice(page * PAGE, (page + 1) * PAGE), bytes(PAGE)),
    "random bytes": lambda data, page: data.__setitem__(
        slice(page * PAGE, page * PAGE + 200), bytes(range(37, 237))
    ),
    "cut in half": lambda data, _: data.__delitem__(slice(len(data) // 2, None)),
    "cut in a page": lambda data, _: data.__delitem__(slice(-PAGE - 7, None)),
    "its first page": lambda data, _: data.__setitem__(slice(0, 100), b"?" * 100),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_ledger_is_refused_with_the_way_back(desk: Desk, shop: Shop, damage: str) -> None:
    """CR11: whichever table is damaged; whoever looks into it is told in words too, and nothing is posted."""
    path = desk.folder / "state" / "ledger.db"
    sound = path.read_bytes()
    pages = {table: page_in_use(path, table) for table in ("runs", "batches", "rejects")}
    for page in pages.values():
        data = bytearray(sound)
        DAMAGES[damage](data, page)
        path.write_bytes(data)
        assert "backup" in refused(desk, shop)
    for command in ("status", "doctor", "resume"):
        looked = desk(command)
        assert (looked.code == 70, "Traceback" in looked.err + looked.out) == (False, False)
    assert not any(request.startswith(b"POST") for request in shop.requests)
    path.write_bytes(sound)
    assert desk("run", desk.folder / "stock.csv").code == 0


def test_a_ledger_that_was_deleted_is_missed(desk: Desk, shop: Shop) -> None:
    """CR12: a new one would know nothing of what was sent; moving the whole folder away is a person's decision."""
    for path in (desk.folder / "state").glob("ledger.db*"):
        path.unlink()
    assert "does not know the run" in refused(desk, shop, "backup")
    (desk.folder / "state").rename(desk.folder / "away")
    assert desk("run", desk.folder / "stock.csv").code == 0


def test_an_older_copy_of_the_ledger_is_seen(desk: Desk, shop: Shop) -> None:
    """CR12: a copy from before the newest run; with the folders of that time it is taken."""
    state = desk.folder / "state"
    shutil.copytree(state, desk.folder / "backup")
    assert desk("run", desk.file(GOOD, "stock_1.csv")).code == 0
    shop.requests.clear()
    shutil.copy(desk.folder / "backup" / "ledger.db", state / "ledger.db")
    refused(desk, shop, "does not know the run")
    shutil.rmtree(state)
    (desk.folder / "backup").rename(state)
    assert desk("run", desk.folder / "stock.csv").code == 0


def test_commits_that_were_deleted_are_missed(desk: Desk, shop: Shop) -> None:
    """CR12: after a kill the last commits are in ledger.db-wal alone; without it a pending run is forgotten."""
    shop.scripts = [DOWN] * 5
    before = (desk.folder / "state" / "ledger.db").read_bytes()
    assert desk("run", desk.file(GOOD)).code == 4
    (desk.folder / "state" / "ledger.db").write_bytes(before)  # as it is where nothing was folded in
    max((desk.folder / "state" / "reports").iterdir()).unlink()  # it was killed before it wrote one
    shop.requests.clear()
    refused(desk, shop, "does not know the run", "ledger.db-wal")


def test_a_newer_ledger_is_refused_as_it_is(desk: Desk, shop: Shop) -> None:
    """CR13: what a newer version wrote is not touched by this one."""
    path = desk.folder / "state" / "ledger.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    refused(desk, shop, "newer version")


def test_a_ledger_that_another_program_holds_is_waited_for_then_told(
    desk: Desk, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CR10: after its busy time exit 4 in four parts, nothing sent; once it is free the same command goes through."""
    monkeypatch.setattr(book, "BUSY_MS", 300)
    holder = sqlite3.connect(desk.folder / "state" / "ledger.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    told = refused(desk, shop, "another program holds the ledger", code=4)
    assert four_parts(told)
    holder.execute("ROLLBACK")
    holder.close()
    assert desk("run", desk.folder / "stock.csv").code == 0


@pytest.mark.skipif(
    os.getuid() == 0 and not allowed(SETPRIV, *AS_OWNER), reason="root writes whatever the mode"
)
@pytest.mark.parametrize(("name", "mode"), [("ledger.db", 0o440), ("", 0o550), ("lock", 0o000)])
def test_a_ledger_that_may_not_be_written_is_refused_in_words(
    desk: Desk, shop: Shop, name: str, mode: int
) -> None:
    """CR12: read-only, or of another owner: exit 2, nothing sent; with the rights back the run goes through."""
    path = desk.folder / "state" / name
    was = path.stat().st_mode
    path.chmod(mode)
    under = (str(SETPRIV), *AS_OWNER) if os.getuid() == 0 else ()
    run = ended(desk, "run", desk.file(GOOD), under=under)
    path.chmod(was)
    assert (run.returncode, shop.requests) == (2, []), run.stderr
    assert "Traceback" not in run.stderr
    assert str(desk.folder / "state") in run.stderr
    assert desk("run", desk.folder / "stock.csv").code == 0

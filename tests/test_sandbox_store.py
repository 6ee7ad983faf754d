"""The sandbox's store: its file, its identity, its catalogue, and many hands at once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.catalogue import Catalogue, read_catalogue
from sync.sandbox.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def test_records_outlive_the_store(tmp_path: Path) -> None:
    """What was put is there when the file is opened again, under the same identity."""
    with Store(tmp_path / "s.db") as store:
        assert store.put([("A", "1", 5), ("A", "2", 6), ("A", "1", 7)]) == 2
        identity = store.identity
    with Store(tmp_path / "s.db") as again:
        assert (again.identity, again.at_location("A")) == (identity, [("A", "1", 7), ("A", "2", 6)])
        assert again.put([("A", "1", 8), ("B", "1", 9)]) == 1


def test_whoever_asks_is_told_what_was_put(tmp_path: Path) -> None:
    """Once it is there, before anybody else can put something; nothing about what could not be put."""
    told = []
    with Store(tmp_path / "s.db") as store:
        store.note = lambda rows: told.append((*rows, store.at_location("A"), store._lock._is_owned()))  # type: ignore[attr-defined] # as a condition asks it
        store.put([("A", "1", 5)])
        with pytest.raises(sqlite3.IntegrityError):
            store.put([("A", "1", 6), ("A", "2", None)])  # type: ignore[list-item] # meant
    assert told == [(("A", "1", 5), [("A", "1", 5)], True)]


def test_each_store_is_another_tenant(tmp_path: Path) -> None:
    """Two stores never share an identity."""
    with Store(tmp_path / "a.db") as one, Store(tmp_path / "b.db") as other:
        assert one.identity != other.identity


def test_reset_empties_and_makes_another_tenant(tmp_path: Path) -> None:
    """After a reset nothing is left, and another process that has the file open sees it too."""
    with Store(tmp_path / "s.db") as store, Store(tmp_path / "s.db") as other:
        store.put([("A", "1", 5)])
        was = store.identity
        store.reset()
        assert other.page(None, 10) == []
        assert other.identity == store.identity != was


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_may_read_the_files(tmp_path: Path, umask: int) -> None:
    """The store and SQLite's side files are 0640 or tighter, whatever the umask."""
    before = os.umask(umask)
    try:
        with Store(tmp_path / "s.db") as store:
            store.put([("A", "1", 5)])
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes.keys() == {"s.db", "s.db-wal", "s.db-shm"}
    assert not any(mode & ~0o640 for mode in modes.values())


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """A database that is no store is left as it is, and the sentence names it."""
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE runs (id)")
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"ledger\.db is another program's database"):
        Store(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A CSV file given by mistake is named and kept."""
    path = tmp_path / "stock.csv"
    path.write_text("Location,SKU,Quantity\n" * 100)
    with pytest.raises(ValueError, match=r"stock\.csv is not a sandbox store"):
        Store(path)
    assert path.read_text().startswith("Location")


def test_all_rows_of_a_body_or_none(tmp_path: Path) -> None:
    """A row that SQLite cannot take undoes the rows before it."""
    with Store(tmp_path / "s.db") as store:
        with pytest.raises(sqlite3.IntegrityError):
            store.put([("A", "1", 5), ("A", "2", None)])  # type: ignore[list-item] # the fault
        assert store.page(None, 10) == []
        assert store.put([("A", "1", 5)]) == 1


def test_a_clock_that_goes_back_does_not_disturb_the_order(tmp_path: Path) -> None:
    """Newest first means created last, even when the clock says otherwise."""
    days = iter([3, 1, 2])
    with Store(tmp_path / "s.db", clock=lambda: datetime(2026, 11, next(days), tzinfo=UTC)) as store:
        for sku in "abc":
            store.put([("A", sku, 1)])
        found = store.page(None, 10)
    assert [record.sku_code for _, record in found] == ["c", "b", "a"]
    assert sorted((place for place, _ in found), reverse=True) == [place for place, _ in found]


def test_threads_lose_and_double_nothing(tmp_path: Path) -> None:
    """Eight threads on overlapping pairs: each pair is created once and holds one of the values sent."""
    batches = [
        [(f"L{row % 3}", str(row), batch) for row in range(batch * 50, batch * 50 + 100)]
        for batch in range(40)
    ]
    with Store(tmp_path / "s.db") as store, ThreadPoolExecutor(8) as pool:
        created = sum(pool.map(store.put, batches))
        held = {(where, sku): quantity for _, (where, sku, quantity) in store.page(None, 10_000)}
    sent: dict[tuple[str, str], set[int]] = {}
    for where, sku, quantity in (row for batch in batches for row in batch):
        sent.setdefault((where, sku), set()).add(quantity)
    assert created == len(held) == len(sent)
    assert all(held[pair] in values for pair, values in sent.items())


def test_processes_may_share_the_file_from_its_first_moment(tmp_path: Path) -> None:
    """Four processes that make and fill the same store at once agree on one tenant and lose no row."""
    script = """if True:
        import sys, pathlib
        from sync.sandbox.store import Store
        with Store(pathlib.Path(sys.argv[1])) as store:
            created = [store.put([(sys.argv[2], str(sku), 1)]) for sku in range(50)]
            print(store.identity, sum(created))
    """
    command = [sys.executable, "-c", script, str(tmp_path / "s.db")]
    workers = [
        subprocess.Popen([*command, str(each)], stdout=subprocess.PIPE, text=True) for each in range(4)
    ]
    told = [worker.communicate(timeout=60)[0].split() for worker in workers]
    assert {created for _, created in told} == {"50"}
    assert len({identity for identity, _ in told}) == 1


# The catalogue


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_catalogue_names_what_exists(tmp_path: Path) -> None:
    """Codes are trimmed, kept as text, and a byte order mark and blank lines do no harm."""
    path = write(tmp_path / "c.csv", "\ufeffkind,code\nlocation, A-101 \n\nsku,00123\nsku,00123\n")
    assert read_catalogue(path) == Catalogue(frozenset({"A-101"}), frozenset({"00123"}))


def test_a_kind_that_is_not_named_is_not_restricted(tmp_path: Path) -> None:
    """A catalogue of locations alone leaves every SKU in existence."""
    assert read_catalogue(write(tmp_path / "c.csv", "kind,code\nlocation,A\n")).skus is None
    assert read_catalogue(write(tmp_path / "d.csv", "kind,code\n")) == Catalogue()


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["1: the file is empty"]),
        ("location,A\n", ["1: the header must be kind,code, not location,A"]),
        ("kind,code\nshop,A\nsku,\nsku,1,2\nsku,3\n", ["2: ", "3: ", "4: "]),
    ],
)
def test_a_wrong_catalogue_is_told_whole(tmp_path: Path, text: str, problems: list[str]) -> None:
    """Every wrong line is named, with file and line, before anything is served."""
    path = write(tmp_path / "c.csv", text)
    with pytest.raises(ValueError, match=r"c\.csv:1|c\.csv:2") as caught:
        Store(tmp_path / "s.db", path)
    told = str(caught.value).splitlines()
    assert len(told) == len(problems)
    assert all(line.startswith(f"{path}:{start}") for line, start in zip(told, problems, strict=True))

"""FS15..FS18, HI05..HI09: names of any kind, what is no plain file, and folders that are none."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sync.watcher.naming import placed, run_of
from tests.desks import MAPPING

if TYPE_CHECKING:
    from tests.drops import Drop

RUN = "20261123T061502Z-3f9c"
ODD = [
    "stock of today.csv",
    "stock 'a' \"b\".csv",
    "stock\nrun.csv",
    "-stock.csv",
    "stock\x1b[31m.csv",
    "stock\u202ecsv.xlsx",
    f"stock{'é' * 123}.csv",
    "stock\udcff\udcfe.csv",
    "stock..%2f..%2fpasswd.csv",
    "stock..\\..\\x.csv",
]


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_a_name_may_be_made_of_anything(drop: Drop, name: str) -> None:
    """FS16, HI05: taken and put away, escaped in all that is said; another file goes on beside it."""
    (drop.desk.folder / "mappings" / "stock.yaml").write_text(MAPPING.replace('"stock*"', '"*stock*"'))
    drop.put(name)
    drop.put("stock_beside.csv", sku="S2")
    ended = drop.once()
    assert (ended.code, drop.kept()) == (0, {"processed": 2})
    assert all(text.isprintable() or text == "\n" for text in ended.out + ended.err)
    assert drop.once("--json").code == drop.desk("status").code == drop.desk("status", "--json").code == 0


def test_a_bad_file_with_a_bad_name_is_on_record(drop: Drop) -> None:
    """FS16: a reason that holds a name which is not UTF-8 can still be kept and printed."""
    drop.put("other\udcff.csv")
    ended = drop.once("--json")
    assert (ended.code, drop.kept()) == (6, {"failed": 1})
    assert drop.desk("show", ended.json["runs"][0]["run"], "--json").code == 0


def test_a_name_that_is_too_long_is_cut_between_letters() -> None:
    """FS16: 255 bytes with its run and a note beside it; what is not UTF-8 stays as it is."""
    for stem in ("é" * 200, "\udcff" * 251, "x" * 300):
        name = next(placed(f"{stem}.csv", RUN))
        assert len(os.fsencode(name)) <= 251
        assert name.endswith(f".{RUN}.csv")
        assert stem.startswith(name.removesuffix(f".{RUN}.csv"))


def test_the_run_of_a_file_is_the_last_that_its_name_has() -> None:
    """A reject file has the run in its name that it comes from."""
    name = next(placed("stock.20260101T000000Z-0000.rejects.xlsx", RUN))
    assert (run_of(name), run_of("stock.csv")) == (RUN, None)


def test_the_same_name_every_day_overwrites_nothing(drop: Drop) -> None:
    """FS15: each is kept as it came."""
    for quantity in range(8):
        drop.put("stock.csv", str(quantity) + "x" * (quantity % 2))
        drop.once()
    contents = {path.read_text() for path in drop.files("processed")}
    assert (len(contents), drop.kept()) == (8, {"processed": 8, "rejects": 4})


def test_names_that_differ_in_case_alone_do_not_meet(drop: Drop) -> None:
    """FS17: their places have different names also where case counts for nothing."""
    drop.put("STOCK.CSV", sku="S1")
    drop.put("stock.csv", sku="S2")
    assert drop.once().code == 0
    assert len({path.name.casefold() for path in drop.files("processed")}) == 2


def test_folders_that_are_no_locations_are_passed_over_with_a_word(drop: Drop) -> None:
    """FS18: one named like a file, and one in a location's folder; said once, for as long as they are there."""
    drop.put("x.csv/stock.csv")
    (drop.inbox / "A" / "deeper").mkdir(parents=True)
    ended = drop.once()
    assert (ended.code, drop.once().err) == (0, "")
    assert "x.csv: " in ended.err
    assert "A/deeper: " in ended.err
    (drop.inbox / "A" / "deeper").rmdir()
    drop.once()
    (drop.inbox / "A" / "deeper").mkdir()
    assert "A/deeper: " in drop.once().err


@pytest.mark.parametrize("target", ["secret", "drop", "/dev/zero", "stock.csv", "nowhere", "state/ledger.db"])
def test_a_link_is_not_followed(drop: Drop, target: str) -> None:
    """HI06: to a file, a folder, a device, itself, nothing, the ledger: failed as it is, and nothing of it read."""
    secret = drop.desk.folder / "secret"
    secret.write_text("Depot,Item,Pieces\nA,S1,5\n")
    (drop.inbox / "stock.csv").symlink_to(drop.desk.folder / target if target != "stock.csv" else target)
    ended = drop.once()
    assert (ended.code, drop.kept(), secret.exists()) == (6, {"failed": 1}, True)
    assert "not a plain file but a link" in ended.err
    assert drop.files("failed")[0].is_symlink()


def test_a_file_with_another_name_elsewhere_is_not_opened(drop: Drop) -> None:
    """HI07: a hard link to somebody's file: refused, and the other name keeps what it had."""
    other = drop.desk.folder / "other"
    other.write_text("Depot,Item,Pieces\nA,S1,5\n")
    (drop.inbox / "stock.csv").hardlink_to(other)
    ended = drop.once()
    assert (ended.code, drop.kept(), other.stat().st_nlink) == (6, {"failed": 1}, 2)
    assert "hard link" in ended.err


@pytest.mark.parametrize("kind", [stat.S_IFIFO, stat.S_IFSOCK])
def test_what_would_never_end_is_not_opened(drop: Drop, kind: int) -> None:
    """HI08: a pipe, a socket: failed at once, with no one waiting for a writer."""
    path = drop.inbox / "stock.csv"
    if kind == stat.S_IFIFO:
        os.mkfifo(path)
    else:
        with socket.socket(socket.AF_UNIX) as bound, _inside(drop.inbox):
            bound.bind(path.name)
    assert (drop.once().code, drop.kept()) == (6, {"failed": 1})
    assert stat.S_IFMT(drop.files("failed")[0].lstat().st_mode) == kind


class _inside:  # noqa: N801 - reads as a word
    """Be in a folder: the name of a socket has 108 bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._before = folder, Path.cwd()

    def __enter__(self) -> None:
        os.chdir(self._folder)

    def __exit__(self, *_: object) -> None:
        os.chdir(self._before)


@pytest.mark.parametrize("place", ["processed", "held", "failed", "rejects", "inbox"])
def test_a_place_that_became_a_link_stops_everything(drop: Drop, place: str) -> None:
    """HI09: files would end up elsewhere: 2 in words, and nothing is taken."""
    drop.once()
    drop.put()
    elsewhere = drop.desk.folder / "elsewhere"
    (drop.root / place).rename(elsewhere)
    (drop.root / place).symlink_to(elsewhere)
    ended = drop.once()
    assert (ended.code, str(drop.root / place) in ended.err) == (2, True)
    assert not (drop.desk.folder / "state" / "sandbox.db").exists()

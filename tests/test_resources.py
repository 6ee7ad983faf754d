"""RX, CR09: a disk, a limit or a memory that gives out stops the run in words; nothing is sent off the record, nothing is lost."""

from __future__ import annotations

import hashlib
import resource
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.desks import KEY, Desk, four_parts
from tests.processes import STRACE, UNSHARE, allowed, ended
from tests.wires import Shop, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from subprocess import CompletedProcess

ROWS = [("Depot", "Item", "Pieces"), *(("A", f"S{at:03}", str(at)) for at in range(60)), ("A", "S999", "x")]
WHOLE = {f"S{at:03}": at for at in range(60)}
traced = pytest.mark.skipif(
    not allowed(STRACE, "-f", "--seccomp-bpf", "-e", "trace=fsync", "-o", "/dev/null"), reason="needs strace"
)
mounted = pytest.mark.skipif(not allowed(UNSHARE, "-m"), reason="needs to mount a file system of its own")


@pytest.fixture
def shop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A tenant for batches of twenty rows."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    shop = Shop()
    desk.configure({"url": shop.origin, "workers": 1, "batch_rows": 20, "batch_rows_max": 20})
    with serving(shop):
        yield shop


def on_record(desk: Desk) -> set[str]:
    """Give the hashes of the bodies that the ledger knows of."""
    path = desk.folder / "state" / "ledger.db"
    if not path.exists():
        return set()
    with sqlite3.connect(path) as db:
        there = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'batches'").fetchone()
        return {row[0] for row in db.execute("SELECT body_sha256 FROM batches")} if there else set()


def bodies(shop: Shop) -> set[str]:
    """Give the hashes of the bodies that came."""
    return {hashlib.sha256(request.partition(b"\r\n\r\n")[2]).hexdigest() for request in shop.requests}


def stopped(desk: Desk, shop: Shop, run: CompletedProcess[str], words: str) -> None:
    """Check that a run stopped as it should, and that the next one finishes without a person."""
    assert (run.returncode, "Traceback" in run.stderr) == (4, False), run.stderr
    assert four_parts(run.stderr), run.stderr
    assert words in run.stderr
    assert bodies(shop) <= on_record(desk)
    finished(desk, shop)


def finished(desk: Desk, shop: Shop) -> None:
    """Check that the same command, once the fault is gone, settles every row and writes every file."""
    report = desk.report("run", desk.folder / "stock.csv")
    assert (report["exit_code"], report["rows"]["accepted"], report["rows"]["rejected"]) == (1, 60, 1)
    assert shop.stock == WHOLE
    assert len(list((desk.folder / "rejects").iterdir())) == 1
    assert desk("resume").code == 0
    assert not any((desk.folder / "state" / "staging").iterdir())


LIMITS = {
    "RX04 no file over 4 kB": (resource.RLIMIT_FSIZE, 4_000, "ulimit -f"),
    "RX04 no file over 110 kB": (resource.RLIMIT_FSIZE, 110_000, "ulimit -f"),
    "RX05 ten files": (resource.RLIMIT_NOFILE, 10, "ulimit -n"),
    "CR07 little memory": (resource.RLIMIT_AS, 200_000_000, "no memory left"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_stops_a_run_in_words_and_the_next_one_finishes(desk: Desk, shop: Shop, name: str) -> None:
    """Exit 4 in four parts with the limit's name; afterwards every row is settled once."""
    which, limit, words = LIMITS[name]
    desk.file(ROWS)
    run = ended(
        desk, "run", desk.folder / "stock.csv", limits=lambda: resource.setrlimit(which, (limit, limit))
    )
    stopped(desk, shop, run, words)


def test_thirty_two_files_are_enough(desk: Desk, shop: Shop) -> None:
    """RX05: the limit of old systems is no fault at all."""
    run = ended(
        desk,
        "run",
        desk.file(ROWS),
        limits=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32)),
    )
    assert (run.returncode, shop.stock) == (1, WHOLE)


INJECTED = {
    "CR09 the first sync of the ledger": ("fdatasync:error=EIO:when=8", "fdatasync"),
    "CR09 every sync from the delivery on": ("fdatasync:error=EIO:when=10+", "fdatasync"),
    "CR09 all folders and files": ("fsync:error=EIO:when=1+", "fsync"),
    "RX01 the ledger in mid run": ("pwrite64:error=ENOSPC:when=60+", "pwrite64"),
    "RX04 the quota is used up": ("pwrite64:error=EDQUOT:when=40+", "pwrite64"),
}


@traced
@pytest.mark.parametrize("name", INJECTED)
def test_a_disk_that_fails_stops_the_run_and_is_not_asked_twice(desk: Desk, shop: Shop, name: str) -> None:
    """Whatever call fails: no body left that is not on record, exit 4 in words, and the next run finishes."""
    inject, call = INJECTED[name]
    trace = desk.folder / "trace"
    under = (
        str(STRACE),
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-o",
        str(trace),
        "-e",
        f"trace={call}",
        "-e",
        f"inject={inject}",
    )
    run = ended(desk, "run", desk.file(ROWS), under=under)
    assert "INJECTED" in trace.read_text()
    stopped(desk, shop, run, "disk")


def small(folder: Path, options: str) -> tuple[str, ...]:
    """Give what runs a command with a small disk of its own over a folder."""
    folder.mkdir(exist_ok=True)
    script = 'mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@"'
    return (str(UNSHARE), "-m", "sh", "-c", script, options, str(folder))


@mounted
@pytest.mark.parametrize(
    ("options", "words"), [("size=2m", "files are needed"), ("nr_inodes=30", "files are needed")]
)
def test_a_small_disk_is_seen_before_the_first_request(
    desk: Desk, shop: Shop, options: str, words: str
) -> None:
    """RX06, RX12: too little room, or no place for another file: said at once, in four parts, with nothing sent."""
    run = ended(desk, "run", desk.file(ROWS), under=small(desk.folder / "state", options))
    assert (run.returncode, shop.requests) == (4, []), run.stderr
    assert four_parts(run.stderr)
    assert words in run.stderr
    finished(desk, shop)


@mounted
def test_a_reject_file_without_room_is_written_by_the_next_run(desk: Desk, shop: Shop) -> None:
    """RX02: the run is not green and says what is missing; its rejects are in the ledger, and come by themselves."""
    desk.unguarded()
    file = desk.file([*ROWS, *(("A", f"B{at:04}", "?") for at in range(900))])
    run = ended(desk, "run", file, under=small(desk.folder / "rejects", "size=4k"))
    assert (run.returncode, shop.stock) == (1, WHOLE)
    assert "could not be written" in run.stdout
    assert not any((desk.folder / "rejects").iterdir())
    assert desk("resume").code == 1
    (path,) = (desk.folder / "rejects").iterdir()
    assert len(path.read_text("utf-8-sig").splitlines()) == 1 + 901
    assert len(shop.requests) == 3
    assert desk("resume").code == 0


def test_a_large_file_is_taken_in_little_memory(desk: Desk, shop: Shop) -> None:
    """RX07: forty thousand rows within the limit that a million rows keep to."""
    desk.configure({"url": shop.origin, "batch_rows": 5000})
    file = desk.file([ROWS[0], *(("A", f"S{at:06}", "1") for at in range(40_000))])
    run = ended(
        desk,
        "run",
        file,
        limits=lambda: resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000)),
    )
    assert (run.returncode, len(shop.stock)) == (0, 40_000), run.stderr

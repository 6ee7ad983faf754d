"""A standard stream of ours never ends a run; and what the machine does to a command is told in its own words."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from sync.cli import streams
from sync.errors import FixSetup, is_damage, of_the_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOM = 4096
MUCH = 300_000


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """Give a pipe."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_what_is_read_comes_whole() -> None:
    """Much more than a pipe takes at once."""

    def write() -> None:
        stream = streams._text(writes, None, by_line=False)
        stream.write("x" * MUCH)
        stream.flush()

    with pipe() as (reads, writes):
        writer = threading.Thread(target=write)
        writer.start()
        came = 0
        while came < MUCH:
            came += len(os.read(reads, ROOM))
        writer.join()
    assert came == MUCH


def test_a_reader_that_is_gone_is_no_error() -> None:
    """The rest is taken as written, however much there is."""
    with pipe() as (reads, writes):
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device
            os.dup2(nothing.fileno(), reads)
        steady = streams.Steady(writes, None)
        assert [steady.write(b"x" * 10) for _ in range(3)] == [10, 10, 10]
    assert streams.lost() == ""


def test_a_log_waits_for_its_reader_once() -> None:
    """After its patience it is given up for good: a run of many lines is not held up by each."""
    with pipe() as (_, writes):
        steady = streams.Steady(writes, 0.05)
        for _ in range(100):
            assert steady.write(b"x" * ROOM) == ROOM
        assert steady._gone


def test_a_report_that_finds_no_room_is_told_once() -> None:
    """A log that finds none is not."""
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 - a device
        for patience, told in ((1.0, ""), (None, "No space left on device")):
            steady = streams.Steady(full.fileno(), patience)
            assert [steady.write(b"x"), steady.write(b"y")] == [1, 1]
            assert (streams.lost(), streams.lost()) == (told, "")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "no"), "no room left"),
        (OSError(errno.EDQUOT, "no"), "quota"),
        (OSError(errno.EFBIG, "no"), "ulimit -f"),
        (OSError(errno.EIO, "no"), "disk failed"),
        (OSError(errno.EROFS, "no"), "only be read"),
        (OSError(errno.EMFILE, "no"), "ulimit -n"),
        (MemoryError(), "no memory left"),
        (pa.ArrowMemoryError("malloc of size 9 failed"), "no memory left"),
        (RuntimeError("can't start new thread"), "no memory left"),
        (ImportError("x.so: cannot open shared object file: Too many open files"), "ulimit -n"),
        (ImportError("libarrow.so: failed to map segment from shared object"), "no memory left"),
    ],
)
def test_what_the_machine_does_is_no_bug(error: Exception, words: str) -> None:
    """Each in the words of what gave out, with what to do about it."""
    told = of_the_machine(error)
    assert told is not None
    assert words in told[0]
    assert told[1]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOENT, "no"), OSError("no number"), ValueError("x"), FixSetup("x"), KeyError(1)]
)
def test_what_is_something_else_stays_what_it_is(error: Exception) -> None:
    """A missing file, a wrong value, a bug: not the machine's."""
    assert of_the_machine(error) is None
    assert not is_damage(error)


def test_the_ledgers_errors_are_known_by_their_names(tmp_path: Path) -> None:
    """A full disk, a holder and damage, as sqlite3 itself raises them."""
    path = tmp_path / "x.db"
    first, second = (sqlite3.connect(path, isolation_level=None, timeout=0) for _ in range(2))
    first.execute("CREATE TABLE t (x)")
    first.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as full:
        first.execute("INSERT INTO t VALUES (zeroblob(99999))")
    first.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError) as held:
        second.execute("INSERT INTO t VALUES (1)")
    for db in (first, second):
        db.close()
    path.write_bytes(b"?" * 9000)
    with closing(sqlite3.connect(path)) as db, pytest.raises(sqlite3.DatabaseError) as damaged:
        db.execute("SELECT * FROM t")
    assert "no room" in str(of_the_machine(full.value))
    assert "another program" in str(of_the_machine(held.value))
    assert is_damage(damaged.value)
    assert of_the_machine(damaged.value) is None

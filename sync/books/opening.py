"""A path and the kind of workbook that lies there -> an open Book, whatever the workbook does to who reads it.

An .xlsx is read by our own reader in this process; any other kind in a child process, whose end, whatever it is, becomes
a spool of rows or plain words.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from sync.books.foreign import border
from sync.books.spool import Spool, SpooledBook
from sync.errors import SetAside
from sync.plainfile import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.books.shapes import Book

CHILD = ("-s", "-P", "-m", "sync.books.child")
MEMORY = 380_000_000  # bytes that the child may take beyond what it starts with
SECONDS = 5  # of the processor, and more for larger files:
SECONDS_A_MEGABYTE = 3
SECONDS_A_MEGABYTE_INFLATED = 0.5
SECONDS_MAX = 300
PATIENCE = 4  # times as long by the clock: the machine may have other work
SPOOL_MAX = 600_000_000  # bytes
KEPT_MAX = 200_000_000  # bytes of a spool that is kept for the next who asks
KEPT = 2

_kept: dict[tuple[object, ...], Spool] = {}  # by what tells a file and its content; newest last


@contextmanager
def opened_book(path: Path, kind: str, *, encoding: str | None = None) -> Iterator[Book]:
    """Open a workbook for as long as its sheets are read."""
    if kind == "xlsx":
        from sync.books.package import opened_package  # noqa: PLC0415 - the other kinds do without it

        with opened_package(path) as package:
            yield package
        return
    with opened(path) as stream:
        spool = _spool(stream, kind, encoding)
    yield SpooledBook(kind, spool)


def _spool(stream: BinaryIO, kind: str, encoding: str | None) -> Spool:
    """Convert a workbook, or take what an earlier look at the same file made of it."""
    before = _identity(stream, kind, encoding)
    known = _kept.pop(before, None)
    spool = known or _converted(stream, kind, encoding)
    if spool.size <= KEPT_MAX and _identity(stream, kind, encoding) == before:
        _kept[before] = spool
        while len(_kept) > KEPT:
            del _kept[next(iter(_kept))]
    return spool


def _identity(stream: BinaryIO, *declared: object) -> tuple[object, ...]:
    about = os.fstat(stream.fileno())
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, *declared


def _converted(stream: BinaryIO, kind: str, encoding: str | None) -> Spool:
    seconds = min(SECONDS + int(_work(stream)), SECONDS_MAX)
    with tempfile.TemporaryFile() as spool, tempfile.TemporaryFile() as complaints:
        command = [kind, str(MEMORY), str(seconds), str(SPOOL_MAX)] + ([encoding] if encoding else [])
        status = _run(command, stream, spool, complaints, patience=PATIENCE * seconds)
        if status is None:
            raise _ended(f"took longer than {PATIENCE * seconds} seconds")
        try:
            return Spool(spool.fileno())
        except (ValueError, LookupError, TypeError, OSError) as error:
            raise _ended(_why(status, complaints, seconds)) from error


def _work(stream: BinaryIO) -> float:
    """Estimate how many seconds of computing the content of a workbook may need."""
    if zipfile.is_zipfile(stream):
        with border(), zipfile.ZipFile(stream) as archive:
            inflated = sum(member.file_size for member in archive.infolist())
        return SECONDS_A_MEGABYTE_INFLATED * inflated / 1_000_000
    return SECONDS_A_MEGABYTE * os.fstat(stream.fileno()).st_size / 1_000_000


def _run(
    command: list[str], stream: BinaryIO, spool: IO[bytes], complaints: IO[bytes], *, patience: float
) -> int | None:
    """Run the child to its end, whatever that is; None where its time is over."""
    stream.seek(0)
    child = subprocess.Popen(  # noqa: S603 - our own module, in this very interpreter
        [sys.executable, *CHILD, *command],
        stdin=stream,
        stdout=spool,
        stderr=complaints,
        env={"PYTHONPATH": _import_path(), "PYTHONSAFEPATH": "1", "LC_ALL": "C.UTF-8"},
        start_new_session=True,  # Ctrl-C is for the parent, who ends the child in its own way
    )
    try:
        return child.wait(patience)
    except subprocess.TimeoutExpired:
        return None
    finally:
        child.kill()
        child.wait()


def _import_path() -> str:
    """Give the child the same packages, and nothing else of this process's surroundings."""
    ours = str(Path(__file__).parents[2])
    return os.pathsep.join([ours, *(place for place in sys.path if place)])


def _why(status: int, complaints: IO[bytes], seconds: int) -> str:
    if status == -signal.SIGXCPU:
        return f"took more than {seconds} seconds of computing"
    if status < 0:
        return f"was ended by signal {-status}"
    complaints.seek(max(os.fstat(complaints.fileno()).st_size - 400, 0))
    lines = complaints.read(400).decode("utf-8", "replace").split("\n")
    return f"failed: {next((line.strip() for line in reversed(lines) if line.strip()), f'status {status}')}"


def _ended(how: str) -> SetAside:
    return SetAside(
        f"The workbook cannot be read: its reader {how}. It may be damaged, or be no stock file. "
        "Open it and save the sheet that is meant as .xlsx or as CSV UTF-8."
    )

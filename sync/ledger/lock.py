"""One run at a time for each state folder: a kernel lock, which dies with its process."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sync.errors import FixSetup, TryLater, of_the_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOOK_AGAIN = 0.1  # seconds


@contextmanager
def hold(folder: Path, *, wait: float = 0, held: int | None = None) -> Iterator[int]:
    """Hold the lock of a state folder, waiting at most `wait` seconds; `held`: what `early` gave, whose lock goes on.

    Raises:
        TryLater: another process holds it.
        FixSetup: this user may not take it.
    """
    if held is not None:
        yield held
        return
    handle = _opened(folder / "lock")
    try:
        _take(
            handle, time.monotonic() + max(wait, LOOK_AGAIN)
        )  # who asks for its `holder` has it for a moment
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield handle
    finally:
        os.close(handle)


@contextmanager
def early(folder: Path, *, wait: float = 0) -> Iterator[int | None]:
    """Hold the lock before anything else is done, so that who is turned away has not worked for it.

    None: nobody ever held it; the folder may not even be there, and is not made here.
    """
    if not os.access(folder / "lock", os.F_OK):
        yield None
        return
    with hold(folder, wait=wait) as held:
        yield held


def holder(folder: Path) -> str | None:
    """Name the process that holds the lock of a state folder; None: it is free."""
    try:
        handle = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:  # never taken, or not ours to see
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _named(handle)
    finally:
        os.close(handle)
    return None


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    except OSError as error:
        if of_the_machine(error):
            raise
        raise FixSetup(
            f"{path}: the lock of the state folder cannot be taken: {error.strerror}; give the folder and all in it to the user that runs this (chown -R)"
        ) from None


def _named(handle: int) -> str:
    return os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"


def _take(handle: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise TryLater(
                    f"another run is at work (process {_named(handle)}); this one left without doing anything"
                ) from None
            time.sleep(LOOK_AGAIN)
        else:
            return

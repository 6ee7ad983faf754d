"""A file that others may be writing to -> its hash, and a copy that nobody else touches."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from sync.errors import SetAside, of_the_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PIECE = 1 << 20
PASSING = (  # what a disk or a share says that may answer again
    errno.EIO,
    errno.ESTALE,
    errno.ETIMEDOUT,
    errno.EBUSY,
    errno.ETXTBSY,
    errno.EREMOTEIO,
    errno.ECONNRESET,
    errno.ENOTCONN,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
)


class NotNowError(SetAside):
    """The file may be taken another time: it is being written to, or its disk or share does not answer."""


def readable(name: str) -> str:
    """Show a file's name, whatever bytes it is made of: what is not UTF-8 cannot be kept or printed."""
    return os.fsencode(name).decode(errors="replace")


def snapshot(path: Path, copy: Path | None, opener: Callable[[], int] | None = None) -> tuple[str, float]:
    """Hash a file, copying it where `copy` says; give its SHA-256 and mtime. `opener` opens it, where it is not at `path`.

    Raises:
        SetAside: it is no plain file, cannot be read, or changes while it is read.
    """
    name = readable(str(path))
    try:
        handle = opener() if opener else os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if opener and error.errno in PASSING:
            raise NotNowError(f"{name}: it cannot be opened now: {error.strerror}") from None
        if of_the_machine(error):
            raise
        raise SetAside(f"{name}: it cannot be opened: {error.strerror}") from None
    before = os.fstat(handle)
    if not stat.S_ISREG(before.st_mode):
        os.close(handle)
        kind = "a folder" if stat.S_ISDIR(before.st_mode) else "no plain file"
        raise SetAside(f"{name}: it is {kind}, not a stock file; name the files themselves")
    with os.fdopen(handle, "rb") as source:
        digest = hashlib.sha256()
        target = copy.open("wb") if copy else None
        try:
            for piece in _pieces(source, name):
                digest.update(piece)
                if target:
                    target.write(piece)
        finally:
            if target:
                target.close()
        after = os.fstat(handle)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise NotNowError(
            f"{name}: it changed while it was read; it is still being written: run it again when it is complete"
        )
    return digest.hexdigest(), before.st_mtime


def _pieces(source: BinaryIO, name: str) -> Iterator[bytes]:
    try:
        while piece := source.read(PIECE):
            yield piece
    except OSError as error:
        kind = NotNowError if error.errno in PASSING else SetAside
        raise kind(f"{name}: it cannot be read to its end: {error.strerror}; copy it here again") from None

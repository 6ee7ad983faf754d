"""A path -> an open plain file, or the plain words for what it is instead.

Nothing here waits: a pipe, a socket or a device is refused, never read.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from sync.errors import SetAside, of_the_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a plain file for reading; what is not one, or cannot be read, is set aside."""
    descriptor = _descriptor(path)
    try:
        with os.fdopen(descriptor, "rb") as stream:
            yield stream
    except OSError as error:
        if error.errno != errno.EIO and of_the_machine(error):
            raise  # no fault of the file's
        raise SetAside(
            f"The file cannot be read to its end: {error.strerror}. Copy it here again."
        ) from error


def _descriptor(path: Path) -> int:
    try:
        # Without O_NONBLOCK the opening of a pipe would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if of_the_machine(error):
            raise
        raise SetAside(_why_not(path, error)) from error
    kind = stat.S_IFMT(os.fstat(descriptor).st_mode)
    if kind == stat.S_IFREG:
        return descriptor
    os.close(descriptor)
    raise SetAside(_not_plain(kind))


def _why_not(path: Path, error: OSError) -> str:
    if error.errno == errno.ENXIO:  # what only a socket answers to being opened
        return _not_plain(stat.S_IFSOCK)
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return "This is a link to a file that is not there. Name the file itself."
    if isinstance(error, FileNotFoundError):
        return "There is no such file. Check the path."
    if isinstance(error, PermissionError):
        return "The file may not be read by this user. Give the user the right to read it."
    return f"The file cannot be opened: {error.strerror}."


def _not_plain(kind: int) -> str:
    return f"This is {KINDS.get(kind, 'something else')}, not a file. Name a CSV file or an .xlsx workbook."

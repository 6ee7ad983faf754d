"""A file under one name -> under another, on any file system, never in the place of something else.

A link is moved, not what it points to. Across file systems: copied, synced, renamed, synced, and only then taken away
where it was; a kill between any two leaves it whole in at least one place, and the next try ends with one.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.watcher.folders import Folder

PIECE = 1 << 20
NO_REPLACE = 1
UNKNOWN_HERE = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)  # the file system has no such rename
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
MODE = 0o640


def move(name: str, source: Folder, new: str, target: Folder) -> None:
    """Move a file.

    Raises:
        FileExistsError: something else has the new name.
        FileNotFoundError: it is gone.
        OSError: it cannot be moved, and lies where it lay.
    """
    try:
        rename(name, source, new, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _across(name, source, new, target)


def rename(name: str, source: Folder, new: str, target: Folder) -> None:
    """Rename a file without taking any other's place."""
    atomic = _renameat2()
    if atomic is not None:
        failed = atomic(source.fd, os.fsencode(name), target.fd, os.fsencode(new), NO_REPLACE)
        if not failed:
            return
        if failed not in UNKNOWN_HERE:
            raise OSError(failed, os.strerror(failed), str(source.path / name))
    if target.has(new):  # next to nothing lies between this look and the renaming
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target.path / new))
    os.rename(name, new, src_dir_fd=source.fd, dst_dir_fd=target.fd)


def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    """Find the system's own way; it gives the number of the error, or 0."""
    try:
        import ctypes  # noqa: PLC0415 - takes a while, and most looks find nothing to move

        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (ImportError, OSError, AttributeError):
        return None

    def rename(*arguments: int | bytes) -> int:
        return ctypes.get_errno() if call(*arguments) else 0

    return rename


def _across(name: str, source: Folder, new: str, target: Folder) -> None:
    kind = source.mark(name)[0]
    if kind == stat.S_IFLNK:
        os.symlink(os.readlink(name, dir_fd=source.fd), new, dir_fd=target.fd)
    elif kind != stat.S_IFREG:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(source.path / name))
    elif not (target.has(new) and _same(name, source, new, target)):  # else: killed before it was taken away
        _copy(name, source, new, target)
    os.fsync(target.fd)
    os.unlink(name, dir_fd=source.fd)


def _copy(name: str, source: Folder, new: str, target: Folder) -> None:
    temporary = f".{os.getpid()}.{secrets.token_hex(4)}.tmp"  # `durable.clear_leftovers` knows it
    try:
        with (
            open(os.open(name, READ, dir_fd=source.fd), "rb") as given,  # noqa: PTH123 - a descriptor
            open(os.open(temporary, NEW, MODE, dir_fd=target.fd), "wb") as copy,  # noqa: PTH123 - likewise
        ):
            told = os.fstat(given.fileno())
            while piece := given.read(PIECE):
                copy.write(piece)
            copy.flush()
            os.utime(copy.fileno(), ns=(told.st_atime_ns, told.st_mtime_ns))
            os.fsync(copy.fileno())
        rename(temporary, target, new, target)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=target.fd)


def _same(name: str, source: Folder, new: str, target: Folder) -> bool:
    """Tell whether two files hold the same."""
    if source.mark(name)[2:] != target.mark(new)[2:]:
        return False
    with (
        open(os.open(name, READ, dir_fd=source.fd), "rb") as one,  # noqa: PTH123 - a descriptor
        open(os.open(new, READ, dir_fd=target.fd), "rb") as other,  # noqa: PTH123 - likewise
    ):
        while piece := one.read(PIECE):
            if piece != other.read(PIECE):
                return False
    return True

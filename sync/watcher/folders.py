"""A path -> an open folder: what is done in it is done there, whatever somebody puts in the place of its path meanwhile."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Mark = tuple[int, int, int, int]  # kind, inode, size, mtime in nanoseconds
MODE = 0o750
SHUT = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder; the names in it may be made of any bytes."""

    path: Path
    fd: int

    @contextmanager
    def inner(self, name: str, *, make: bool = False) -> Iterator[Self]:
        """Open a folder in it; a link to one is none."""
        if make:
            _make(name, self.fd)
        handle = os.open(name, SHUT, dir_fd=self.fd)
        try:
            yield type(self)(self.path / name, handle)
        finally:
            os.close(handle)

    def names(self) -> list[str]:
        """List what lies in it."""
        return os.listdir(self.fd)  # noqa: PTH208 - a descriptor

    def mark(self, name: str) -> Mark:
        """Tell what a name stands for now, following no link."""
        return mark_of(os.stat(name, dir_fd=self.fd, follow_symlinks=False))

    def has(self, name: str) -> bool:
        """Tell whether something lies under a name."""
        try:
            self.mark(name)
        except FileNotFoundError:
            return False
        return True

    def remove(self, name: str) -> None:
        """Take an empty folder in it away; one that is not empty stays."""
        try:
            os.rmdir(name, dir_fd=self.fd)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.ENOENT, errno.EEXIST):
                raise


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """Open a folder; a link to one is none."""
    handle = os.open(path, SHUT)
    try:
        yield Folder(path, handle)
    finally:
        os.close(handle)


def mark_of(told: os.stat_result) -> Mark:
    """Give what tells a file from another, and from itself before it was written to again."""
    return (stat.S_IFMT(told.st_mode), told.st_ino, told.st_size, told.st_mtime_ns)


def _make(name: str, fd: int) -> None:
    try:
        os.mkdir(name, MODE, dir_fd=fd)
    except FileExistsError:
        return

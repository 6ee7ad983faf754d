"""Bytes that come from a server -> a file in the inbox, whole and on the disk before it has its name, never in another's place.

All is done below open folders: no name from the server, and no link that somebody put into the inbox, leads out of it.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sync.errors import of_the_machine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

MODE, FOLDER_MODE = 0o640, 0o770
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
RESERVE = 64 << 20  # bytes that a fetch leaves free
NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)


class InboxError(Exception):
    """The inbox cannot take anything now; the sentence says why and what to do."""


class PlaceError(Exception):
    """One subfolder of the inbox is none."""


class Inbox:
    """The inbox of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, path: str) -> bool:
        """Tell whether something of that name waits there."""
        return os.path.lexists(self._path / path)

    def room_for(self, size: int) -> bool:
        """Tell whether the disk has room for so many bytes."""
        with self._mending():
            disk = os.statvfs(self._path)
        return disk.f_bavail * disk.f_frsize >= size + RESERVE

    def clear(self, begins: str, keep: Collection[str]) -> None:
        """Take away temporary files of fetches that were killed; all of ours begin alike."""
        with self._mending():
            places = [entry.name for entry in os.scandir(self._path) if entry.is_dir(follow_symlinks=False)]
        for place in ("", *(place for place in places if not place.startswith("."))):
            with self._mending(), self._folder(place) as folder:
                for name in os.listdir(folder):  # noqa: PTH208 - a descriptor
                    if name.startswith(begins) and name not in keep:
                        os.unlink(name, dir_fd=folder)

    @contextmanager
    def receiving(self, place: str, temporary: str, mtime: int) -> Iterator[Receiver]:
        """Give what takes a file's bytes under a temporary name; it is on the disk when the block ends without an error."""
        with self._mending(), self._folder(place) as folder:
            with suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=folder)  # of a fetch that was killed
            receiver = Receiver(os.open(temporary, NEW, MODE, dir_fd=folder))
            try:
                yield receiver
                receiver.settle(mtime)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
                raise
            finally:
                os.close(receiver.handle)

    def put(self, temporary: str, path: str, marks: tuple[str, ...] = ()) -> Path | None:
        """Give an arrived file its name, and empty files beside it before; None: it has it already.

        Raises:
            FileExistsError: something of that name waits there.
        """
        place, _, name = path.rpartition("/")
        with self._mending(), self._folder(place) as folder:
            try:
                links = os.stat(temporary, dir_fd=folder, follow_symlinks=False).st_nlink
            except FileNotFoundError:
                return None
            if links == 1:
                for mark in marks:
                    with suppress(FileExistsError):
                        os.close(os.open(mark, NEW, MODE, dir_fd=folder))
                _link(temporary, name, folder)
            with suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=folder)
            os.fsync(folder)
        return self._path / path

    @contextmanager
    def _folder(self, place: str) -> Iterator[int]:
        """Open the inbox, or a subfolder of it that is made where it is missing."""
        inbox = os.open(self._path, FOLDER)
        try:
            if not place:
                yield inbox
                return
            with suppress(FileExistsError):
                os.mkdir(place, FOLDER_MODE, dir_fd=inbox)
            try:
                folder = os.open(place, FOLDER | os.O_NOFOLLOW, dir_fd=inbox)
            except (NotADirectoryError, OSError) as error:
                if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                    raise
                raise PlaceError(f"inbox/{place} is no folder; take away what is there") from error
            try:
                yield folder
            finally:
                os.close(folder)
        finally:
            os.close(inbox)

    @contextmanager
    def _mending(self) -> Iterator[None]:
        """Say what is wrong with the inbox or its disk."""
        try:
            yield
        except FileExistsError:
            raise
        except OSError as error:
            what, remedy = of_the_machine(error) or (f"{error.strerror}", "look at the folder and its rights")
            raise InboxError(
                f"nothing can be fetched into the inbox {self._path}: {what}; {remedy}"
            ) from error


class Receiver:
    """Takes the bytes of one file."""

    def __init__(self, handle: int) -> None:
        self.handle, self.size = handle, 0

    def write(self, piece: bytes) -> None:
        """Take some bytes."""
        left = memoryview(piece)
        while left:
            written = os.write(self.handle, left)
            self.size += written
            left = left[written:]

    def settle(self, mtime: int) -> None:
        """Have it on the disk, as old as it is on the server."""
        if mtime:
            os.utime(self.handle, (mtime, mtime))
        os.fsync(self.handle)


def _link(temporary: str, name: str, folder: int) -> None:
    """Give a file a second name that is free; where there are no links, its only name."""
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        with suppress(FileNotFoundError):
            os.stat(name, dir_fd=folder, follow_symlinks=False)
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name) from error
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)

"""An SFTP session -> the few things that are asked of it, each answered, refused in words, or the end of the session."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import paramiko
from paramiko import sftp as protocol

from sync.remote.shapes import GoneError, RefusedError, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PIECE = 32_768  # bytes that every server gives at once
NAMES_MAX = 100_000  # in a folder
WORDS_MAX = 160
LOST = "the connection broke off ({}); what was not fetched waits for the next pass"
FOREIGN = (
    paramiko.SSHException,
    paramiko.SFTPError,
    EOFError,
    OSError,
    ValueError,  # text that cannot be decoded, numbers that are none
)


class Entry(NamedTuple):
    """A name in a folder of the server, and what the server says of it."""

    name: str
    mode: int | None
    size: int | None
    mtime: int | None


def words(error: BaseException) -> str:
    """Give what a library or the server says, on one line and bounded."""
    said = getattr(error, "strerror", None) or str(error)
    told = " ".join("".join(letter if letter.isprintable() else " " for letter in str(said)).split())
    return told[:WORDS_MAX].strip(" .") or type(error).__name__


class Session:
    """An open session."""

    def __init__(self, sftp: paramiko.SFTPClient) -> None:
        self._sftp = sftp

    def entries(self, folder: str) -> list[Entry]:
        """List a folder.

        Raises:
            RefusedError: it cannot be listed.
            ServerError: the session is at its end.
        """
        with self._asking():
            return list(self._listed(folder))

    def _listed(self, folder: str) -> Iterator[Entry]:
        # The library's own listing has no bound, and fails as a whole for one name that is not UTF-8.
        ask = self._sftp._request  # type: ignore[attr-defined] # noqa: SLF001 - see above
        _, answer = ask(protocol.CMD_OPENDIR, folder)
        handle = answer.get_binary()
        found = 0
        try:
            while True:
                _, answer = ask(protocol.CMD_READDIR, handle)
                for _ in range(answer.get_int()):
                    name = answer.get_string().decode("utf-8", "backslashreplace")
                    answer.get_string()  # the line that a person would see
                    about = paramiko.SFTPAttributes._from_msg(answer)  # type: ignore[attr-defined] # noqa: SLF001 - likewise
                    found += 1
                    if found > NAMES_MAX:
                        raise RefusedError(f"it holds more than {NAMES_MAX:,} files")
                    yield Entry(name, about.st_mode, about.st_size, about.st_mtime)
        except EOFError:
            ask(protocol.CMD_CLOSE, handle)  # that was the last name, or the session is at its end

    def about(self, path: str) -> Entry:
        """Ask about one file, links followed."""
        with self._asking():
            found = self._sftp.stat(path)
            return Entry(path, found.st_mode, found.st_size, found.st_mtime)

    def read(self, path: str, write: Callable[[bytes], object]) -> None:
        """Hand on a file, piece by piece."""
        with self._asking():
            file = self._sftp.open(path, "rb")
        with file:
            while piece := self._piece(file):
                write(piece)

    def _piece(self, file: paramiko.SFTPFile) -> bytes:
        with self._asking():
            return file.read(PIECE)

    def rename(self, path: str, new: str) -> None:
        """Rename a file to a name that is free."""
        with self._asking():
            self._sftp.rename(path, new)

    def delete(self, path: str) -> None:
        """Delete a file."""
        with self._asking():
            self._sftp.remove(path)

    def make_folder(self, path: str) -> None:
        """Make a folder."""
        with self._asking():
            self._sftp.mkdir(path)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Tell what the server refuses from what ends the session."""
        try:
            yield
        except FOREIGN as error:
            if isinstance(error, TimeoutError) or not self._is_open():
                raise ServerError(LOST.format(words(error))) from error
            if getattr(error, "errno", None) == errno.ENOENT:
                raise GoneError(words(error)) from error
            raise RefusedError(words(error)) from error

    def _is_open(self) -> bool:
        channel = self._sftp.get_channel()
        return channel is not None and not channel.closed and channel.get_transport().is_active()

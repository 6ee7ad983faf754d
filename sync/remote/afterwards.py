"""A fetched file -> what becomes of it on the server: moved, deleted or left; what has changed since is not touched.

Many servers forbid the one or the other: that is said once, and then the file is left. It is not fetched twice for it.
"""

from __future__ import annotations

import posixpath
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count, islice
from typing import TYPE_CHECKING

from sync.droppednames import endings
from sync.remote.shapes import GoneError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.remote.session import Session
    from sync.remote.shapes import Listed, Wanted

TRIES = 20
DOES = {"move": "moved", "delete": "deleted"}


class Afterwards:
    """What is done with files on the server; one refusal is enough for a fetch."""

    def __init__(self, session: Session, wanted: Wanted) -> None:
        self._session, self._wanted = session, wanted
        self._refused = wanted.afterwards == "leave"
        self._made: set[str] = set()
        self.words: list[str] = []

    def settle(self, file: Listed, marks: tuple[str, ...] = ()) -> bool:
        """Move or delete a file, and its done file with it; False: it was left."""
        if self._refused:
            return False
        path = posixpath.join(self._wanted.folder, file.path)
        try:
            about = self._session.about(path)
            if (about.size, about.mtime or 0) != (file.size, file.mtime):
                return False  # somebody has written it anew: it will be fetched
            self._away(path, file)
        except GoneError:
            return True
        except RefusedError as error:
            self._refused = True
            what = DOES[self._wanted.afterwards]
            self.words.append(
                f"fetched files cannot be {what} on the server ({error}): they are left there, and none is fetched twice; "
                "set watch.sftp.afterwards: leave, or have the server allow it"
            )
            return False
        for mark in marks:
            with suppress(RefusedError):
                self._session.delete(posixpath.join(posixpath.dirname(path), mark))
        return True

    def _away(self, path: str, file: Listed) -> None:
        if self._wanted.afterwards == "delete":
            self._session.delete(path)
            return
        folder = posixpath.join(self._wanted.folder, self._wanted.moved_to, file.place)
        self._make(folder)
        target = posixpath.join(folder, self._free(folder, file))
        try:
            self._session.rename(path, target)
        except GoneError:
            self._session.about(path)  # gone too: somebody else has taken it
            raise RefusedError(f"there is no folder {folder!a}, and it cannot be made") from None
        about = self._session.about(target)
        if (about.size, about.mtime or 0) != (file.size, file.mtime):
            self.words.append(
                f"{file.path!a} was written anew in the very moment in which it was moved; what came last was not fetched and lies on the server as {target!a}: move it back"
            )

    def _make(self, folder: str) -> None:
        """Make the folder for what was fetched, and the one above it."""
        if folder in self._made:
            return
        for each in (posixpath.join(self._wanted.folder, self._wanted.moved_to), folder):
            with suppress(RefusedError):  # it is there; if it is not, the renaming will tell
                self._session.make_folder(each)
        self._made.add(folder)

    def _free(self, folder: str, file: Listed) -> str:
        """Find a name that nothing has there: some servers would overwrite it."""
        for name in islice(_names(file), TRIES):
            try:
                self._session.about(posixpath.join(folder, name))
            except GoneError:
                return name
        raise RefusedError("every name that was tried is taken")


def _names(file: Listed) -> Iterator[str]:
    yield file.name
    stem, suffix = endings(file.name)
    stamp = datetime.fromtimestamp(file.mtime, UTC)
    yield f"{stem}.{stamp:%Y%m%dT%H%M%SZ}{suffix}"
    for number in count(2):
        yield f"{stem}.{stamp:%Y%m%dT%H%M%SZ}.{number}{suffix}"

"""A server's folder -> its settled files in the inbox, newest first, each once, whenever this is killed.

For each file: its bytes under a hidden name, synced; a note that they are here; its name; what becomes of it on the
server. Whoever comes after a kill finds in the note how far it went.
"""

from __future__ import annotations

import posixpath
import time
from typing import TYPE_CHECKING

from sync.remote.afterwards import Afterwards
from sync.remote.arrival import Inbox, InboxError, PlaceError
from sync.remote.connection import connected
from sync.remote.listing import look
from sync.remote.remembered import Book
from sync.remote.shapes import Fetched, GoneError, RefusedError, ServerError, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from sync.remote.remembered import Remembered
    from sync.remote.session import Session
    from sync.remote.shapes import Listed, Server, Wanted

FILE_MAX = 1_000_000_000  # bytes
TOTAL_MAX = 4_000_000_000  # bytes of one fetch; the rest comes with the next
FILES_MAX = 5_000  # of one fetch, likewise
AT_ONCE = 50  # files between two notes
TOLD_MAX = 50  # sentences of one fetch


class _ChangedError(Exception):
    """A file is not as it was listed."""


def steady() -> float:
    """Tell the time by a clock that nobody sets, and that counts while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def fetch(server: Server, wanted: Wanted, state: Path, clock: Callable[[], float] = steady) -> Fetched:
    """Bring what has settled on the server into the inbox; trouble is told, not raised.

    Raises:
        FixSetup: the key file or the file of known hosts is none.
    """
    book = Book(state, f"{server}/{wanted.folder}")
    fetching = _Fetch(wanted, book, clock)
    if fetching.is_early():
        return Fetched((), fetching.standing())
    try:
        fetching.begin()
        with connected(server, wanted.deadline) as session:
            fetching.take(session)
    except (ServerError, InboxError) as error:
        fetching.tell(str(error), grave=True)
    except RefusedError as error:
        fetching.tell(f"{server}: the folder {wanted.folder!a} cannot be listed: {error}", grave=True)
    return Fetched(tuple(fetching.brought), fetching.settle_words())


class _Fetch:
    """One fetch under way."""

    def __init__(self, wanted: Wanted, book: Book, clock: Callable[[], float]) -> None:
        self._wanted, self._book, self._clock = wanted, book, clock
        self._inbox = Inbox(wanted.inbox)
        self._known: Remembered = book.read()
        self._words: dict[str, bool] = {}  # -> whether it is grave
        self._total = 0
        self.brought: list[Path] = []

    def is_early(self) -> bool:
        """Tell whether the server was asked just now."""
        return self._known.is_early(self._wanted.poll, self._clock())

    def standing(self) -> tuple[Trouble, ...]:
        """Give what was told before, and holds for all we know."""
        return tuple(Trouble(*told, new=False) for told in self._known.told.items())

    def tell(self, sentence: str, *, grave: bool = False) -> None:
        """Have something told."""
        if len(self._words) < TOLD_MAX:
            self._words[sentence] = grave

    def settle_words(self) -> tuple[Trouble, ...]:
        """Note what was told, and give it; what was told before is not new."""
        before = self._known.told
        self._known.told, self._known.looked = self._words, self._clock()
        self._book.write(self._known)
        return tuple(
            Trouble(sentence, grave, sentence not in before) for sentence, grave in self._words.items()
        )

    def begin(self) -> None:
        """Finish what a fetch before this one had no time for."""
        self._inbox.clear(f".sftp-{self._known.id}-", self._known.arrived)
        self._put_in_place()
        self._book.write(self._known)

    def _put_in_place(self) -> None:
        """Give what has arrived its name; where another file has it still, the next fetch tries again."""
        known = self._known
        for temporary, path in list(known.arrived.items()):
            try:
                placed = self._inbox.put(temporary, path, self._marks(path))
            except (FileExistsError, PlaceError):
                continue
            del known.arrived[temporary]
            self.brought += [placed] if placed else []

    def take(self, session: Session) -> None:
        """Bring what is due."""
        known, listing = self._known, look(session, self._wanted.folder, self._wanted.moved_to)
        for words in listing.words:
            self.tell(words)
        known.forget_gone(listing.files, listing.places)
        afterwards = Afterwards(session, self._wanted)
        paths = {file.path for file in listing.files}
        files = [file for file in listing.files if not self._is_mark(file.name)]
        self._away(afterwards, [file for file in files if known.is_taken(file)])
        due = [file for file in files if not known.is_taken(file) and self._is_due(file, paths)]
        due.sort(key=lambda file: (-file.mtime, file.path))
        for at in range(0, len(due[:FILES_MAX]), AT_ONCE):
            arrived = self._bring(session, due[at : at + AT_ONCE])
            self._away(afterwards, arrived)
        for words in afterwards.words:
            self.tell(words)

    def _is_due(self, file: Listed, paths: Collection[str]) -> bool:
        marks = (posixpath.join(file.place, mark) for mark in self._marks(file.path))
        settled = self._known.settled(file, self._wanted.settle, self._clock())
        return settled and all(mark in paths for mark in marks) and not self._inbox.has(file.path)

    def _bring(self, session: Session, files: Sequence[Listed]) -> list[Listed]:
        """Bring some files; what has arrived whole is kept, however this ends."""
        arrived: list[Listed] = []
        try:
            arrived.extend(file for file in files if self._receive(session, file))
        finally:
            for file in arrived:
                self._known.note_arrival(file)
            self._book.write(self._known)
            self._put_in_place()
        return arrived

    def _receive(self, session: Session, file: Listed) -> bool:
        """Bring the bytes of one file; False: not now."""
        if file.size > FILE_MAX:
            self.tell(
                f"{file.path!a} on the server has {file.size:,} bytes, more than any stock file", grave=True
            )
            return False
        if self._total + file.size > TOTAL_MAX:
            return False
        if not self._inbox.room_for(file.size):
            raise InboxError(
                f"there is no room for {file.path!a} ({file.size:,} bytes) on the disk of the inbox: make room; the files wait on the server"
            )
        try:
            self._copy(session, file)
        except (GoneError, _ChangedError):
            self._known.seen.pop(file.path, None)
            return False
        except PlaceError as error:
            self.tell(str(error), grave=True)
            return False
        except RefusedError as error:
            self.tell(f"{file.path!a} on the server cannot be read: {error}", grave=True)
            return False
        self._total += file.size
        return True

    def _copy(self, session: Session, file: Listed) -> None:
        path = posixpath.join(self._wanted.folder, file.path)
        with self._inbox.receiving(file.place, self._known.temporary(file), file.mtime) as receiver:

            def write(piece: bytes) -> None:
                if receiver.size + len(piece) > file.size:
                    raise _ChangedError
                receiver.write(piece)

            session.read(path, write)
            about = session.about(path)
            if (receiver.size, about.size, about.mtime or 0) != (file.size, file.size, file.mtime):
                raise _ChangedError

    def _away(self, afterwards: Afterwards, files: Sequence[Listed]) -> None:
        """Have what was fetched moved or deleted on the server, and forget what is gone there."""
        for file in files:
            if afterwards.settle(file, self._marks(file.path)):
                self._known.taken.pop(file.path, None)
        self._book.write(self._known)

    def _marks(self, path: str) -> tuple[str, ...]:
        """Name the done file of a file, where one is asked for."""
        done = self._wanted.done
        return (done.replace("{name}", posixpath.basename(path)),) if done else ()

    def _is_mark(self, name: str) -> bool:
        before, _, after = (self._wanted.done or "").partition("{name}")
        longer = len(name) > len(before) + len(after)
        return self._wanted.done is not None and longer and name.startswith(before) and name.endswith(after)

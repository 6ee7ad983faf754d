"""A folder of a server and its direct subfolders -> the plain files in it that can be fetched, and words on what cannot."""

from __future__ import annotations

import posixpath
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync.droppednames import is_temporary
from sync.remote.shapes import GoneError, Listed, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.remote.session import Session

LONGEST = 240  # bytes of a name: the inbox gives some of them more
SHOWN = 80
FOLDERS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """What a look at the server found; `places` are the folders that could be looked into."""

    files: list[Listed] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def look(session: Session, folder: str, moved_to: str) -> Listing:
    """List a folder and its direct subfolders, that of what was fetched apart.

    Raises:
        RefusedError: the folder itself cannot be listed.
        ServerError: the session is at its end.
    """
    found = Listing()
    places = list(_look_into(session, folder, "", found))
    away = posixpath.normpath(posixpath.join(folder, moved_to))
    for place in places[:FOLDERS_MAX]:
        path = posixpath.join(folder, place)
        if posixpath.normpath(path) == away:
            continue
        try:
            list(_look_into(session, path, place, found))
        except GoneError:
            continue
        except RefusedError as error:
            found.words.append(f"the folder {_shown(place)} on the server cannot be listed: {error}")
    return found


def _look_into(session: Session, path: str, place: str, found: Listing) -> Iterator[str]:
    """Gather the files of a folder, giving the subfolders."""
    entries = session.entries(path)
    found.places.append(place)
    for entry in entries:
        if entry.name in {".", ".."} or is_temporary(entry.name):
            continue
        below = posixpath.join(place, entry.name)
        if fault := _fault(entry.name, entry.mode):
            found.words.append(f"{_shown(below)} on the server {fault}")
            continue
        about = entry
        if entry.mode is None or entry.size is None:  # the list of some servers does not say
            with suppress(RefusedError):
                about = session.about(posixpath.join(path, entry.name))
        if stat.S_ISDIR(about.mode or 0):
            yield entry.name
        else:
            found.files.append(Listed(below, about.size or 0, about.mtime or 0))


def _fault(name: str, mode: int | None) -> str:
    """Say why something cannot be fetched; "": it can, or is a folder."""
    if not name.isprintable() or "/" in name or "\\" in name or len(name.encode(errors="replace")) > LONGEST:
        return "has a name that no file can have here: rename it"
    if mode is not None and stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "is no plain file (a link, as it seems): put the file itself there"
    return ""


def _shown(name: str) -> str:
    return ascii(name[:SHOWN])

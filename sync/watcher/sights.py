"""An open inbox -> what lies in it and in its subfolders, which are locations; what is left alone is not even named."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.droppednames import is_temporary
from sync.watcher.folders import mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.watcher.folders import Folder, Mark

LIKE_A_FILE = re.compile(
    r".\.(csv|tsv|tab|txt|dat|xlsx|xlsm|xlsb|xls|ods|xml|html?|json|zip|gz|7z|rar|pdf)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that lies in the inbox, or in the subfolder `place`."""

    place: str
    name: str
    mark: Mark

    @property
    def key(self) -> str:
        """Its path from the inbox."""
        return f"{self.place}/{self.name}" if self.place else self.name

    @property
    def mtime(self) -> float:
        """When it was last changed, in seconds."""
        return self.mark[3] / 1e9


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found; `ignored` says of each folder that is passed over why."""

    sights: tuple[Sight, ...]
    ignored: dict[str, str]


def look(inbox: Folder) -> Look:
    """Look at the inbox and its direct subfolders."""
    ignored: dict[str, str] = {}
    return Look((*_files(inbox, ""), *_below(inbox, ignored)), ignored)


def _below(inbox: Folder, ignored: dict[str, str]) -> Iterator[Sight]:
    for name in _folders(inbox):
        if LIKE_A_FILE.search(name):
            ignored[name] = "this is a folder, not a file, and no location either: it is left alone"
            continue
        try:
            with inbox.inner(name) as place:
                yield from _files(place, name)
                for deeper in _folders(place):
                    ignored[f"{name}/{deeper}"] = (
                        "folders in a location's folder are left alone, with all that lies in them"
                    )
        except FileNotFoundError:
            continue
        except OSError as error:
            ignored[name] = f"this folder cannot be looked into: {error.strerror}"


def _files(folder: Folder, place: str) -> Iterator[Sight]:
    with os.scandir(folder.fd) as entries:
        for entry in entries:
            if is_temporary(entry.name):
                continue
            try:
                told = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # gone since
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield Sight(place, entry.name, mark_of(told))


def _folders(folder: Folder) -> list[str]:
    with os.scandir(folder.fd) as entries:
        return sorted(
            entry.name
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not is_temporary(entry.name)
        )

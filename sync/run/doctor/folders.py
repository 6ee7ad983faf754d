"""Folders that are written to: there or makeable, this user's own, closed to others, on a disk that a ledger can lie on."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

from sync.config import network_filesystem
from sync.run.finding import doubtful, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.run.finding import Finding

OTHERS = 0o007
WORK_IN = os.R_OK | os.W_OK | os.X_OK
SHOWN = 3


def state(place: Path) -> Iterator[Finding]:
    """Examine the state folder."""
    network = network_filesystem(place)
    if network:
        words = f"{place} lies on a network file system ({network}), where the ledger is not safe"
        yield wrong("state", words, "set state to a folder on a local disk")
        return
    for found in folder("state", place):
        is_good = found.state == "ok" and is_there(place)
        yield next(_inside(place), found) if is_good else found


def _inside(place: Path) -> Iterator[Finding]:
    """Find what is wrong with a state folder that can be written to."""
    shut = sorted(path.name for path in place.iterdir() if not os.access(path, os.W_OK))
    if shut:
        words = f"{place} holds what this user may not write: {', '.join(shut[:SHOWN])}"
        yield wrong("state", words, f"type, as root: chown -R {owner(os.geteuid())}: '{place}'")
    whose = place.stat().st_uid
    if whose != os.geteuid():
        words = f"{place} belongs to {owner(whose)}, and this is {owner(os.geteuid())}: files made now are closed to the other"
        yield doubtful("state", words, f"type commands as {owner(whose)} (sudo -u {owner(whose)} ...)")
    if place.stat().st_mode & OTHERS:
        words = f"{place} is open to every user of this machine"
        yield doubtful("state", words, f"type: chmod o-rwx '{place}'")


def folder(name: str, place: Path) -> Iterator[Finding]:
    """Examine a folder that is written to."""
    there = next(path for path in (place, *place.parents) if os.path.lexists(path))
    if there.is_symlink() and not is_there(there):
        yield wrong(
            name, f"{there} is a link to nothing", f"put a folder there, or name another than {place}"
        )
    elif not there.is_dir():
        yield wrong(name, f"{there} is a file, not a folder", f"name another folder, or move {there} away")
    elif not os.access(there, WORK_IN):
        missing = "" if there == place else f"{place} is not there and cannot be made: "
        words = f"{missing}{there} cannot be written to by this user"
        yield wrong(name, words, "give it to the user that runs this, or name another")
    else:
        yield fine(name, f"{place}" if there == place else f"{place} is not there yet and will be made")


def is_there(path: Path) -> bool:
    """Tell whether a path leads to something; unlike exists(), no error where this user may not look."""
    return os.access(path, os.F_OK)


def owner(uid: int) -> str:
    """Name a user."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)

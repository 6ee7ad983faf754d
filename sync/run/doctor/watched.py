"""The watched folder: its places can be written to and renamed between, and whose files come into its inbox."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sync.config import network_filesystem
from sync.config.mounts import mount_of
from sync.run.doctor.folders import folder, is_there
from sync.run.finding import doubtful, fine, wrong
from sync.watcher.tree import FAILED, HELD, INBOX, PROCESSED, REJECTS, WORK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.config import Settings
    from sync.run.finding import Finding

PLACES = (INBOX, PROCESSED, HELD, FAILED, REJECTS)
APPROVE = "approve"
OTHERS_WRITE = 0o002
STICKY = 0o1000


def drop(settings: Settings) -> Iterator[Finding]:
    """Examine the watched folder, where there is one."""
    root = settings.watch.root
    places = [root / name for name in (*PLACES, *([APPROVE] if settings.watch.approve_folder else []))]
    there = [place for place in places if os.path.lexists(place)]
    if not there:
        yield fine("drop", f"{root} is not in use")
        return
    found = [one for place in there for one in (*_link(place), *folder("drop", place))]
    yield next((one for one in found if one.state != "ok"), fine("drop", f"{root}"))
    yield from _one_disk(root, there)
    if is_there(root / INBOX):
        yield from _inbox(root / INBOX, settings)


def _link(place: Path) -> Iterator[Finding]:
    if place.is_symlink():
        words = f"{place} is a link, and files would end up elsewhere: none is taken"
        yield wrong("drop", words, "put a folder there, or set watch.root to where the folders are")


def _one_disk(root: Path, places: list[Path]) -> Iterator[Finding]:
    """Files are renamed from place to place; from mount to mount they would have to be copied."""
    mounts = {place: (mount_of(place) or (root, ""))[0] for place in places}
    elsewhere = [place.name for place in places if mounts[place] != mounts[places[0]]]
    if elsewhere:
        words = f"{', '.join(elsewhere)} and {places[0].name} lie on different file systems: files are copied from one to the other, not renamed"
        yield doubtful("drop", words, f"put all of {root} on one file system, in one mount")


def _inbox(inbox: Path, settings: Settings) -> Iterator[Finding]:
    network = network_filesystem(inbox)
    if network:
        words = f"{inbox} lies on a network file system ({network}): what other machines write is found by looking every {settings.watch.poll:g} s, and another one may watch it too"
        yield doubtful(
            "inbox", words, "let one machine alone watch it: order and repeats hold for one state folder"
        )
    mode = inbox.stat().st_mode
    if mode & OTHERS_WRITE:
        words = f"every user of this machine may drop files into {inbox}, and what is dropped is sent"
        yield doubtful("inbox", words, f"let a group do so: chmod o-w '{inbox}'")
    others = _others(inbox / WORK, settings.state)
    if others:
        words = f"{inbox} is watched by another state folder too ({', '.join(others)}): each file is taken once, but order and repeats are known to one alone"
        remedy = f"stop one of the two; if the other is gone for good and its folder in {inbox / WORK} empty, remove that"
        yield doubtful("inbox", words, remedy)


def _others(work: Path, state: Path) -> list[str]:
    """Name those who claim files here, us apart."""
    if not is_there(work):
        return []
    ours = state / "watch" / "id"
    own = ours.read_text("ascii").strip() if is_there(ours) else ""
    return sorted(place.name for place in work.iterdir() if place.is_dir() and place.name != own)

"""The state folder -> nothing, where work may begin in it; else what is wrong with it, and the way back.

A ledger that was damaged, that lost its last pages or was replaced would be believed: it would send old stock again, and
forget what was sent. So it is read to its end before anything is sent, and compared with the folders beside it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sync.errors import NO_ROOM, FixSetup, MendMachine
from sync.ledger import runs

if TYPE_CHECKING:
    from pathlib import Path

    from sync.ledger.book import Ledger

SECOND = len("20261123T061502Z")  # of a run's id; what comes after it is in no order
RECORDED = "recorded"  # beside the staged files of a run that the ledger knows
LARGE = 256 << 20  # bytes of a ledger that is no longer read to its end each time; `doctor` reads any
LEAST = 4 << 20  # bytes that must be free for the ledger and a report, whatever else is written
FILES = 30  # that a run makes, with some to spare
WAY_BACK = (
    "put the whole state folder back from a backup; without one, move it away: the next run begins a new one, which knows"
    " nothing of what was sent (files that were sent before would be sent again)"
)


def require_whole(state: Path, path: Path, ledger: Ledger) -> None:
    """Settle that the ledger at `path` is sound and knows every run that left traces beside it.

    Raises:
        FixSetup: it is damaged, shut, or not the ledger that belongs here.
    """
    if not os.access(path, os.R_OK | os.W_OK):
        raise FixSetup(
            f"{path}: the ledger may not be written to by this user; nothing was sent. To do: give it and its folder to the user that runs this (chown), or set `state` to another folder"
        )
    damage = ledger.damage() if path.stat().st_size < LARGE else ""
    if damage:
        raise FixSetup(damaged(path, damage))
    for name in _traces(state):
        if runs.get(ledger, name) is None:
            raise FixSetup(
                f"{path}: the ledger does not know the run {name}, which was on record here: it, or its file {path.name}-wal,"
                f" was deleted or replaced by an older one; nothing was sent. To do: {WAY_BACK}"
            )


def require_none_before(state: Path, path: Path) -> None:
    """Settle that a state folder without a ledger is one in which nothing was ever run.

    Raises:
        FixSetup: there was a ledger.
    """
    if traces := _traces(state):
        raise FixSetup(
            f"{path}: the ledger is gone, though the run {traces[0]} was on record here; nothing was sent. To do: {WAY_BACK}"
        )


def damaged(path: Path | str, how: str) -> str:
    """Say that the ledger at a path is damaged, and what to do."""
    return f"{path}: the ledger is damaged ({how}); nothing more is sent. To do: {WAY_BACK}"


def _traces(state: Path) -> list[str]:
    """List runs that the ledger must know: the newest that were closed, and all that were being delivered."""
    closed = (name for name in _names(state / "reports") if name.endswith(".json") and name[0] != ".")
    newest = [name.removesuffix(".json") for name in closed]
    newest += _names(state / "sent")
    under_way = [name for name in _names(state / "staging") if (state / "staging" / name / RECORDED).exists()]
    last = max(newest, default="")[:SECOND]
    return [name for name in newest if last and name.startswith(last)] + under_way


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def require_room(folder: Path, needed: int) -> None:
    """Settle that a folder's disk has room for `needed` bytes, before anything is begun.

    Raises:
        MendMachine: it has not.
    """
    disk = os.statvfs(folder)
    few = disk.f_files and disk.f_favail < FILES
    free, wanted = 0 if few else disk.f_bavail * disk.f_frsize, needed + LEAST
    if free < wanted:
        raise MendMachine(
            f"{folder}: {NO_ROOM[0]} for this: {disk.f_bavail * disk.f_frsize >> 20:,} MB and {disk.f_favail:,}"
            f" files are free; {-(-wanted >> 20):,} MB and {FILES} files are needed\n"
            "  Safe: nothing of it was sent, and the file stays where it is\n"
            "  By itself: nothing; the next run takes it, once there is room\n"
            f"  To do: {NO_ROOM[1]}, then type the same command again"
        )

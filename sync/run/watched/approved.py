"""`<root>/approve/`: who moves a held file there says yes to it, where `watch.approve_folder` allows that.

The yes holds for exactly the content that was judged; whatever else is put there goes into the inbox and is judged anew.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sync.droppednames import endings, is_temporary
from sync.ledger import holds, runs
from sync.logs import Log
from sync.run.deciding import approve, word
from sync.run.places import is_note
from sync.watcher.moving import READ, move
from sync.watcher.naming import placed, run_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.config import Settings
    from sync.rows import Run
    from sync.run.desk import Desk
    from sync.watcher.folders import Folder
    from sync.watcher.tree import Tree

APPROVE = "approve"
WHY = "the file was moved into approve/"
PIECE = 1 << 20
log = Log()


def waiting(settings: Settings) -> bool:
    """Tell whether anything lies in the folder."""
    folder = settings.watch.root / APPROVE
    with suppress(OSError):
        return any(not is_temporary(name) for name in os.listdir(folder))  # noqa: PTH208 - names of any bytes
    return False


def take_approved(desk: Desk, tree: Tree, folder: Folder) -> list[dict[str, Any]]:
    """Let go what a person said yes to, and put its files away; gives the reports."""
    reports: list[dict[str, Any]] = []
    for name in sorted(folder.names()):
        if is_temporary(name) or folder.mark(name)[0] == stat.S_IFDIR:
            continue
        if is_note(name):
            os.unlink(name, dir_fd=folder.fd)  # our own, moved along
            continue
        run = _held_run(desk, name)
        if run is None or (owner := _owner_of_same(folder, name, run)) is None:
            _back_to_inbox(tree, folder, name, run)
        else:
            log.info("approved", run=run.run, file=run.file, by=owner)
            reports += approve(desk, run.run, word("approved", owner, WHY), location=None)
            _move(name, folder, tree.processed, (name, *_others(name, run)))
    return reports


def _held_run(desk: Desk, name: str) -> Run | None:
    """Find the run of a file, if a guard holds anything of it."""
    told = run_of(name)
    run = runs.get(desk.ledger, told) if told else None
    if run is None or run.discarded or run.tenant != desk.tenant.identity:
        return None
    return run if any(hold.verdict is None for hold in holds.of_run(desk.ledger, run.run)) else None


def _owner_of_same(folder: Folder, name: str, run: Run) -> str | None:
    """Give the owner of a file that still holds what was judged; None: it holds something else."""
    try:
        handle = os.open(name, READ, dir_fd=folder.fd)
    except OSError:
        return None
    with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor
        told = os.fstat(file.fileno())
        if not stat.S_ISREG(told.st_mode):
            return None
        digest = hashlib.sha256()
        while piece := file.read(PIECE):
            digest.update(piece)
    if digest.hexdigest() != run.sha256:
        return None
    try:
        return pwd.getpwuid(told.st_uid).pw_name
    except KeyError:
        return f"user {told.st_uid}"


def _back_to_inbox(tree: Tree, folder: Folder, name: str, run: Run | None) -> None:
    """Have a file judged like any other; one that was changed is another file, under the name that it came with."""
    stem, suffix = endings(name)
    plain = stem.removesuffix(f".{run.run}") + suffix if run else name
    log.warning("not what was held: judged anew", file=name)
    _move(name, folder, tree.inbox, (plain, name, *_others(name, run)))


def _others(name: str, run: Run | None) -> Iterator[str]:
    names = placed(name, run.run if run else "again")
    return (next(names) for _ in range(100))


def _move(name: str, source: Folder, target: Folder, names: tuple[str, ...]) -> None:
    for new in names:
        with suppress(FileExistsError):
            move(name, source, new, target)
            return

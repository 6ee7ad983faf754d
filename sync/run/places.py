"""Where a dropped file belongs: it follows from its run in the ledger alone, so that a killed pass is finished by the next one."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from sync.durable import clear_leftovers
from sync.ledger import batches, runs
from sync.logs import Log
from sync.report import outcomes, status
from sync.watcher.claiming import give_back, open_claimed, put_away, unchanged
from sync.watcher.folders import Folder, opened
from sync.watcher.moving import move
from sync.watcher.naming import run_of
from sync.watcher.tree import FAILED, HELD, PROCESSED, REJECTS

if TYPE_CHECKING:
    from pathlib import Path

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.rows import Run
    from sync.watcher.claiming import Claim
    from sync.watcher.tree import Tree

NOTE = ".txt"
PIECE = 1 << 20
log = Log()


class BackError(Exception):
    """A file was written to after it was read: what was sent is what it was; it lies in the inbox again, to be taken anew."""


def status_of(ledger: Ledger, run: Run) -> str:
    """Tell in one word how a run stands."""
    run = runs.get(ledger, run.run) or run
    return status(run, outcomes(run, batches.tally(ledger, run.run)))


def place(tree: Tree, taken: Claim, run: Run, status: str) -> Path:
    """Put a claimed file where its run's status says; gives where it lies.

    Raises:
        BackError: it changed since it was claimed.
    """
    if taken.why_not is None and not unchanged(tree, taken):
        raise BackError(str(give_back(tree, taken)))
    return put_away(tree, taken, _folder(tree, status), run.run)


def _folder(tree: Tree, status: str) -> Folder:
    return {"failed": tree.failed, "held": tree.held}.get(status, tree.processed)


def is_what_was_read(tree: Tree, taken: Claim, run: Run) -> bool:
    """Tell whether a file that a killed pass left behind still holds what its run is of."""
    if taken.why_not or not run.sha256:
        return True
    digest = hashlib.sha256()
    with os.fdopen(open_claimed(tree, taken), "rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
    return digest.hexdigest() == run.sha256


def found(folder: Folder, run: str) -> str | None:
    """Find the file of a run in a folder."""
    named = sorted(name for name in folder.names() if run_of(name) == run)
    return next(
        (name for name in named if name.removesuffix(NOTE) not in named or name.removesuffix(NOTE) == name),
        None,
    )


def is_note(name: str) -> bool:
    """Tell our note about a placed file from a placed file that ends like one."""
    run = run_of(name)
    return run is not None and name.endswith(NOTE) and not name.endswith(f".{run}{NOTE}")


def settle_places(settings: Settings, ledger: Ledger) -> list[Path]:
    """Move the files of held/ whose run waits for nobody any more to processed/, and take their notes away; gives where to.

    What a killed pass was writing beside them is taken away once it is old.
    """
    root = settings.watch.root
    for name in ("", PROCESSED, HELD, FAILED, REJECTS):
        clear_leftovers(root / name, shared=True)
    try:
        with opened(root / HELD) as held, opened(root / PROCESSED) as processed:
            moved = [
                processed.path / name
                for name in _no_longer_held(ledger, held)
                if _let_go(name, held, processed)
            ]
            _clear_notes(held)
            return moved
    except FileNotFoundError:  # nobody watches a folder here
        return []
    except OSError as error:  # a pass will say it
        log.warning("not looked into", folder=str(root), words=error.strerror)
        return []


def _no_longer_held(ledger: Ledger, held: Folder) -> list[str]:
    names = set(held.names())
    found = []
    for name in sorted(names):
        named = None if is_note(name) else run_of(name)
        run = runs.get(ledger, named) if named else None
        if run and status_of(ledger, run) != "held":
            found.append(name)
    return found


def _clear_notes(held: Folder) -> None:
    """Take the notes away whose file somebody moved elsewhere."""
    names = set(held.names())
    for name in names:
        if is_note(name) and name.removesuffix(NOTE) not in names:
            os.unlink(name, dir_fd=held.fd)


def _let_go(name: str, held: Folder, processed: Folder) -> bool:
    try:
        move(name, held, name, processed)
        if held.has(name + NOTE):
            os.unlink(name + NOTE, dir_fd=held.fd)
    except OSError as error:
        log.warning("left in held", file=str(held.path / name), words=error.strerror)
        return False
    return True

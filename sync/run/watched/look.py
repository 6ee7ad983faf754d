"""The watched folder -> what may be taken from it now, and what is to be said once. Needs no heavy library."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.droppednames import is_temporary
from sync.run.watched.fetching import fetch
from sync.watcher import remembered
from sync.watcher.claiming import leftovers
from sync.watcher.settling import Settled, Terms, settle
from sync.watcher.sights import look
from sync.watcher.tree import INBOX, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sync.config import Settings
    from sync.remote.shapes import Fetched
    from sync.watcher.claiming import Claim
    from sync.watcher.remembered import Remembered
    from sync.watcher.tree import Tree

STRANGE = "this inbox was watched before, but not with this state folder: nothing of what was sent from it is known here. Was the state folder lost? Then put it back from a backup; without it, files are judged as the first of their kind"
APPROVE = "approve"
FOLDER = "folder "  # a topic of what is said once


@dataclass(frozen=True, slots=True)
class Looked:
    """An inbox that was looked at, under the lock."""

    tree: Tree
    terms: Terms
    settled: Settled
    left: tuple[Claim, ...]  # files that a killed pass had claimed
    emptied: tuple[Claim, ...]  # and claims of it whose file was put away
    fetched: Fetched
    words: tuple[str, ...]  # what is new, and wants to be said

    @property
    def has_files(self) -> bool:
        """Whether there is anything to take."""
        return bool(self.left or self.emptied or self.settled.ready)


@contextmanager
def looked(settings: Settings) -> Iterator[Looked]:
    """Open the watched folder and look at it; what was seen is remembered at once.

    Raises:
        FixSetup: it cannot be used, or is not the one that was watched before.
    """
    watch = settings.watch
    book = remembered.Book(settings.state, watch.root / INBOX)
    known = book.read()
    with opened(watch.root, remembered.identity(settings.state), known.mark) as tree:
        strange = tree.strange and not book.knew(tree.mark)
        known.mark = tree.mark
        book.write(known)
        fetched = fetch(settings)  # only now: it writes into the inbox
        seen = look(tree.inbox)
        terms = Terms(watch.settle, watch.done_file)
        whole = _keys(fetched.brought, tree.inbox.path)
        settled = settle(known, seen.sights, terms, now=remembered.now(), at_once=whole)
        words = [*_said_once(known, seen.ignored), *settled.words]
        words += [f"{tree.inbox.path}: {STRANGE}"] if strange else []
        words += [trouble.sentence for trouble in fetched.troubles if trouble.new]
        book.write(known)
        left, emptied = leftovers(tree)
        yield Looked(tree, terms, settled, tuple(left), tuple(emptied), fetched, tuple(words))


def approvals(settings: Settings) -> bool:
    """Tell whether somebody has moved anything into approve/, where that is a yes."""
    with suppress(OSError):
        names = os.listdir(settings.watch.root / APPROVE)  # noqa: PTH208 - names of any bytes
        return settings.watch.approve_folder and not all(map(is_temporary, names))
    return False


def _keys(paths: Iterable[Path], inbox: Path) -> set[str]:
    return {str(path.relative_to(inbox)) for path in paths if path.is_relative_to(inbox)}


def _said_once(known: Remembered, ignored: dict[str, str]) -> Iterator[str]:
    """Say of each folder that is passed over why, once for as long as it is there."""
    topics = {f"{FOLDER}{key}" for key in ignored}
    new = topics - known.told
    known.told = {topic for topic in known.told if not topic.startswith(FOLDER) or topic in topics} | new
    for topic in sorted(new):
        key = topic.removeprefix(FOLDER)
        yield f"{key}: {ignored[key]}"

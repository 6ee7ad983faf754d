"""The root of a watched folder -> its places, open, and known to be the ones that were watched before."""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.errors import FixSetup, of_the_machine
from sync.watcher.folders import MODE, Folder
from sync.watcher.marker import recognised

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INBOX, WORK = "inbox", ".work"
PROCESSED, HELD, FAILED, REJECTS = "processed", "held", "failed", "rejects"


@dataclass(frozen=True, slots=True)
class Tree:
    """The watched folder with its places open; `work` holds what this state folder has claimed.

    `mark` is the inbox's; `strange`: others know it by that, and this state folder did not.
    """

    root: Path
    mark: str
    strange: bool
    inbox: Folder
    processed: Folder
    held: Folder
    failed: Folder
    work: Folder


@contextmanager
def opened(root: Path, identity: str, known: str) -> Iterator[Tree]:
    """Open the watched folder for the state folder with this identity, making what is not there.

    `known` is the mark that its inbox had before, or "": then nothing is made in the place of what is gone.

    Raises:
        FixSetup: it cannot be used, or is not the one that was watched before.
    """
    with ExitStack() as stack:
        try:
            if not known:
                root.mkdir(mode=MODE, parents=True, exist_ok=True)
            whole = stack.enter_context(_open(root))
            inbox = stack.enter_context(whole.inner(INBOX, make=not known))
            mark, strange = recognised(inbox, known)
            processed, held, failed, _ = (
                stack.enter_context(whole.inner(name, make=True))
                for name in (PROCESSED, HELD, FAILED, REJECTS)
            )
            all_work = stack.enter_context(inbox.inner(WORK, make=True))
            work = stack.enter_context(all_work.inner(identity, make=True))
        except OSError as error:
            raise _unusable(root, error, before=bool(known)) from error
        yield Tree(root, mark, strange, inbox, processed, held, failed, work)


@contextmanager
def _open(root: Path) -> Iterator[Folder]:
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield Folder(root, handle)
    finally:
        os.close(handle)


def _unusable(root: Path, error: OSError, *, before: bool) -> Exception:
    name = error.filename or ""
    place = root / os.fsdecode(name) if isinstance(name, (str, bytes)) else root
    if error.errno == errno.ENOENT and before:
        return FixSetup(
            f"{place}: the folder that was watched before is not there. Is a share not mounted? Nothing was taken. To do: mount it, or put the folder back"
        )
    if error.errno in (errno.ENOTDIR, errno.ELOOP):
        return FixSetup(
            f"{place}: this is a link or a file, not a folder; files would end up elsewhere, so nothing was taken. To do: put a folder there, or set watch.root to where the folders are"
        )
    if of_the_machine(error) and error.errno != errno.EROFS:
        return error
    return FixSetup(
        f"{place}: this part of the watched folder cannot be used: {error.strerror}; give it to the user that runs this, or set watch.root to another folder"
    )

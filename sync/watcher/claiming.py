"""A settled file -> claimed: renamed into a folder of this state folder and this run alone, so that nobody else takes it.

    <inbox>/.work/<state folder>/<run>/[<subfolder>/]<name>, and its done file in <run>/.done/

What a killed pass left there is found by the next one.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.watcher.moving import READ, move
from sync.watcher.naming import placed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sync.watcher.folders import Folder, Mark
    from sync.watcher.sights import Sight
    from sync.watcher.tree import Tree

DONE = ".done"
NOTHING = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that is ours; `name` and `place` are those of the inbox."""

    run: str
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

    @property
    def why_not(self) -> str | None:
        """Say why it is not opened; None: it is a plain file."""
        return KINDS.get(self.mark[0], "something else") if self.mark[0] != stat.S_IFREG else None


KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class ChangedError(Exception):
    """A file is not what was seen before it was claimed; it lies in the inbox again."""


def claim(tree: Tree, sight: Sight, run: str, *, done: str = "") -> Claim:
    """Take a file; `done` names its done file, which is taken first: left behind, it would speak for another.

    Raises:
        FileNotFoundError: it is gone.
        ChangedError: it was written to since it was seen.
        OSError: it cannot be renamed, and lies where it lay.
    """
    os.mkdir(run, 0o750, dir_fd=tree.work.fd)
    taken = Claim(run, sight.place, sight.name, sight.mark)
    try:
        with (
            _inbox(tree, sight.place) as source,
            tree.work.inner(run) as own,
            _own(own, sight.place, make=True) as folder,
        ):
            if done and source.has(done):
                with own.inner(DONE, make=True) as beside:
                    move(done, source, done, beside)
            move(sight.name, source, sight.name, folder)
            found = folder.mark(sight.name)
    except OSError:
        give_back(tree, taken)
        raise
    if found != sight.mark:
        give_back(tree, taken)
        raise ChangedError
    return taken


def _inbox(tree: Tree, place: str, *, make: bool = False) -> AbstractContextManager[Folder]:
    return tree.inbox.inner(place, make=make) if place else nullcontext(tree.inbox)


def _own(own: Folder, place: str, *, make: bool = False) -> AbstractContextManager[Folder]:
    return own.inner(place, make=make) if place else nullcontext(own)


@contextmanager
def lying(tree: Tree, taken: Claim) -> Iterator[Folder]:
    """Open the folder that a claimed file lies in."""
    with tree.work.inner(taken.run) as own, _own(own, taken.place) as folder:
        yield folder


def unchanged(tree: Tree, taken: Claim) -> bool:
    """Tell whether a claimed file is still what it was: a writer may have gone on through its open handle."""
    with lying(tree, taken) as folder:
        return folder.mark(taken.name) == taken.mark


def other_names(tree: Tree, taken: Claim) -> bool:
    """Tell whether a claimed file has names elsewhere, too: what is done to it is done there."""
    with lying(tree, taken) as folder:
        return os.stat(taken.name, dir_fd=folder.fd, follow_symlinks=False).st_nlink > 1


def open_claimed(tree: Tree, taken: Claim) -> int:
    """Open a claimed file to read it, and nothing that was put in its place."""
    with lying(tree, taken) as folder:
        return os.open(taken.name, READ, dir_fd=folder.fd)


def give_back(tree: Tree, taken: Claim) -> Path:
    """Put a file, and its done file, back where they came from; under its run's name if its own is taken. Gives where."""
    lies_at = tree.inbox.path / taken.key
    with tree.work.inner(taken.run) as own, _inbox(tree, taken.place, make=True) as target:
        with suppress(FileNotFoundError), _own(own, taken.place) as folder:
            name = _moved(taken.name, folder, target, taken.run)
            lies_at = target.path / name
        with suppress(FileNotFoundError), own.inner(DONE) as beside:
            for done in beside.names():
                _moved(done, beside, target, taken.run)
    let_go(tree, taken)
    return lies_at


def put_away(tree: Tree, taken: Claim, target: Folder, run: str) -> Path:
    """Put a claimed file, and its done file, where they belong, under the name of `run`. Gives where it lies.

    Its claim stands until `let_go`: what is to be done besides is finished by the next pass, if this one is killed.
    """
    with lying(tree, taken) as folder:
        lies_at = target.path / _renamed(taken.name, folder, target, run)
    with suppress(FileNotFoundError), tree.work.inner(taken.run) as own, own.inner(DONE) as beside:
        for done in beside.names():
            _renamed(done, beside, target, run)
    return lies_at


def _moved(name: str, source: Folder, target: Folder, run: str) -> str:
    try:
        move(name, source, name, target)
    except FileExistsError:
        return _renamed(name, source, target, run)
    return name


def _renamed(name: str, source: Folder, target: Folder, run: str) -> str:
    for new in placed(name, run):
        try:
            move(name, source, new, target)
        except FileExistsError:
            continue
        return new
    raise AssertionError  # the names to try do not end


def let_go(tree: Tree, taken: Claim) -> None:
    """End a claim: nothing of it is left to do."""
    with suppress(FileNotFoundError), tree.work.inner(taken.run) as own:
        for name in filter(None, (DONE, taken.place)):
            own.remove(name)
    tree.work.remove(taken.run)


def leftovers(tree: Tree) -> tuple[list[Claim], list[Claim]]:
    """List what a killed pass left behind: files that it claimed, and claims whose file was put away already.

    A done file whose own file was not claimed any more goes back.
    """
    found: list[Claim] = []
    emptied: list[Claim] = []
    for run in sorted(tree.work.names()):
        try:
            with tree.work.inner(run) as own:
                claims = list(_in(own, run))
                place = next((name for name in own.names() if name != DONE), "")
        except OSError as error:
            if error.errno not in (errno.ENOTDIR, errno.ELOOP, errno.ENOENT):
                raise
            continue  # no folder: not ours
        found += claims
        if not claims:
            emptied.append(Claim(run, place, DONE, NOTHING))
    return found, emptied


def _in(own: Folder, run: str) -> Iterator[Claim]:
    for name in own.names():
        mark = own.mark(name)
        if mark[0] != stat.S_IFDIR:
            yield Claim(run, "", name, mark)
        elif name != DONE:
            with own.inner(name) as place:
                yield from (Claim(run, name, inner, place.mark(inner)) for inner in place.names())

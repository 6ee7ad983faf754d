"""What a disk would hold if the power went off now: only what was synced, and of the rest whatever the machine likes.

Honest because it is stricter than a real disk: a name is there for certain only after a sync of its folder, the bytes of
a file only after a sync of the file (POSIX promises no more; that a rename from folder to folder never shows the file at
both places or none is what every journal promises, and is kept). `least` keeps just that; `names` has every rename come
through without the bytes (what ext4 does with a rename that no sync went before); `mixed` has each folder be old or new,
each file old, new, or a mixture of its pages. The shared memory beside the ledger was never synced and is never kept.
"""

from __future__ import annotations

import os
import random
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.torture.syscalls import FLAGS_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.torture.syscalls import Notice

SYNCS = {"fsync", "fdatasync"}
SHORTENS = {"ftruncate", "truncate"}
SIZE = 1 << 62  # bytes that no file has
HALF = 0.5
PAGE = 4096
MEMORY = "-shm"  # written by memory, and made anew after a crash
VARIANTS = ("least", "names", "mixed")


class Entry(NamedTuple):
    """A name in a folder: which file it leads to."""

    inode: int
    mode: int


Names = dict[str, Entry]


@dataclass
class Tree:
    """Folders by inode, and the bytes of files by inode."""

    folders: dict[int, Names] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)


class Disk:
    """Follows a command call by call; `tree` is what a power cut cannot take away any more."""

    def __init__(self, root: Path, ours: set[str]) -> None:
        self.root, self.ours = root, ours  # the folders in it that a command writes to
        self.tree = _read(root)  # what was there before has been on the disk for long
        self._held: dict[
            int, int
        ] = {}  # open descriptors: an inode's number is not given again as long as we have one
        self._shortened: dict[int, int] = {}  # cut in place since their last sync: to how many bytes
        self.mapped: set[str] = set()
        for path in (root, *root.rglob("*")):
            self._hold(path)

    def __call__(self, notice: Notice) -> None:
        """Learn what a sync makes durable; a write by shared memory would escape us, so it is written down."""
        if notice.call == "mmap":
            self.mapped.add(notice.target)
        if notice.call in SHORTENS or notice.call in FLAGS_AT:
            self._cut_short(notice)
        if notice.call not in SYNCS:
            return
        path = Path(f"/proc/{notice.process}/fd/{notice.arguments[0]}")
        inode = self._hold(path)
        if stat.S_ISDIR(path.stat().st_mode):
            for name in _names(path):
                self._hold(path / name)
            self._folder_synced(inode)
        else:
            self.tree.files[inode] = path.read_bytes()
            self._shortened.pop(inode, None)

    def _cut_short(self, notice: Notice) -> None:
        """Take note of a file that loses bytes in place: its new length may be on the disk, and its new bytes not."""
        path = Path(notice.target)
        if notice.call in FLAGS_AT and not notice.arguments[FLAGS_AT[notice.call]] & os.O_TRUNC:
            return
        if path.is_file():
            inode = self._hold(path)
            length = 0 if notice.call in FLAGS_AT else notice.arguments[1]
            self._shortened[inode] = min(length, self._shortened.get(inode, length))

    def _folder_synced(self, folder: int) -> None:
        """Keep a folder's names; what was moved into it or out of it is then gone from, or there at, the other end."""
        now = _folders(self.root)
        before, after = _places(self.tree.folders), _places(now)
        for inode in set(self.tree.folders.get(folder, {}).values()) | set(now[folder].values()):
            old, new = before.get(inode.inode), after.get(inode.inode)
            if old and new and old[0] != new[0]:
                del self.tree.folders[old[0]][old[1]]
                self.tree.folders.setdefault(new[0], {})[new[1]] = inode
        self.tree.folders[folder] = now[folder]

    def close(self) -> None:
        """Let the files go."""
        for handle in self._held.values():
            os.close(handle)
        self._held = {}

    def _hold(self, path: Path) -> int:
        handle = os.open(path, os.O_PATH)
        inode = os.fstat(handle).st_ino
        if inode in self._held:
            os.close(handle)
        else:
            self._held[inode] = handle
        return inode

    def kept(self) -> Iterator[tuple[str, int]]:
        """Name what no power cut can take away and the command left as it is, with the bytes it has at least."""
        yield from self._kept(self.root, Path())

    def _kept(self, folder: Path, name: Path) -> Iterator[tuple[str, int]]:
        for entry, (inode, mode) in self.tree.folders.get(folder.stat().st_ino, {}).items():
            path = folder / entry
            if not path.exists() or path.stat().st_ino != inode:
                continue
            if stat.S_ISDIR(mode):
                yield from self._kept(path, name / entry)
            elif inode in self.tree.files:
                lengths = (len(self.tree.files[inode]), path.stat().st_size, self._shortened.get(inode, SIZE))
                yield (name / entry).as_posix(), min(lengths)

    def cut(self, variant: str, seed: int) -> None:
        """Make the folders what the disk would show after the power came back; no process may be at work there."""
        dice = random.Random(seed)  # noqa: S311 - not for secrets: the same seed gives the same disk
        now = _read(self.root)
        image = Tree(_either(self.tree.folders, now.folders, variant, dice))
        for inode in self.tree.files | now.files:
            kept = self.tree.files.get(inode, b"")
            if variant == "names" or (variant == "mixed" and dice.random() < HALF):
                kept = kept[: self._shortened.get(inode, SIZE)]
            written = now.files.get(inode, kept)  # one that was taken away was not written to
            image.files[inode] = kept if variant != "mixed" else _mixed(kept, written, dice)
        top = self.root.stat().st_ino
        self.close()
        for name in self.ours:
            shutil.rmtree(self.root / name, ignore_errors=True)
        image.folders[top] = {name: entry for name, entry in image.folders[top].items() if name in self.ours}
        _write(image, top, self.root)


def _either(
    old: dict[int, Names], new: dict[int, Names], variant: str, dice: random.Random
) -> dict[int, Names]:
    """Take each folder as it was or as it is; what was moved from one to another is at one of the two places."""
    chosen = {
        folder: dict({"least": old, "names": new}.get(variant, dice.choice([old, new])).get(folder, {}))
        for folder in old | new
    }
    before, after = _places(old), _places(new)
    for inode in before.keys() & after.keys():
        (there, name), (here, other) = before[inode], after[inode]
        if there != here:
            entry = chosen[there].pop(name, None) or chosen[here].pop(other, None) or old[there][name]
            chosen[here].pop(other, None)
            place = {"least": (there, name), "names": (here, other)}.get(
                variant, dice.choice([(there, name), (here, other)])
            )
            chosen[place[0]][place[1]] = entry
    return chosen


def _places(folders: dict[int, Names]) -> dict[int, tuple[int, str]]:
    """Tell where each file is: its folder and its name."""
    return {entry.inode: (folder, name) for folder, names in folders.items() for name, entry in names.items()}


def _read(root: Path) -> Tree:
    tree = Tree(_folders(root))
    for path in root.rglob("*"):
        if path.is_file() and not path.name.endswith(MEMORY):
            tree.files[path.stat().st_ino] = path.read_bytes()
    return tree


def _folders(root: Path) -> dict[int, Names]:
    return {path.stat().st_ino: _names(path) for path in (root, *root.rglob("*")) if path.is_dir()}


def _names(folder: Path) -> Names:
    return {
        entry.name: Entry(entry.stat(follow_symlinks=False).st_ino, entry.stat(follow_symlinks=False).st_mode)
        for entry in os.scandir(folder)
        if not entry.name.endswith(MEMORY)
    }


def _mixed(old: bytes, new: bytes, dice: random.Random) -> bytes:
    """Give a file that was being written: as it was, as it should be, or some pages of each."""
    choice = dice.randrange(3)
    if choice < 2 or old == new:
        return (old, new)[choice % 2]
    longer = max(len(old), len(new))
    pages = [dice.choice([old, new])[at : at + PAGE] or bytes(PAGE) for at in range(0, longer, PAGE)]
    return b"".join(page.ljust(PAGE, b"\0") for page in pages)[: dice.choice([len(old), len(new)])]


def _write(image: Tree, inode: int, place: Path) -> None:
    for name, entry in image.folders.get(inode, {}).items():
        path = place / name
        if stat.S_ISDIR(entry.mode):
            path.mkdir()
            _write(image, entry.inode, path)
        else:
            path.write_bytes(image.files.get(entry.inode, b""))
        path.chmod(stat.S_IMODE(entry.mode))

"""A real disk to cut the power of: ext4 in a file, mounted; a copy of that file is what the disk holds at that moment.

Needs root. It shows that the disk of `disk.py` is no milder than a real one, which is what its honesty rests on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.torture.disk import Disk

SIZE = 96 << 20


class Image:
    """A mounted file system; `folder` is where to work in it."""

    def __init__(self, place: Path) -> None:
        self._place, self._file = place, place / "image"
        self.folder, self._there = place / "mounted", place / "copied"

    @contextmanager
    def mounted(self) -> Iterator[Image]:
        """Make it and mount it; OSError or CalledProcessError where that cannot be done here."""
        for folder in (self.folder, self._there):
            folder.mkdir(parents=True)
        self._file.touch()
        os.truncate(self._file, SIZE)
        _do("mkfs.ext4", "-q", "-F", self._file)
        with _mount(self._file, self.folder):
            yield self

    def cut(self, disk: Disk) -> list[str]:
        """Give the folders that `disk` follows what a copy of the image has; tell what the copy lacks and `disk` has."""
        shutil.copyfile(self._file, self._place / "copy")
        with _mount(self._place / "copy", self._there):
            root = self._there / disk.root.relative_to(self.folder)
            lacking = [f"CR08 not on a real disk: {name}" for name in disk.kept() if not _has(root, *name)]
            for name in disk.ours:
                shutil.rmtree(disk.root / name, ignore_errors=True)
                if (root / name).exists():
                    shutil.copytree(root / name, disk.root / name)
        disk.close()
        return lacking


def can_mount() -> bool:
    """Tell whether this user may mount, on this machine."""
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        try:
            with Image(Path(folder)).mounted():
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def _has(root: Path, name: str, least: int) -> bool:
    path = root / name
    return path.exists() and (path.is_dir() or path.stat().st_size >= least)


@contextmanager
def _mount(file: Path, folder: Path) -> Iterator[None]:
    _do("mount", "-o", "loop", file, folder)
    try:
        yield
    finally:
        _do("umount", folder)


def _do(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)

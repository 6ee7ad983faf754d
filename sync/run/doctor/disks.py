"""What is left on the disks that are written to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sync.run.doctor.folders import is_there
from sync.run.finding import doubtful, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.config import Settings
    from sync.run.finding import Finding

MEGABYTE = 1 << 20
LEAST, LITTLE = 64 * MEGABYTE, 512 * MEGABYTE
FEWEST, FEW = 200, 5000  # files


def disks(settings: Settings) -> Iterator[Finding]:
    """Examine the disks of state, reject files and watched folder, each once."""
    seen: dict[int, Path] = {}
    for place in (settings.state, settings.rejects, settings.watch.root):
        there = next(path for path in (place, *place.parents) if is_there(path))
        seen.setdefault(there.stat().st_dev, there)
    found = [one for place in seen.values() for one in _room(place, os.statvfs(place))]
    roomy = ", ".join(f"{_free(os.statvfs(place)) // MEGABYTE:,} MB at {place}" for place in seen.values())
    yield from found or [fine("disk", f"free: {roomy}")]


def _room(place: Path, disk: os.statvfs_result) -> Iterator[Finding]:
    free = _free(disk)
    files = disk.f_favail if disk.f_files else FEW  # some file systems count none
    words = f"{free // MEGABYTE:,} MB and {disk.f_favail:,} files are free on the disk of {place}"
    if free < LEAST or files < FEWEST:
        yield wrong("disk", f"{words}: nothing can be sent with that", "make room on it")
    elif free < LITTLE or files < FEW:
        yield doubtful("disk", words, "make room on it before it is full: nothing is sent then")


def _free(disk: os.statvfs_result) -> int:
    return disk.f_bavail * disk.f_frsize

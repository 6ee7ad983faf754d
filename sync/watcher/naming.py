"""A file's name and its run -> the name that it has where it ends up: no two are alike, and none is too long for a disk."""

from __future__ import annotations

import os
import re
from itertools import count
from typing import TYPE_CHECKING

from sync.droppednames import endings

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 255 - len(".txt")  # bytes; a note lies beside it
RUN = re.compile(r"\.(\d{8}T\d{6}Z-[0-9a-f]{4,8})(?=\.|\Z)")
CONTINUES, STARTS = 0x80, 0xC0  # bytes of UTF-8 that continue a letter


def placed(name: str, run: str) -> Iterator[str]:
    """Give `<stem>.<run><suffix>`, and others to try where that is taken."""
    stem, suffix = endings(name)
    yield _fitting(stem, f".{run}{suffix}")
    for number in count(2):
        yield _fitting(stem, f".{run}.{number}{suffix}")


def run_of(name: str) -> str | None:
    """Tell the run that a placed file is of: the last that its name has, as it may be a reject file of another."""
    found = RUN.findall(name)
    return found[-1] if found else None


def _fitting(stem: str, end: str) -> str:
    """Cut the stem where the whole would be too long, and never in the middle of a letter."""
    raw = os.fsencode(stem)
    room = LONGEST - len(os.fsencode(end))
    if len(raw) > room:
        while room > 0 and CONTINUES <= raw[room] < STARTS:
            room -= 1
        raw = raw[:room]
    return os.fsdecode(raw) + end

"""The last line of a terminal, written over and over; whatever else is said there stands whole above it."""

from __future__ import annotations

import os
import select
import sys
import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

STDERR = 2
BEGIN, REST = "\r", "\x1b[K"  # where a line begins; takes away what stands from here to its end
USUAL = 80  # columns of a terminal that does not say
_drawn: list[str] = []  # what stands there now


def possible() -> bool:
    """Tell whether stderr is a terminal on which a line can be written over."""
    return os.environ.get("TERM", "") not in ("", "dumb") and sys.stderr.isatty()


def draw(parts: Sequence[str]) -> None:
    """Write the line; of its parts, the most important one first, as many as fit. A terminal that was stopped is left alone."""
    if not select.select([], [STDERR], [], 0)[1]:
        return
    room = _columns() - 1  # a full line would make some terminals go on to the next one
    text = parts[0]
    for part in parts[1:]:
        if width(f"{text}, {part}") <= room:
            text = f"{text}, {part}"
    _write(f"{BEGIN}{_cut(text, room)}{REST}")
    _drawn[:] = [text]


def clear() -> None:
    """Take the line away, where one stands: something else is to be said."""
    if _drawn:
        _drawn.clear()
        _write(f"{BEGIN}{REST}")


def width(text: str) -> int:
    """Tell how many columns a text takes."""
    return sum(map(_columns_of, text))


def _columns_of(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _cut(text: str, room: int) -> str:
    return text[: sum(so_far <= room for so_far in accumulate(map(_columns_of, text)))]


def _columns() -> int:
    try:
        return os.get_terminal_size(STDERR).columns or USUAL
    except OSError:
        return USUAL


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()

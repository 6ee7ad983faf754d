"""How far a command has come with one run: what its stages hand to whoever shows progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

READING, SENDING = "read", "sent"


class HowFar(NamedTuple):
    """What of one run is done so far, by whatever process: a resumed run begins where it was."""

    run: str
    file: str
    doing: str  # READING | SENDING
    done: int  # rows; of SENDING those that are settled
    total: int | None = None  # None while nobody knows
    rejected: int | None = None  # rows so far


Show = Callable[[HowFar | None], None]  # None: for now there is nothing more to show


def show_nothing(_far: HowFar | None) -> None:
    """Show nothing."""

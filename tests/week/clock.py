"""The time that the commands of the story are told: the story's, set anew for each of them; it ticks at each look.

Python is told here, at one place, before the program is imported: wall clock and the clock that counts since the machine was
started. What measures how long something takes (`time.monotonic`, `perf_counter`) stays real, and so does the kernel's
own time on what the program writes; files that are dropped get the story's time.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

REAL = dt.datetime
TICK = 0.001  # seconds that go by between two looks
BOOTED = 1_772_000_000.0  # when the machine of the story was started
_present = [time.time()]


def set_to(moment: float) -> None:
    """Begin at a moment, in seconds since 1970."""
    _present[0] = moment


def read() -> float:
    """Look at the clock."""
    _present[0] += TICK
    return _present[0]


class _AnyDatetime(type):
    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, REAL)


class StoryDatetime(REAL, metaclass=_AnyDatetime):
    """A datetime whose present is the story's."""

    __slots__ = ()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Tell the present."""
        return cls.fromtimestamp(read(), tz)


def install() -> None:
    """Put the story's clock in the place of the machine's, for all that is imported from now on."""
    dt.datetime = StoryDatetime  # type: ignore[misc]  # that is the point
    time.time = read
    time.time_ns = lambda: int(read() * 1e9)
    time.clock_gettime = _steady(time.clock_gettime)


def _steady(real: Callable[[int], float]) -> Callable[[int], float]:
    return lambda clock: read() - BOOTED if clock == time.CLOCK_BOOTTIME else real(clock)

"""How far a command has come -> one line on a terminal, written over a few times a second; elsewhere a log line a minute.

Nothing runs beside the work: whoever does it tells how far it is, and a clock says whether that is to be shown.
"""

from __future__ import annotations

import logging
import time
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from sync.cli import console, statusline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.run.howfar import HowFar, Show

    Clock = Callable[[], float]

AT_ONCE = 0.5  # seconds; what is over by then needs no line
REDRAWN = 0.25  # seconds
LOGGED = 60.0  # seconds
SURE = 1.0  # seconds after which a rate means something
MINUTE, HOUR = 60, 3600


class Figures(NamedTuple):
    """One moment of a run's progress; rate and time left are of this process alone, None as long as nobody can tell."""

    far: HowFar
    rate: float | None
    left: float | None


class Meter:
    """Makes of what it is told now and then something to show; `first` and `every`: seconds."""

    def __init__(
        self,
        show: Callable[[Figures], None],
        done: Callable[[], None],
        *,
        first: float,
        every: float,
        clock: Clock,
    ) -> None:
        self._show, self._done, self._clock = show, done, clock
        self._first, self._every = first, every
        self._due: float | None = None
        self._began: tuple[tuple[str, str], float, int] | None = (
            None  # what, when, and where this process took it up
        )

    def __call__(self, far: HowFar | None) -> None:
        """Take note of how far it is; None: for now there is nothing more to show."""
        if far is None:
            self._due = self._began = None
            self._done()
            return
        now = self._clock()
        what = far.run, far.doing
        if self._began is None or self._began[0] != what:
            self._began = what, now, far.done
        self._due = now + self._first if self._due is None else self._due
        if now >= self._due:
            self._due = now + self._every
            self._show(self._figures(far, now))

    def _figures(self, far: HowFar, now: float) -> Figures:
        assert self._began is not None  # noqa: S101 - set by the caller
        _, since, before = self._began
        spent, here = now - since, far.done - before
        if spent < SURE or not here:
            return Figures(far, None, None)
        rate = here / spent
        return Figures(far, rate, None if far.total is None else (far.total - far.done) / rate)


def meter(clock: Clock = time.monotonic) -> Show:
    """Give what shows progress on stderr: on a terminal as a line, elsewhere in the log; nothing where the user wants quiet."""
    if console.asked().get("quiet"):
        return lambda _far: None
    if statusline.possible():
        return Meter(_draw, statusline.clear, first=AT_ONCE, every=REDRAWN, clock=clock)
    return Meter(_log, lambda: None, first=LOGGED, every=LOGGED, clock=clock)


def _draw(figures: Figures) -> None:
    statusline.draw([console.printable(part) for part in parts(figures)])


def parts(figures: Figures) -> Iterator[str]:
    """Say it in parts, the most important ones first."""
    far = figures.far
    of = "" if far.total is None else f" of {far.total:,}"
    yield f"{far.done:,}{of} rows {far.doing}"
    if figures.rate is not None:
        yield f"{figures.rate:,.0f} rows/s"
    if figures.left is not None:
        yield f"{span(figures.left)} left"
    if far.rejected is not None:
        yield f"{far.rejected:,} rejected"
    yield PurePath(far.file).name


def span(seconds: float) -> str:
    """Say a time in its two largest units."""
    whole = round(seconds)
    if whole >= HOUR:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"
    return f"{whole // MINUTE} min {whole % MINUTE} s" if whole >= MINUTE else f"{whole} s"


def _log(figures: Figures) -> None:
    """Write a line that is there without -v, as it is no part of what led to a report: a long run would else say nothing for hours."""
    far = figures.far
    numbers: dict[str, Any] = {
        "run": far.run,
        "file": far.file,
        "doing": far.doing,
        "rows": far.done,
        "of": far.total,
        "rejected": far.rejected,
        "rows_per_second": None if figures.rate is None else round(figures.rate),
        "seconds_left": None if figures.left is None else round(figures.left),
    }
    told = {name: value for name, value in numbers.items() if value is not None}
    console.log_at(logging.INFO).info("progress", **told)

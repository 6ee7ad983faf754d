"""What all threads that ask one tenant have in common: pauses, and the end of patience.

As long as the tenant answers, all ask as they like. Once it does not, one asks at a time, after the pause that the last
one was given; the others wait for what comes of it. So a tenant that restarts is waited for, and one that is down costs a
dozen requests, however many threads ask and whatever each of them may repeat.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_FAILURES = 12  # requests without an answer, one after the other


class Manners:
    """Shared by threads; every request is begun here, and what came of it is told here."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._news = threading.Condition()
        self._not_before = 0.0
        self._failed = self._under_way = 0
        self._ended = False
        self.why = ""  # no answer came, the last time that none did

    def begin(self, sleep: Callable[[float], None]) -> bool:
        """Wait for one's turn to make a request; False: there will be no more."""
        while (pause := self._turn()) is None or pause > 0:
            if pause:
                sleep(pause)
        return not self._ended

    def _turn(self) -> float | None:
        """Take one's turn (0), or tell how long to wait for it; None: somebody else had it meanwhile."""
        with self._news:
            if self._failed and self._under_way:
                self._news.wait()
                return None
            if self._failed >= MOST_FAILURES:
                self._ended = True
            pause = 0.0 if self._ended else max(0.0, self._not_before - self._clock())
            self._under_way += not pause and not self._ended
            return pause

    def heard(self, why: str, pause: float) -> None:
        """Tell why a request brought no answer, "" where it did, and how long nobody is to ask after it."""
        with self._news:
            self._under_way -= 1
            self._failed = self._failed + 1 if why else 0
            if why:
                self.why = why
                self._not_before = max(self._not_before, self._clock() + pause)
            self._news.notify_all()

"""When to knock again, and when to stop: backoff with full jitter, Retry-After, a budget of retries, a circuit breaker.

Pure arithmetic over a monotonic clock that is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TROUBLED = 3  # failures in a row after which one request at a time is tried
BROKEN = 8  # failures in a row after which the tenant is left alone: with 4 in flight at most 11 requests
BARREN = 30  # answered requests without a success after which the tenant is taken to refuse everything
FREE_RETRIES, RETRY_SHARE = 10, 0.1
TIRED = 3  # single rows that always failed so far are posted, before anything succeeded
ASLEEP = (
    10.0  # seconds between two looks at the clock after which this process was stopped, or busy elsewhere
)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run may deal with its tenant; times in seconds."""

    workers: int
    batch_rows: int
    batch_bytes: int
    attempts: int
    base: float
    longest: float
    deadline: float
    names: Mapping[str, str]
    timeout: float = 60
    batch_rows_max: int = 0  # what a body of batch_rows may grow to; less than that: it does not grow
    source: str = ""
    notes: str = ""
    unknown: str = "reject"  # the mapping's rows.unknown


class Pace:
    """What a command has lived through with its tenant so far; its runs share it."""

    def __init__(self, terms: Terms, *, clock: Callable[[], float], random: Callable[[], float]) -> None:
        self._terms, self.clock, self._random = terms, clock, random
        self.sent = self.retried = self.successes = 0
        self.failures = 0  # in a row
        self.barren = 0  # answers in a row that refused or confused everything
        self.tired = 0  # single rows posted that are known to fail: they say nothing about the tenant
        self.pause_until = 0.0
        self.asked_until = 0.0  # the part of it that the tenant asked for
        self.progressed = self._looked = clock()

    @property
    def in_flight(self) -> int:
        """How many requests may be under way now."""
        if self.failures >= TROUBLED:
            return 1
        return max(1, min(self._terms.workers, BARREN - self.barren)) if self.barren else self._terms.workers

    @property
    def takes_rows(self) -> bool:
        """Whether the tenant takes rows, so that what it refuses is a row's own fault."""
        return self.successes > 0 and self.barren < BARREN

    @property
    def may_try_tired(self) -> bool:
        """Whether a single row that always failed so far may be posted once more."""
        return self.successes > 0 or self.tired < TIRED

    @property
    def out_of_time(self) -> float:
        """The moment after which a run that settles nothing ends."""
        return self.progressed + self._terms.deadline

    def succeeded(self) -> None:
        """Note a batch that settled."""
        self.successes += 1
        self.failures = self.barren = 0
        self.progressed = self.clock()

    @property
    def may_repeat(self) -> bool:
        """Whether the budget allows one more body to be posted again."""
        return self.retried + 1 <= FREE_RETRIES + RETRY_SHARE * self.sent

    @property
    def budget_spent(self) -> str:
        """The sentence for a budget that is spent."""
        return f"{self.retried} of {self.sent} requests were repeats"

    def look(self) -> None:
        """Look at the clock; time in which this process did not run is no time without progress."""
        now = self.clock()
        if now - self._looked > ASLEEP:
            self.progressed += now - self._looked
        self._looked = now

    def failed(self, tries: int, wait: float | None, *, expected: bool = False) -> float:
        """Note a request without a clear outcome; give the moment from which its batch may go again."""
        self.failures += not expected
        step = (
            tries if expected else max(tries, self.failures)
        )  # batches that fail one after the other are one trouble
        backoff: float = self._random() * min(self._terms.longest, self._terms.base * 2 ** (step - 1))
        due = self.clock() + (wait or 0) + backoff
        if wait is not None:
            self.asked_for(wait)
        if wait is not None or self.failures >= TROUBLED:
            self.pause_until = max(self.pause_until, due)
        return due

    def asked_for(self, wait: float) -> None:
        """Note that the tenant wants to be left alone for `wait` seconds."""
        self.asked_until = max(self.asked_until, self.clock() + wait)
        self.pause_until = max(self.pause_until, self.asked_until)

    def exhausted(self) -> str | None:
        """Say why no further request should be made, if so."""
        if self.failures >= BROKEN:
            return f"{self.failures} requests in a row came to nothing"
        if self.pause_until > self.out_of_time:
            return "the tenant asks to wait longer than this run may"
        if self.clock() > self.out_of_time:
            return f"nothing was settled for {self._terms.deadline:.0f} s"
        return None

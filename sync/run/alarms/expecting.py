"""When a file is due, and whether it is late: every 1d by 06:00, on people's own clock.

A due moment is passed on in time: what comes before it moves it to the next one after that file, what comes late answers for the
one that was missed. Pure: moments come in and go out; whoever calls keeps the due moment between two passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = timedelta(days=1)
GRACE = 10  # without a time of the day, a tenth more than the usual time may pass


@dataclass(frozen=True, slots=True)
class Expected:
    """How often a file comes and by when; `zone` None: this machine's clock."""

    every: timedelta
    by: time | None
    zone: tzinfo | None

    def __str__(self) -> str:
        """Write it down, so that another expectation is seen to be another."""
        by = f" by {self.by:%H:%M}" if self.by else ""
        return f"every {self.every // timedelta(minutes=1)}m{by} {self.zone or ''}".strip()

    def first(self, seen: datetime) -> datetime:
        """Give the first due moment of a file that never came, for a pass that asks for the first time."""
        if self.by is None:
            return seen + self.every + self.every / GRACE
        return self._at_or_after(self._local(seen) + max(self.every - DAY, timedelta()))

    def after(self, came: datetime) -> datetime:
        """Give the moment by which the next file must come when one came."""
        if self.by is None:
            return came + self.every + self.every / GRACE
        return self._at_or_after(self._local(came) + self.every)

    def next(self, due: datetime, came: datetime) -> datetime:
        """Give the due moment that follows when a file comes: late for `due`, or in time for it."""
        if came <= due or self.by is None:
            return max(due, self.after(came))
        following = self._local(due)
        while self._moment(following) <= came:
            following += self.every
        return self._moment(following)

    def _at_or_after(self, local: datetime) -> datetime:
        """Find the first due moment at or after a time of people's clock; parts of a day are counted from `by`."""
        step = min(self.every, DAY)
        found = datetime.combine(local.date(), self.by or time()) - DAY
        while found < local:
            found += step
        return self._moment(found)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def _moment(self, local: datetime) -> datetime:
        """Give the moment of a clock's time; where the clock is changed, the later of the two that it may be."""
        both = (local.replace(fold=fold) for fold in (0, 1))
        return max(
            (time_.replace(tzinfo=self.zone) if self.zone else time_).astimezone(UTC) for time_ in both
        )


def due_after(expected: Expected, due: datetime | None, came: Iterable[datetime], now: datetime) -> datetime:
    """Tell by when the next file must come: `due` is what was known, None: nothing; `came`: the files since, in order.

    A clock that was set back makes no file be waited for beyond the next one.
    """
    if due is None:
        due = expected.first(now)
        for moment in came:
            due = max(due, expected.after(min(moment, now)))
        return due
    for moment in came:
        due = expected.next(due, moment)
    return min(due, max(expected.after(now), expected.first(now)))

"""What a file comes to, the last one, and what changes -> the guards that trip, and which locations of it wait.

Each location is judged; those that trip are taken out, and the rest is judged as a file: where that trips too, all of it waits.
A location that is missing from the file stays in the rest, so that a file that was cut off is seen as one; and so does one of
which no pair is left to wait, as all of it was rejected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.guards import file, shares
from sync.guards.shares import Look

if TYPE_CHECKING:
    from collections.abc import Collection

    from sync.guards.changes import Changes
    from sync.guards.file import Facts
    from sync.guards.limits import Limits, Trip
    from sync.guards.measures import Measured


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a file comes to, the last one (None: nothing to compare with; `last`: it in words), and what changes."""

    now: Measured
    before: Measured | None
    changes: Changes
    last: str = ""

    def look(self, location: str) -> Look:
        """Look at one location."""
        before = self.before.part(location) if self.before else None
        return Look(location, self.now.part(location), before, self.changes.part(location), self.last)

    def rest(self, without: Collection[str] = ()) -> Look:
        """Look at the file, or at what is left of it without some locations."""
        before = self.before.whole(without=without) if self.before else None
        changed = self.changes.whole(without=without)
        return Look(None, self.now.whole(without=without), before, changed, self.last)


@dataclass(frozen=True, slots=True)
class Judged:
    """What tripped, and what waits: some locations, or the whole file (None)."""

    trips: tuple[Trip, ...]
    locations: tuple[str, ...] | None = ()


def judge(facts: Facts, numbers: Numbers, limits: Limits) -> Judged:
    """Judge a file: as one, location by location, and what is left of it."""
    of_file = [*file.trips(facts, limits)]
    if facts.part:
        return Judged(tuple(of_file), None if of_file else ())
    whole = [*shares.trips(numbers.rest(), limits)]
    if of_file:
        return Judged((*of_file, *whole), None)
    looks = [numbers.look(code) for code in numbers.now.locations if code]
    found = {look.location or "": [*shares.trips(look, limits)] for look in looks if look.now.pairs}
    tripped = tuple(code for code, trips in found.items() if trips)
    rest = numbers.rest(tripped)
    left = [*shares.trips(rest, limits)]
    singly = tuple(trip for trips in found.values() for trip in trips)
    if left or (tripped and not rest.now.pairs):
        return Judged((*(whole or left), *(() if whole else singly)), None)
    return Judged(singly, tripped)

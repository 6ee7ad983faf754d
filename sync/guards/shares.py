"""The guards that compare numbers, for one location or for the whole file: rejected, fewer_rows, zeroed, jump.

A share trips only where it is also more than `min_count` rows. A median of few pairs says little: of a file that small,
every pair has to jump, and the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sync.guards.limits import Trip, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.guards.changes import Changed
    from sync.guards.limits import Limits
    from sync.guards.measures import Part

FEWEST = 3  # pairs of a small file that all jump


class Look(NamedTuple):
    """One location, or the file (None): now, in the last file (None: there is none), and what changes of its pairs."""

    location: str | None
    now: Part
    before: Part | None
    changed: Changed
    last: str = ""  # the last file, in words


def trips(look: Look, limits: Limits) -> Iterator[Trip]:
    """Name what trips."""
    for guard in (_rejected, _fewer_rows, _zeroed, _jump):
        yield from guard(look, limits)


def _rejected(look: Look, limits: Limits) -> Iterator[Trip]:
    rows, of = look.now.rejected, look.now.rows
    if _over(rows, of, limits.rejected, limits):
        numbers = f"{rows:,} of {of:,} rows were rejected ({percent(rows / of)}; the limit is {percent(limits.rejected or 0)})"
        yield _trip(look, "rejected", numbers, rows=rows, of=of)


def _fewer_rows(look: Look, limits: Limits) -> Iterator[Trip]:
    if look.before is None:
        return
    now, before = look.now.rows, look.before.rows
    if _over(before - now, before, limits.fewer_rows, limits):
        numbers = f"{now:,} rows, {percent((before - now) / before)} fewer than the {before:,} {look.last} (the limit is {percent(limits.fewer_rows or 0)})"
        yield _trip(look, "fewer_rows", numbers, now=now, before=before)


def _zeroed(look: Look, limits: Limits) -> Iterator[Trip]:
    rows, of = look.changed.zeroed, look.changed.above
    if _over(rows, of, limits.zeroed, limits):
        numbers = f"{rows:,} of {of:,} pairs that were above 0 go to 0 ({percent(rows / of)}; the limit is {percent(limits.zeroed or 0)})"
        trip = _trip(look, "zeroed", numbers, rows=rows, of=of)
        yield Trip(trip.guard, trip.location, trip.numbers, trip.values, look.changed.zeroes)


def _jump(look: Look, limits: Limits) -> Iterator[Trip]:
    if look.before is None or limits.jump is None:
        return
    now, before = look.now.median, look.before.median
    if not now or not before:
        return
    if min(look.now.positive, look.before.positive) <= limits.min_count:
        jumped = _all_jump(look.changed)
    else:
        jumped = now > before * limits.jump or now * limits.jump < before
    if jumped:
        times = f"{now / before:,.0f} times" if now > before else f"1/{before / now:,.0f} of"
        numbers = f"the median quantity is {now:,}, {times} the {before:,} {look.last} (the limit is {limits.jump:g} times)"
        trip = _trip(look, "jump", numbers, now=now, before=before)
        yield Trip(trip.guard, trip.location, trip.numbers, trip.values, look.changed.jumps)


def _all_jump(changed: Changed) -> bool:
    return changed.above >= FEWEST and changed.above in (changed.higher, changed.lower)


def _over(rows: int, of: int, share: float | None, limits: Limits) -> bool:
    return share is not None and rows > limits.min_count and rows > share * of


def _trip(look: Look, guard: str, numbers: str, **values: int) -> Trip:
    where = f"location {look.location}: " if look.location is not None else ""
    return Trip(guard, look.location, where + numbers, dict(values))

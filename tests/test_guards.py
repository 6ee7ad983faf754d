"""The guards that compare numbers: shares of rows, and medians."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.guards import shares
from sync.guards.changes import Changed
from sync.guards.limits import Limits, percent
from sync.guards.measures import Part
from sync.guards.shares import Look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guards.limits import Trip

PARTS = st.builds(
    lambda rows, rejected, quantities: part(rows, min(rejected, rows), quantities),
    st.integers(0, 300),
    st.integers(0, 300),
    st.lists(st.integers(1, 5000), max_size=40),
)
CHANGED = st.builds(
    lambda above, zeroed, higher: Changed(above, min(zeroed, above), min(higher, above)),
    st.integers(0, 300),
    st.integers(0, 300),
    st.integers(0, 300),
)


def part(rows: int = 0, rejected: int = 0, quantities: Sequence[int] = ()) -> Part:
    values, counts = np.unique(np.array(quantities, dtype=np.int64), return_counts=True)
    return Part(rows, rejected, rows - rejected, values, counts)


def tripped(look: Look, limits: Limits | None = None) -> list[Trip]:
    return list(shares.trips(look, limits or Limits()))


def of_file(now: Part | None = None, before: Part | None = None, changed: Changed | None = None) -> list[str]:
    look = Look(None, now or part(), before, changed or Changed(), "of the last file f.csv (run r)")
    return [trip.numbers for trip in tripped(look)]


@pytest.mark.parametrize(("rejected", "trips"), [(20, False), (21, True)])
def test_rejected_rows_are_counted_against_all(rejected: int, *, trips: bool) -> None:
    """More than a fifth, and more than twenty."""
    assert bool(of_file(part(60, rejected))) == trips


def test_the_message_has_the_numbers() -> None:
    """How many of how many, the share and the limit."""
    assert of_file(part(100, 40)) == ["40 of 100 rows were rejected (40%; the limit is 20%)"]
    assert of_file(part(600), part(1000)) == [
        "600 rows, 40% fewer than the 1,000 of the last file f.csv (run r) (the limit is 30%)"
    ]
    assert of_file(part(100), changed=Changed(100, 50, zeroes=("A, S: 5 -> 0",))) == [
        "50 of 100 pairs that were above 0 go to 0 (50%; the limit is 10%)"
    ]


@pytest.mark.parametrize(("now", "trips"), [(701, False), (700, False), (699, True), (5000, False)])
def test_fewer_rows_than_the_last_file(now: int, *, trips: bool) -> None:
    """IN02: more than 30% fewer; more rows are no matter."""
    assert bool(of_file(part(now), part(1000))) == trips


@pytest.mark.parametrize(("zeroed", "trips"), [(100, False), (110, True)])
def test_pairs_that_go_to_zero(zeroed: int, *, trips: bool) -> None:
    """IN04: of the pairs that were above 0, not of all rows."""
    assert bool(of_file(part(9999), changed=Changed(1000, zeroed))) == trips


@pytest.mark.parametrize(
    ("now", "before", "trips"),
    [
        ([10] * 30, [1] * 30, False),
        ([11] * 30, [1] * 30, True),
        ([1] * 30, [11] * 30, True),
        ([1] * 30, [10] * 30, False),
    ],
)
def test_a_median_that_jumps_either_way(now: list[int], before: list[int], *, trips: bool) -> None:
    """IN06: more than ten times, exactly ten is no more than ten."""
    assert bool(of_file(part(30, 0, now), part(30, 0, before))) == trips


def test_a_jump_is_told_in_times() -> None:
    """Upwards and downwards."""
    low, high = part(30, 0, [2] * 30), part(30, 0, [500] * 30)
    words = "the median quantity is {}, {} the {} of the last file f.csv (run r) (the limit is 10 times)"
    assert of_file(high, low) == [words.format("500", "250 times", "2")]
    assert of_file(low, high) == [words.format("2", "1/250 of", "500")]


@pytest.mark.parametrize(
    ("changed", "trips"),
    [
        (Changed(3, 0, 3, 0), True),
        (Changed(3, 0, 0, 3), True),
        (Changed(3, 0, 2, 1), False),
        (Changed(4, 0, 3, 0), False),
        (Changed(2, 0, 2, 0), False),
    ],
)
def test_in_a_small_file_every_pair_has_to_jump(changed: Changed, *, trips: bool) -> None:
    """A median of five says nothing: the pairs must be the same ones, all of them, and the same way."""
    assert bool(of_file(part(5, 0, [500] * 5), part(5, 0, [5] * 5), changed)) == trips


def test_without_a_file_before_nothing_is_compared() -> None:
    """A first file has no fewer rows and no jump."""
    assert of_file(part(1, 0, [10**6])) == []


@given(PARTS, PARTS, CHANGED)
def test_a_guard_that_is_off_never_trips(now: Part, before: Part, changed: Changed) -> None:
    """Whatever the numbers are."""
    off = Limits(rejected=None, fewer_rows=None, zeroed=None, jump=None, min_count=0)
    assert tripped(Look(None, now, before, changed), off) == []


@given(PARTS, PARTS, CHANGED, st.integers(0, 400), st.floats(0, 1))
def test_a_share_of_few_rows_never_trips(
    now: Part, before: Part, changed: Changed, least: int, share: float
) -> None:
    """Nor does one that is within its limit; and one that is beyond both always does."""
    limits = Limits(share, share, share, None, min_count=least)
    counts = {
        "rejected": (now.rejected, now.rows),
        "fewer_rows": (before.rows - now.rows, before.rows),
        "zeroed": (changed.zeroed, changed.above),
    }
    expected = [guard for guard, (count, of) in counts.items() if count > least and count > share * of]
    assert [trip.guard for trip in tripped(Look("A", now, before, changed), limits)] == expected


@given(PARTS, PARTS, CHANGED)
def test_every_trip_says_where_and_with_which_numbers(now: Part, before: Part, changed: Changed) -> None:
    """For the report, and for the notes of staff in their language."""
    for trip in tripped(Look("A-1", now, before, changed), Limits(0.0, 0.0, 0.0, 1.0, min_count=0)):
        assert trip.numbers.startswith("location A-1: ")
        assert trip.as_json()["location"] == "A-1"
        assert all(f"{value:,}" in trip.numbers for value in trip.values.values())


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0%"), (1.0, "100%"), (0.25, "25%"), (0.999, "99.9%"), (0.001, "0.1%")]
)
def test_a_share_is_never_rounded_to_nothing_or_all(share: float, shown: str) -> None:
    """What is nearly everything is not called everything."""
    assert percent(share) == shown

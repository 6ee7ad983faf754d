"""Which locations of a file wait, and when all of it does; and the guards that judge a file as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.guards import file
from sync.guards.changes import Changes
from sync.guards.file import Facts
from sync.guards.judging import Judged, Numbers, judge
from sync.guards.limits import Limits
from sync.guards.measures import Measured, Measuring
from sync.rows import GO, REJECTED

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
FINE = Facts(
    format="csv", rows=500, last_row=501, as_of=NOW, now=NOW, ended=True, others_ended=True, history=True
)
Counts = dict[str, tuple[int, int]]  # location -> rows that go, rows that are rejected
COUNTS = st.dictionaries(st.sampled_from("ABCDE"), st.tuples(st.integers(0, 200), st.integers(0, 200)))


def measured(counts: Mapping[str, tuple[int, int]], quantity: int = 5) -> Measured:
    measuring = Measuring()
    for code, (go, rejected) in counts.items():
        if go + rejected:
            state = np.array([GO] * go + [REJECTED] * rejected, dtype=np.int8)
            rest = {"skip": np.full(len(state), -1), "quantity": np.full(len(state), quantity)}
            measuring.see(pa.array([code] * len(state)), state, rest)
    return measuring.measured()


def judged(now: Counts, before: Counts | None = None, facts: Facts = FINE) -> Judged:
    last = None if before is None else measured(before)
    return judge(facts, Numbers(measured(now), last, Changes(10.0), "of the last file"), Limits())


def guards(found: Judged) -> list[tuple[str, str | None]]:
    return [(trip.guard, trip.location) for trip in found.trips]


def test_the_location_that_is_wrong_waits_and_the_others_go() -> None:
    """One shop exported a tenth of its rows; the file as a whole has hardly fewer."""
    found = judged({"A": (1000, 0), "B": (10, 0)}, {"A": (1000, 0), "B": (100, 0)})
    assert guards(found) == [("fewer_rows", "B")]
    assert found.locations == ("B",)


def test_a_location_may_be_wrong_in_two_ways() -> None:
    """Every reason is told, and the location waits once."""
    found = judged({"A": (1000, 0), "B": (30, 30)}, {"A": (1000, 0), "B": (100, 0)})
    assert guards(found) == [("rejected", "B"), ("fewer_rows", "B")]
    assert found.locations == ("B",)


def test_a_file_that_was_cut_off_waits_as_a_whole() -> None:
    """IN02: shops A to J, one after the other, and the end of the file is gone: A is whole, and waits all the same."""
    last = dict.fromkeys("ABCDEFGHIJ", (100, 0))
    found = judged({"A": (100, 0), "B": (50, 0)}, last)
    assert guards(found) == [("fewer_rows", None)]
    assert found.locations is None


def test_where_every_location_is_wrong_the_file_is() -> None:
    """One message for the file, not one a shop."""
    found = judged({"A": (10, 0), "B": (10, 0)}, {"A": (100, 0), "B": (100, 0)})
    assert guards(found) == [("fewer_rows", None)]
    assert found.locations is None


def test_what_only_adds_up_is_seen_in_the_file() -> None:
    """Ten shops with fifteen rejected rows of forty: too few in each, too many in all."""
    found = judged(dict.fromkeys("ABCDEFGHIJ", (25, 15)))
    assert guards(found) == [("rejected", None)]
    assert found.locations is None


def test_rows_without_a_location_count_for_the_file() -> None:
    """A location column that is empty rejects rows of no location."""
    found = judged({"A": (100, 0), "": (0, 60)})
    assert (guards(found), found.locations) == ([("rejected", None)], None)


def test_a_new_location_is_no_fault_and_one_that_is_gone_is_told_by_the_file() -> None:
    """One shop of five that is gone is less than a third."""
    last = dict.fromkeys("ABCDE", (100, 0))
    assert judged({"A": (100, 0), "Z": (10, 0)}, {"A": (100, 0)}) == Judged(())
    assert judged(dict.fromkeys("ABCD", (100, 0)), last) == Judged(())


@given(COUNTS, COUNTS)
def test_what_goes_would_trip_nothing_by_itself(now: Counts, before: Counts) -> None:
    """Of a file that goes in part, the part that goes is plausible, and each of its locations is."""
    found = judged(now, before)
    if found.locations is not None:
        left = {code: counts for code, counts in now.items() if code not in found.locations}
        last = {code: counts for code, counts in before.items() if code not in found.locations}
        assert judged(left, last) == Judged(())


@given(COUNTS, COUNTS)
def test_nothing_waits_without_a_reason(now: Counts, before: Counts) -> None:
    """Something waits exactly where something tripped, and each location that waits has a reason of its own."""
    found = judged(now, before)
    assert bool(found.trips) == (found.locations != ())
    if found.locations:
        assert set(found.locations) == {trip.location for trip in found.trips}


def tripped(facts: Mapping[str, Any]) -> list[str]:
    return [trip.guard for trip in file.trips(replace(FINE, **facts), Limits())]


@pytest.mark.parametrize(
    ("facts", "guard"),
    [
        ({}, []),
        ({"ended": False}, ["cut"]),
        ({"ended": False, "others_ended": False}, []),
        ({"ended": False, "others_ended": False, "last_is_short": True}, ["cut"]),
        ({"last_is_short": True}, []),
        ({"ended": None}, []),
        ({"format": "xls", "last_row": 65_536}, ["limit"]),
        ({"format": "xls", "last_row": 65_535}, []),
        ({"format": "xlsx", "last_row": 1_048_576}, ["limit"]),
        ({"format": "xlsx", "last_row": 65_536}, []),
        ({"format": "csv", "last_row": 65_536}, []),
        ({"as_of": NOW + timedelta(minutes=11)}, ["as_of.future"]),
        ({"as_of": NOW + timedelta(minutes=9)}, []),
        ({"as_of": NOW - timedelta(days=3000)}, []),
        ({"rows": 0}, ["min_rows"]),
        ({"watched": True, "history": False, "tenant": "https://acme.example", "mapping": "m"}, ["first"]),
        ({"watched": True, "history": False, "real": False}, []),
        ({"watched": True}, []),
        ({"history": False}, []),
    ],
)
def test_a_file_is_judged_as_one(facts: dict[str, Any], guard: list[str]) -> None:
    """IN01, IN03, IN20: how it ends, how full its format is, its moment, and what is known of its kind."""
    assert tripped(facts) == guard


def test_an_old_file_waits_where_its_age_is_limited() -> None:
    """FS21: in the words of days, and of a state folder that may be lost."""
    limits = Limits(max_age=timedelta(days=2))
    facts = replace(FINE, as_of=NOW - timedelta(days=3, hours=12), history=False, mapping="sap")
    (trip,) = file.trips(facts, limits)
    assert (trip.guard, trip.values) == ("max_age", {"days": "3.5", "most": "2"})
    assert trip.numbers.endswith(
        "(the limit is 2 days; no file of the mapping sap is known here: was the state folder lost?)"
    )
    assert [*file.trips(replace(facts, as_of=NOW - timedelta(days=2)), limits)] == []


def test_corrected_rows_are_not_a_file_like_others() -> None:
    """A few rows of a file that was judged before: only how they end is looked at."""
    facts = replace(FINE, part=True, rows=1, as_of=NOW - timedelta(days=99), watched=True, history=False)
    assert judge(
        facts, Numbers(measured({"A": (0, 100)}), None, Changes(None)), Limits(max_age=timedelta(1))
    ) == Judged(())
    assert tripped({"part": True, "ended": False, "last_is_short": True}) == ["cut"]


def test_what_holds_the_file_tells_of_its_rows_too() -> None:
    """A person who decides wants to know everything."""
    found = judged({"A": (10, 90)}, facts=replace(FINE, ended=False))
    assert (guards(found), found.locations) == ([("cut", None), ("rejected", None)], None)


@given(COUNTS)
def test_a_file_in_which_all_is_off_goes(now: Counts) -> None:
    """Whatever it holds and however it ends."""
    off = Limits(None, None, None, None, cut=False, max_age=None, min_rows=0)
    facts = replace(FINE, rows=0, ended=False, last_is_short=True, format="xls", last_row=65_536)
    assert judge(facts, Numbers(measured(now), measured({"A": (9999, 0)}), Changes(None)), off) == Judged(())

"""When a file is due: on people's own clock, also in the nights when it is changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.run.alarms.expecting import DAY, Expected, due_after

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = Expected(DAY, time(6), BERLIN)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
EXPECTED = st.builds(
    Expected,
    st.sampled_from([timedelta(minutes=30), timedelta(hours=4), timedelta(hours=12), DAY, 2 * DAY, 7 * DAY]),
    st.sampled_from([None, time(0), time(2, 30), time(6), time(23, 59)]),
    st.sampled_from([None, UTC, BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/New_York")]),
)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN).astimezone(UTC)


def test_the_first_due_moment_is_the_next_one() -> None:
    """Seen at five it is due at six; seen at seven, tomorrow at six."""
    assert DAILY.first(berlin("11-23T05:00")) == berlin("11-23T06:00")
    assert DAILY.first(berlin("11-23T07:00")) == berlin("11-24T06:00")


NEXT = {
    "in the night": ("11-23T02:00", "11-24T06:00"),
    "the evening before": ("11-22T23:30", "11-24T06:00"),
    "at the last second": ("11-23T06:00", "11-24T06:00"),
    "late": ("11-23T07:00", "11-24T06:00"),
    "three days late": ("11-26T07:00", "11-27T06:00"),
}


@pytest.mark.parametrize("when", [name for name in NEXT if name != "the evening before"])
def test_the_next_due_moment(when: str) -> None:
    """What comes late answers for what was missed, not for what is due next."""
    came, due = NEXT[when]
    assert DAILY.next(berlin("11-23T06:00"), berlin(came)) == berlin(due)


def test_the_evening_before_is_in_time() -> None:
    """A file of 23:30 is the one of six o'clock; the next of 23:30 is in time again."""
    due = berlin("11-23T06:00")
    for day in range(22, 29):
        due = DAILY.next(due, berlin(f"11-{day}T23:30"))
        assert due > berlin(f"11-{day + 1}T06:00")


@pytest.mark.parametrize(
    ("by", "day", "due"),
    [
        (time(6), "03-28T12:00", "2026-03-29T04:00+00:00"),  # the night has 23 hours
        (time(6), "10-24T12:00", "2026-10-25T05:00+00:00"),  # the night has 25 hours
        (time(2, 30), "03-28T12:00", "2026-03-29T01:30+00:00"),  # there is no 2:30
        (time(2, 30), "10-24T12:00", "2026-10-25T01:30+00:00"),  # there are two
    ],
)
def test_nights_in_which_the_clock_is_changed(by: time, day: str, due: str) -> None:
    """Six o'clock is six o'clock; of two the later counts, and one that is not there is an hour on."""
    assert Expected(DAY, by, BERLIN).first(berlin(day)) == datetime.fromisoformat(due)


def test_parts_of_a_day_are_counted_from_the_time() -> None:
    """Every 12h by 06:00 is due at six and at eighteen."""
    twice = Expected(timedelta(hours=12), time(6), BERLIN)
    assert twice.first(berlin("11-23T07:00")) == berlin("11-23T18:00")
    assert twice.next(berlin("11-23T18:00"), berlin("11-23T17:00")) == berlin("11-24T06:00")


def test_without_a_time_of_the_day_a_tenth_more_may_pass() -> None:
    """So that a file which comes a minute later than yesterday is not late."""
    any_time = Expected(DAY, None, BERLIN)
    assert any_time.after(berlin("11-23T02:00")) == berlin("11-24T04:24")


def test_a_week_is_a_week() -> None:
    """A file of Monday night is due on the next Monday; one that never came, a week from now at the latest."""
    weekly = Expected(7 * DAY, time(6), BERLIN)
    assert weekly.after(berlin("11-23T02:00")) == berlin("11-30T06:00")
    assert weekly.first(berlin("11-23T07:00")) == berlin("11-30T06:00")


@given(EXPECTED, MOMENTS, st.lists(st.timedeltas(timedelta(), 20 * DAY), max_size=6))
def test_a_file_always_moves_the_due_moment_behind_itself(
    expected: Expected, start: datetime, waits: list[timedelta]
) -> None:
    """Whenever it comes; and never by more than twice what is expected, clocks that are changed included."""
    due, now = expected.first(start), start
    assert due >= start
    for wait in waits:
        now += wait
        due = expected.next(due, now)
        assert now <= due <= now + 2 * max(expected.every, DAY) + timedelta(hours=2)


@given(EXPECTED, MOMENTS, st.timedeltas(-900 * DAY, 900 * DAY))
def test_a_clock_that_was_wrong_for_a_while_makes_nobody_wait_for_years(
    expected: Expected, now: datetime, wrong: timedelta
) -> None:
    """SC08: a due moment from a clock that ran ahead is brought back; a file is not believed to come from the future."""
    due = due_after(expected, expected.first(now + wrong), [], now)
    assert due <= now + 2 * max(expected.every, DAY) + timedelta(hours=2)
    assert (
        due_after(expected, None, [now + abs(wrong)], now)
        <= expected.next(expected.first(now), now) + expected.every + DAY
    )


def test_another_expectation_is_seen_to_be_another() -> None:
    """By what is kept of it in the ledger."""
    others = [
        Expected(DAY, time(6), None),
        Expected(DAY, time(7), BERLIN),
        Expected(2 * DAY, time(6), BERLIN),
    ]
    assert len({str(DAILY), *map(str, others)}) == 4

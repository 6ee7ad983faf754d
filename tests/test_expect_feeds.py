"""A file that should come and does not is told once, and once more when it comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.alarming import Office, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAILY = '{every: 1d, by: "06:00"}'
TICK = timedelta(minutes=10)
HOURS = timedelta(hours=1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Open an office that expects a file of erp every day by six; it is 23 November, noon."""
    with opened(tmp_path) as one:
        one.expects("erp", DAILY)
        yield one


def at(office: Office, moment: str) -> list[str]:
    """Make a pass end at a moment of November."""
    office.now = datetime.fromisoformat(f"2026-11-{moment}+00:00")
    return office.tell()


def test_a_file_that_does_not_come_is_told_once(office: Office) -> None:
    """At the first pass after it was due, with when the last one came."""
    office.run("erp_1.csv")
    assert [at(office, "23T12:00"), at(office, "24T05:59")] == [[], []]
    office.run("erp_2.csv")
    assert [at(office, moment) for moment in ("24T06:00", "24T23:00", "25T05:50", "25T06:00")] == [[]] * 4
    assert at(office, "25T06:10") == ["erp: no file came by 2026-11-25 06:00"]
    assert office.bodies[-1]["lines"] == ["The last one came at 2026-11-24 05:59: erp_2.csv"]
    assert [at(office, moment) for moment in ("25T06:20", "26T06:10", "29T12:00")] == [[]] * 3


def test_when_it_comes_that_is_told(office: Office) -> None:
    """And the next one is due the next morning, though this one came after six."""
    at(office, "23T12:00")
    assert len(at(office, "24T06:10")) == 1
    office.run("erp_late.csv")
    assert at(office, "24T08:00") == ["erp: the file has come (erp_late.csv)"]
    assert at(office, "25T06:00") == []
    assert len(at(office, "25T06:10")) == 1


def test_a_mapping_that_never_ran_is_late_after_its_first_due_moment(office: Office) -> None:
    """Counted from the first pass that saw it."""
    assert [at(office, "23T12:00"), at(office, "24T05:00")] == [[], []]
    assert at(office, "24T06:10") == ["erp: no file came by 2026-11-24 06:00"]
    assert office.bodies[-1]["lines"] == ["None has ever come."]


NO_DELIVERY: dict[str, dict[str, Any]] = {
    "a repeat": {"repeats": "20261101T000000Z-0001"},
    "a failed one": {"state": "failed"},
    "one without rows": {"read": 0},
    "corrected rejects": {"parent": "20261101T000000Z-0001"},
    "another mapping's": {"mapping": "other"},
    "another tenant's": {"tenant": "https://other.example"},
}


@pytest.mark.parametrize("kind", NO_DELIVERY)
def test_what_is_no_delivery_does_not_count(office: Office, kind: str) -> None:
    """Neither to be in time nor to bring a late feed back."""
    at(office, "23T12:00")
    office.run("erp_x.csv", **NO_DELIVERY[kind])
    assert "erp: no file came by 2026-11-24 06:00" in at(office, "24T06:10")
    office.run("erp_y.csv", **NO_DELIVERY[kind])
    assert not [title for title in at(office, "24T06:20") if title.startswith("erp: the file")]


def test_a_file_that_is_held_or_pending_has_come(office: Office) -> None:
    """It was read: what becomes of it is told apart."""
    at(office, "23T12:00")
    office.held("erp_x.csv")
    assert [title for title in at(office, "24T06:10") if "no file" in title] == []


def test_a_machine_that_was_off_finds_one_thing_to_tell(office: Office) -> None:
    """SC09: three mornings were missed; if the file came with the first pass there is nothing to tell."""
    at(office, "23T12:00")
    office.now += 3 * 24 * HOURS
    office.run("erp_x.csv")
    assert at(office, "26T12:00") == []
    assert len(at(office, "29T12:00")) == 1
    assert at(office, "30T12:00") == []


@pytest.mark.parametrize("back", [TICK, 2 * HOURS, 30 * HOURS, 24 * 40 * HOURS])
def test_a_clock_set_back_is_no_storm(office: Office, back: timedelta) -> None:
    """SC08: what is late stays late, told once, until a file comes; however the clock goes."""
    at(office, "23T12:00")
    assert len(at(office, "24T06:10")) == 1
    office.now -= back
    assert office.tell() == []
    office.now += back
    assert [office.tell(), office.tell(TICK)] == [[], []]
    office.run("erp_x.csv")
    assert len(office.tell(TICK)) == 1


def test_a_clock_that_ran_ahead_is_forgotten(office: Office) -> None:
    """SC08: a file that was taken in the year 2030 does not keep the alarm quiet until then."""
    at(office, "23T12:00")
    office.now += 24 * 1500 * HOURS
    office.run("erp_x.csv")
    office.tell()
    assert at(office, "23T13:00") == []
    assert len(at(office, "25T06:10")) == 1


def test_as_long_as_the_tenant_is_in_trouble_nothing_new_is_late(office: Office) -> None:
    """Files wait in the inbox then; what is truly missing is told when it is over."""
    at(office, "23T12:00")
    run = office.pending("other.csv", mapping="other")
    assert ["did not take" in title for title in at(office, "24T06:10")] == [True]
    office.settle(run)
    assert len(at(office, "24T06:20")) == 2


def test_an_expectation_that_changes_is_no_alarm(office: Office) -> None:
    """Another time of the day begins anew; a feed that is late stays late until a file comes."""
    office.run("erp_x.csv")
    at(office, "23T12:00")
    office.expects("erp", '{every: 1d, by: "13:00"}')
    assert at(office, "23T14:00") == []
    assert len(at(office, "24T13:10")) == 1
    office.expects("erp", '{every: 2d, by: "13:00"}')
    assert at(office, "24T13:20") == []
    office.run("erp_y.csv")
    assert len(at(office, "24T13:30")) == 1


def test_what_is_expected_no_more_is_forgotten(office: Office) -> None:
    """Without a message: nothing has come."""
    at(office, "23T12:00")
    at(office, "24T06:10")
    office.expects("erp", None)
    assert at(office, "24T06:20") == []
    assert (
        office.ledger.db.execute(
            "SELECT count(*) FROM told WHERE topic LIKE 'late%' OR topic LIKE 'due%'"
        ).fetchone()[0]
        == 0
    )


def test_what_is_due_is_kept_though_nobody_is_told(office: Office) -> None:
    """Whoever sets a webhook up later hears at once of what is late."""
    office.configure(notify={})
    assert [at(office, "23T12:00"), at(office, "24T06:10")] == [[], []]
    office.configure()
    assert at(office, "24T07:00") == ["erp: no file came by 2026-11-24 06:00"]


def test_the_morning_is_that_of_the_settings(office: Office) -> None:
    """Six o'clock in Istanbul is three in London."""
    office.configure(timezone="Europe/Istanbul")
    at(office, "23T12:00")
    assert [at(office, "24T02:50"), len(at(office, "24T03:10"))] == [[], 1]


def test_mappings_that_cannot_be_read_stop_nothing(office: Office) -> None:
    """Whoever runs files says what is wrong with them; other changes are told all the same."""
    (office.folder / "mappings" / "erp.yaml").write_text("nonsense: [")
    office.held()
    assert len(office.tell()) == 1

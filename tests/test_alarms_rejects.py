"""Rows that are rejected for the first time are told; those that stand are not; the last one that goes is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.alarming import Office, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MINUTES = timedelta(minutes=10)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Open an office with a webhook that works."""
    with opened(tmp_path) as one:
        yield one


def test_new_rejects_are_told_with_reasons_and_standing_ones_are_not(office: Office) -> None:
    """The same three rows every night are told the first night; a fourth is."""
    office.rejects("S1", "S2", "S3")
    assert office.tell() == ["erp: 3 rows newly rejected"]
    assert any(line.startswith("Row 2:") for line in office.bodies[0]["lines"])
    office.rejects("S1", "S2", "S3")
    assert office.tell(MINUTES) == []
    office.rejects("S1", "S2", "S3", "S4")
    assert office.tell(MINUTES) == ["erp: 1 row newly rejected"]
    assert "To correct now, in all: 4 rows." in office.bodies[-1]["lines"]


def test_a_row_without_a_code_is_not_news_every_night(office: Office) -> None:
    """It has no pair to be known by: the row itself is looked at."""
    office.rejects("", "S2")
    assert len(office.tell()) == 1
    office.rejects("", "S2")
    assert office.tell(MINUTES) == []


def test_rejects_that_come_while_a_run_is_delivered_are_told(office: Office) -> None:
    """The tenant refuses rows of a run that was on record, and looked at, long before."""
    waiting = office.pending("slow.csv", "incomplete")
    office.run("other.csv")
    office.tell()
    office.rejects("S1", run=waiting)
    office.settle(waiting)
    assert "erp: 1 row newly rejected" in office.tell(MINUTES)


def test_rejects_that_fail_again_before_anybody_was_told_are_told(office: Office) -> None:
    """Two files of a feed in one pass, or a night without a webhook: the first time is what counts."""
    office.rejects("S1", "S2", "")
    office.rejects("S1", "S2", "", file="again.csv")
    assert office.tell() == ["erp: 3 rows newly rejected"]
    assert office.bodies[0]["lines"][0].startswith("Of the file again.csv")
    office.rejects("S1", "S2", "", "S4", file="third.csv")
    assert office.tell(MINUTES) == ["erp: 1 row newly rejected"]
    assert len([line for line in office.bodies[-1]["lines"] if line.startswith("Row ")]) == 1


@pytest.mark.parametrize("stands", [False, True])
def test_what_was_told_stays_told_while_something_is_held(office: Office, *, stands: bool) -> None:
    """A hold that stands for weeks keeps runs in view; what they rejected is no news for that."""
    if stands:
        office.held("old.csv")
        office.tell()
    for _ in range(3):
        office.rejects("S1", "S2")
    assert [len(office.tell(MINUTES)) for _ in range(3)] == [1, 0, 0]
    for _ in range(3):
        office.rejects("S1", "S2")
        assert office.tell(MINUTES) == []


def test_only_what_is_new_is_listed(office: Office) -> None:
    """Rows that were told before are not among the examples: neither of the last file nor of the same one."""
    waiting = office.pending("slow.csv", "interrupted", to_send=10, read=20)
    office.rejects("S1", "S2", "S3", run=waiting)
    office.tell()
    office.rejects("S9", run=waiting, by="tenant")
    assert office.tell(MINUTES) == ["erp: 1 row newly rejected"]
    assert [line[:7] for line in office.bodies[-1]["lines"] if line.startswith("Row ")] == ["Row 32:"]


def test_when_no_reject_is_left_that_is_told(office: Office) -> None:
    """Corrected by staff: one message, and the next new one is new again."""
    run = office.rejects("S1")
    office.tell()
    office.mend(run)
    assert office.tell(MINUTES) == ["erp: no row is left to correct"]
    office.rejects("S1")
    assert office.tell(MINUTES) == ["erp: 1 row newly rejected"]


def test_rejects_that_stood_for_long_are_no_news_for_a_new_webhook(office: Office) -> None:
    """They fail every night, and began before the last day."""
    office.configure(notify={})
    office.rejects("S1", "S2")
    office.now += timedelta(days=3)
    office.configure()
    office.rejects("S1", "S2", "S3")
    assert office.tell() == ["erp: 1 row newly rejected"]

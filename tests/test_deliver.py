"""Delivery: on record before it leaves, and settled before it counts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sync.deliver.loop import Ending
from sync.deliver.pace import BROKEN, Pace, Terms
from sync.deliver.workers import Workers
from sync.ledger import batches, rejected
from sync.ledger.book import connect
from tests.deliveries import RUN, TERMS, Tenant, failing, world

if TYPE_CHECKING:
    from pathlib import Path

    from sync.replies import Reply
    from tests.deliveries import Body


def test_every_row_goes_once_in_bodies_within_the_bound(tmp_path: Path) -> None:
    """Nothing lost, nothing twice, nothing larger than asked for."""
    tenant = Tenant()
    with world(tmp_path, 95) as (ledger, _, go):
        assert go(tenant) == Ending("done")
        assert batches.tally(ledger, RUN).accepted == 95
    assert sorted(row["sku_code"] for body in tenant.bodies for row in body) == sorted(
        f"S{at}" for at in range(95)
    )
    assert max(map(len, tenant.bodies)) == 10
    assert tenant.stock["S7"] == 21


def test_a_batch_is_on_record_and_committed_before_it_is_posted(tmp_path: Path) -> None:
    """Another process sees the batch in the ledger while its request is under way."""
    tenant, seen = Tenant(), []
    with world(tmp_path, 30) as (_, _, go):

        def look(rows: list[Body]) -> None:
            other = connect(tmp_path / "ledger.db")
            start = int(rows[0]["sku_code"][1:])
            seen.append((start, start + len(rows)) in dict(batches.open_ranges(other, RUN)))
            other.close()

        tenant.before = look
        go(tenant)
    assert seen == [True] * 3


def test_no_more_requests_are_under_way_than_allowed(tmp_path: Path) -> None:
    """The tenant's limit is ours."""
    tenant = Tenant(lambda _rows, _number: time.sleep(0.01))
    with world(tmp_path, 200) as (_, _, go):
        go(tenant)
    assert tenant.most_flying <= TERMS.workers


def test_a_refused_row_is_rejected_with_all_its_source_rows(tmp_path: Path) -> None:
    """The tenant's words stand at each of them, and the numbers add up."""
    tenant = Tenant()
    tenant.answer = failing({"S3"})(tenant)
    with world(tmp_path, 12, merged={3: [12, 13]}) as (ledger, _, go):
        assert go(tenant).kind == "done"
        found = list(rejected.of_run(ledger, RUN))
        tally = batches.tally(ledger, RUN)
    assert [(item.row, item.position, item.cells[1]) for item in found] == [
        (5, 3, "S3"),
        (14, 3, "S12"),
        (15, 3, "S13"),
    ]
    assert {problem.code for item in found for problem in item.problems} == {"tenant.sku"}
    assert (tally.accepted, tally.refused_pairs, tally.refused_rows) == (11, 1, 3)


def test_what_the_tenant_does_not_know_is_skipped_where_the_mapping_says_so(tmp_path: Path) -> None:
    """Counted apart, kept on record, and no reject."""
    tenant = Tenant()
    tenant.answer = failing({"S3"})(tenant)
    skip = Terms(**{name: getattr(TERMS, name) for name in TERMS.__slots__} | {"unknown": "skip"})
    with world(tmp_path, 12, terms=skip) as (ledger, _, go):
        go(tenant)
        tally = batches.tally(ledger, RUN)
        assert list(rejected.of_run(ledger, RUN)) == []
        assert [item.row for item in rejected.of_run(ledger, RUN, unknown=True)] == [5]
    assert (tally.accepted, tally.unknown_pairs, tally.refused_pairs) == (11, 1, 0)


def test_what_breaks_in_a_worker_is_raised_where_the_run_can_see_it() -> None:
    """No thread dies in silence."""

    def broken(_body: bytes) -> Reply:
        raise ValueError("inside")

    workers: Workers[int] = Workers(broken, 1)
    workers.give(1, b"")
    with pytest.raises(ValueError, match="inside"):
        workers.take(5)
    workers.stop()


def test_the_pace_slows_down_and_stops() -> None:
    """One at a time after a few failures in a row, none after some more; a success forgets them."""
    pace = Pace(TERMS, clock=lambda: 0.0, random=lambda: 1.0)
    assert pace.in_flight == TERMS.workers
    for _ in range(3):
        pace.failed(1, None)
    assert pace.in_flight == 1
    assert pace.exhausted() is None
    for _ in range(BROKEN - 3):
        pace.failed(1, None)
    assert pace.exhausted()
    pace.succeeded()
    assert (pace.in_flight, pace.exhausted()) == (TERMS.workers, None)


def test_a_wait_that_was_asked_for_holds_for_all_workers() -> None:
    """Retry-After is a minimum, jitter comes on top, and everybody waits."""
    pace = Pace(TERMS, clock=lambda: 100.0, random=lambda: 0.5)
    due = pace.failed(2, 7.0)
    assert due == pytest.approx(107.0 + 0.5 * 0.002)
    assert pace.pause_until == due


def test_repeats_have_a_budget() -> None:
    """Ten, and a tenth of all requests."""
    pace = Pace(TERMS, clock=lambda: 0.0, random=lambda: 0.0)
    pace.sent, pace.retried = 100, 19
    assert pace.may_repeat
    pace.retried = 20
    assert not pace.may_repeat

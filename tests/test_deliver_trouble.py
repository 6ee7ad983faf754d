"""Delivery in trouble: the culprit is found, nothing is lost, and every run ends."""

from __future__ import annotations

import math
import os
import signal
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sync.deliver.pace import BARREN, Terms
from sync.ledger import batches, rejected, runs
from sync.replies import Reply
from tests.deliveries import RUN, TERMS, Tenant, delivery, poisoned, world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("poison", [{"S0"}, {"S13"}, {"S3", "S4"}, {"S10", "S19", "S25"}])
def test_a_poison_row_is_found_by_halving_within_its_bound(
    tmp_path: Path, poison: set[str], status: int
) -> None:
    """All others are accepted, that row alone is rejected, in at most 2*log2(n)+2 requests for each."""
    tenant = Tenant(poisoned(poison, status))
    with world(tmp_path, 40) as (ledger, _, go):
        assert go(tenant).kind == "done"
        assert {item.sku_code for item in rejected.of_run(ledger, RUN)} == poison
        assert batches.tally(ledger, RUN).accepted == 40 - len(poison)
    assert len(tenant.bodies) <= 4 + len(poison) * (2 * math.log2(10) + 2)


def test_a_tenant_that_refuses_everything_is_asked_thirty_times_at_most(tmp_path: Path) -> None:
    """Then the run stops; nothing is called rejected without proof."""
    tenant = Tenant(lambda _rows, _number: Reply(422, {"error": {"code": "MAPPING_ERROR", "message": "all"}}))
    with world(tmp_path, 400) as (ledger, _, go):
        ending = go(tenant)
        assert ending.kind == "refused"
        assert "all" in ending.why
        assert list(rejected.of_run(ledger, RUN)) == []
    assert len(tenant.bodies) <= BARREN


def test_one_refused_row_alone_is_no_proof(tmp_path: Path) -> None:
    """As long as nothing succeeded, the fault may lie with the request: the row stays pending."""
    with world(tmp_path, 1) as (ledger, _, go):
        assert go(Tenant(poisoned({"S0"}))).kind == "refused"
        assert batches.open_ranges(ledger, RUN) == [((0, 1), 1)]


@pytest.mark.parametrize("rows", [1, 7, 10, 62])
def test_a_row_that_breaks_the_tenant_is_split_off_whatever_else_is_left(tmp_path: Path, rows: int) -> None:
    """A body that always ends in 500: after a few resumes all but the one row are settled, and it stays pending."""
    tenant = Tenant(poisoned({f"S{rows // 2}"}, 500))
    with world(tmp_path, rows) as (ledger, _, go):
        endings = [go(tenant).kind for _ in range(3)]
        assert endings == ["incomplete"] * 3
        assert batches.tally(ledger, RUN).accepted == rows - 1
        assert [part for part, _ in batches.open_ranges(ledger, RUN)] == [(rows // 2, rows // 2 + 1)]


def test_many_rows_that_break_the_tenant_are_all_split_off(tmp_path: Path) -> None:
    """One row in fifty, in every batch: a few commands settle all the others, each within its bound of failures."""
    bad = {f"S{at}" for at in range(25, 500, 50)}
    tenant = Tenant(poisoned(bad, 500))
    terms = replace(TERMS, batch_rows=100)
    with world(tmp_path, 500, terms=terms) as (ledger, _, go):
        for _ in range(6):
            go(tenant)
        assert batches.tally(ledger, RUN).accepted == 490


def test_rows_are_not_rejected_by_a_tenant_that_turns_to_refusing_everything(tmp_path: Path) -> None:
    """What was refused since the last success stays pending when the refusals do not end."""
    tenant = Tenant(lambda _rows, number: Reply(422, {"error": {"message": "all"}}) if number > 1 else None)
    with world(tmp_path, 400, terms=replace(TERMS, workers=1)) as (ledger, _, go):
        assert go(tenant).kind == "refused"
        assert batches.tally(ledger, RUN).settled == 10
        assert list(rejected.of_run(ledger, RUN)) == []


def test_a_tenant_that_is_broken_costs_few_requests(tmp_path: Path) -> None:
    """500 for everything: one body or many, a run or its resume, at most a dozen requests."""
    tenant = Tenant(lambda _rows, _number: Reply(500))
    with world(tmp_path, 200) as (_, _, go):
        for _ in range(3):
            before = len(tenant.bodies)
            assert go(tenant).kind == "incomplete"
            assert len(tenant.bodies) - before <= 12


def test_a_refused_row_is_rejected_once_another_run_was_taken(tmp_path: Path) -> None:
    """What the tenant proves in the same command is proof enough: nothing is posted a second time."""
    tenant = Tenant(poisoned({"S0"}))
    with world(tmp_path, 1) as (ledger, outbox, _):
        refused = delivery(ledger, outbox, tenant)
        assert refused.go().kind == "refused"
        refused.pace.succeeded()
        assert refused.prove().kind == "done"
        assert [item.sku_code for item in rejected.of_run(ledger, RUN)] == ["S0"]
    assert len(tenant.bodies) == 1


def test_a_body_that_is_too_large_is_halved_and_the_size_remembered(tmp_path: Path) -> None:
    """413 for more than four rows: later bodies start small."""
    tenant = Tenant(lambda rows, _number: Reply(413) if len(rows) > 4 else None)
    with world(tmp_path, 300) as (ledger, _, go):
        assert go(tenant).kind == "done"
        assert batches.tally(ledger, RUN).accepted == 300
    assert all(len(body) <= 4 for body in tenant.bodies[30:])


@pytest.mark.parametrize(
    "reply",
    [
        Reply(503),
        Reply(500),
        Reply(429, retry_after=0.01),
        Reply(None, trouble="timeout", detail="d"),
        Reply(200, None, "<html>"),
    ],
)
def test_a_passing_trouble_is_cured_by_sending_again(tmp_path: Path, reply: Reply) -> None:
    """The same body again; the rows are accepted once."""
    tenant = Tenant(lambda _rows, number: reply if number == 1 else None)
    with world(tmp_path, 30) as (ledger, _, go):
        assert go(tenant).kind == "done"
        assert batches.tally(ledger, RUN).accepted == 30
        found = runs.get(ledger, RUN)
    assert found is not None
    assert (found.sent, found.retried) == (4, 1)


def test_a_tenant_that_is_down_costs_few_requests_and_loses_nothing(tmp_path: Path) -> None:
    """At most twelve, then the rest waits for the next run."""
    tenant = Tenant(lambda _rows, _number: Reply(503, text="down"))
    with world(tmp_path, 500) as (ledger, _, go):
        assert go(tenant).kind == "incomplete"
        assert batches.tally(ledger, RUN).settled == 0
        assert len(tenant.bodies) <= 12
        tenant.answer = lambda _rows, _number: None
        assert go(tenant).kind == "done"
        assert batches.tally(ledger, RUN).accepted == 500


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401, {"detail": "Invalid API key"}),
        Reply(403),
        Reply(302, location="https://evil"),
        Reply(404),
        Reply(None, trouble="tls", detail="d"),
    ],
)
def test_a_refusal_stops_at_once(tmp_path: Path, reply: Reply) -> None:
    """No more than what is under way; what was accepted before stays, the rest is pending."""
    tenant = Tenant(lambda _rows, number: reply if number > 3 else None)
    with world(tmp_path, 200) as (ledger, _, go):
        assert go(tenant).kind == "refused"
        tally = batches.tally(ledger, RUN)
    assert len(tenant.bodies) <= 3 + 2 * TERMS.workers
    assert tally.accepted == len(tenant.stock)


def test_counts_that_never_add_up_are_never_accepted(tmp_path: Path) -> None:
    """Down to single rows, then the run stops with the numbers."""
    tenant = Tenant(
        lambda rows, _number: Reply(
            200,
            {
                "success": True,
                "data": {
                    "total": len(rows) + 1,
                    "created": len(rows),
                    "updated": 0,
                    "failed": 0,
                    "errors": [],
                },
            },
        )
    )
    with world(tmp_path, 50) as (ledger, _, go):
        ending = go(tenant)
        assert ending.kind == "refused"
        assert "add up" in ending.why
        assert batches.tally(ledger, RUN).settled == 0


@pytest.mark.parametrize("rows", [1, 40, 400])
def test_an_address_that_answers_everything_with_something_else_is_refused(tmp_path: Path, rows: int) -> None:
    """A login page with 200, for one row or for many: the same ending."""
    with world(tmp_path, rows) as (ledger, _, go):
        assert go(Tenant(lambda _rows, _number: Reply(200, None, "<html>"))).kind == "refused"
        assert batches.tally(ledger, RUN).settled == 0


def test_a_long_retry_after_ends_the_run_and_says_when_to_come_back(tmp_path: Path) -> None:
    """Waiting longer than the deadline is not ours to do."""
    tenant = Tenant(lambda _rows, _number: Reply(429, retry_after=86_400))
    with world(tmp_path, 50) as (_, _, go):
        ending = go(tenant)
    assert ending.kind == "incomplete"
    assert ending.not_before is not None
    assert len(tenant.bodies) <= TERMS.workers


@pytest.mark.parametrize(("wait", "kind", "posted"), [(0.2, "done", 1), (3600, "incomplete", 0)])
def test_nothing_is_posted_before_the_tenant_wants_it(
    tmp_path: Path, wait: float, kind: str, posted: int
) -> None:
    """A short wait is waited for, a long one ends the delivery before its first request."""
    tenant, started = Tenant(), time.monotonic()
    with world(tmp_path, 5) as (ledger, outbox, _):
        asked = delivery(ledger, outbox, tenant)
        asked.pace.asked_for(wait)
        assert asked.go().kind == kind
    assert len(tenant.bodies) == posted
    assert time.monotonic() - started > 0.2 or not posted


def test_a_run_that_is_told_to_end_settles_what_is_under_way(tmp_path: Path) -> None:
    """Ctrl-C: nothing new leaves, answers that come are taken, the rest is pending."""
    tenant = Tenant(lambda _rows, _number: time.sleep(0.05))
    with world(tmp_path, 300) as (ledger, outbox, _):
        told = delivery(ledger, outbox, tenant, progress=_interrupt_after(50))
        assert told.go().kind == "interrupted"
        tally = batches.tally(ledger, RUN)
        assert tally.accepted == len(tenant.stock)
        assert 50 <= tally.accepted < 300


def _interrupt_after(settled: int) -> Callable[[int, int, int], None]:
    signals = iter([signal.SIGTERM])

    def progress(done: int, _total: int, _rejected: int) -> None:
        if done >= settled:
            for number in signals:
                os.kill(os.getpid(), number)

    return progress


def test_a_resume_goes_on_from_the_splits(tmp_path: Path) -> None:
    """What was halved before the end of a run is not posted whole again."""
    tenant = Tenant(
        lambda rows, number: (
            Reply(401) if number > 4 else Reply(422) if "S3" in {row["sku_code"] for row in rows} else None
        )
    )
    one = Terms(**{name: getattr(TERMS, name) for name in TERMS.__slots__} | {"workers": 1})
    with world(tmp_path, 20, terms=one) as (ledger, _, go):
        assert go(tenant).kind == "refused"
        sizes = {stop - start for (start, stop), _ in batches.open_ranges(ledger, RUN) if start <= 3 < stop}
        assert sizes < {1, 2, 3, 4, 5}
        tenant.answer = poisoned({"S3"})
        before = len(tenant.bodies)
        assert go(tenant).kind == "done"
    assert all(len(body) < 10 for body in tenant.bodies[before:] if "S3" in {row["sku_code"] for row in body})

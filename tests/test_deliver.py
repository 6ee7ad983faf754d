"""Delivery: on record before it leaves, settled before it counts, and an end to every run."""

from __future__ import annotations

import json
import math
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from sync import staging
from sync.deliver.loop import Delivery, Ending
from sync.deliver.outbox import Outbox
from sync.deliver.pace import BARREN, BROKEN, Pace, Terms
from sync.deliver.workers import Workers
from sync.ledger import batches, rejected, runs
from sync.ledger.book import Ledger, connect
from sync.rows import Block, Reply, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RUN = "r1"
TERMS = Terms(
    workers=3,
    batch_rows=10,
    batch_bytes=100_000,
    attempts=3,
    base=0.001,
    longest=0.002,
    deadline=30,
    source="erp_sync",
    notes="n",
    names={},
    unknown="reject",
)
Body = dict[str, Any]


class Tenant:
    """Applies rows unless `answer` says otherwise; remembers every body."""

    def __init__(self, answer: Callable[[list[Body], int], Reply | None] | None = None) -> None:
        self.answer = answer or (lambda _rows, _number: None)
        self.bodies: list[list[Body]] = []
        self.stock: dict[str, int] = {}
        self.flying = self.most_flying = 0
        self.lock = threading.Lock()
        self.before: Callable[[list[Body]], None] = lambda _rows: None

    def __call__(self, body: bytes) -> Reply:
        """Answer one request."""
        rows = json.loads(body)["inventory"]
        self.before(rows)
        with self.lock:
            self.bodies.append(rows)
            self.flying += 1
            self.most_flying = max(self.most_flying, self.flying)
            number = len(self.bodies)
        reply = self.answer(rows, number) or self.apply(rows)
        with self.lock:
            self.flying -= 1
        return reply

    def apply(self, rows: list[Body], failed: list[dict[str, Any]] | None = None) -> Reply:
        """Apply rows but those that `failed` names, and say so."""
        bad = {entry["product_id"] for entry in failed or []}
        good = {row["sku_code"]: row["quantity"] for row in rows if row["sku_code"] not in bad}
        self.stock |= good
        return Reply(
            200,
            {
                "success": True,
                "data": {
                    "total": len(rows),
                    "created": len(good),
                    "updated": 0,
                    "failed": len(bad),
                    "errors": failed or [],
                },
            },
        )


def failing(
    skus: set[str], message: str = "Product not found"
) -> Callable[[Tenant], Callable[[list[Body], int], Reply]]:
    """Have single rows fail as the vendor's page shows it."""

    def bind(tenant: Tenant) -> Callable[[list[Body], int], Reply]:
        def answer(rows: list[Body], _number: int) -> Reply:
            entries = [
                {
                    "row": at,
                    "location_id": row["location_code"],
                    "product_id": row["sku_code"],
                    "errors": {"product_id": [message]},
                }
                for at, row in enumerate(rows)
                if row["sku_code"] in skus
            ]
            return tenant.apply(rows, entries)

        return answer

    return bind


def poisoned(skus: set[str], status: int = 422) -> Callable[[list[Body], int], Reply | None]:
    """Refuse the whole request where one of these is in it."""
    return lambda rows, _number: (
        Reply(status, {"error": {"code": "MAPPING_ERROR", "message": "poison"}})
        if skus & {row["sku_code"] for row in rows}
        else None
    )


@contextmanager
def world(
    folder: Path, n: int, *, merged: dict[int, list[int]] | None = None, terms: Terms = TERMS
) -> Iterator[tuple[Ledger, Outbox, Callable[..., Ending]]]:
    """Stage n rows and open a ledger; `merged` says which further source rows stand behind a position."""
    rows = np.arange(n)
    extra = [(at, source) for at, sources in (merged or {}).items() for source in sources]
    with (
        staging.Writer(folder / "send") as send,
        staging.Writer(folder / "cells") as cells,
        staging.Writer(folder / "faults") as faults,
        staging.Writer(folder / "merged") as more,
    ):
        codes = {"location_code": pa.array(["A"] * n), "sku_code": pa.array([f"S{at}" for at in rows])}
        send.add(
            {
                "at": rows,
                **codes,
                "quantity": rows * 3,
                "row": rows + 2,
                "column": np.full(n, 2, np.int32),
                "parent": rows * 0,
                "rank": rows * 0,
            }
        )
        total = n + len(extra)
        block = Block(
            np.arange(total) + 2, (pa.array(["A"] * total), pa.array([f"S{at}" for at in range(total)]))
        )
        staging.write_source(cells, faults, block, 0)
        if extra:
            at = np.array([source for _, source in extra])
            more.add(
                {
                    "stands_for": np.array([at for at, _ in extra]),
                    "row": at + 2,
                    "column": np.full(len(at), 2, np.int32),
                    "parent": at * 0,
                    "at": at,
                }
            )
    ledger = connect(folder / "ledger.db")
    with ledger.transaction():
        runs.add(ledger, Run(RUN, "t", "tenant", "f", mapping="m", content="c", to_send=n))
    outbox = Outbox(folder, width=1, names={})
    yield ledger, outbox, lambda tenant: Delivery(RUN, outbox, ledger, terms, post=tenant).go()
    ledger.close()


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
            seen.append((start, start + len(rows)) in batches.open_ranges(other, RUN))
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
        assert batches.open_ranges(ledger, RUN) == [(0, 1)]


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


def test_a_long_retry_after_ends_the_run_and_says_when_to_come_back(tmp_path: Path) -> None:
    """Waiting longer than the deadline is not ours to do."""
    tenant = Tenant(lambda _rows, _number: Reply(429, retry_after=86_400))
    with world(tmp_path, 50) as (_, _, go):
        ending = go(tenant)
    assert ending.kind == "incomplete"
    assert ending.not_before is not None
    assert len(tenant.bodies) <= TERMS.workers


def test_a_run_that_is_told_to_end_settles_what_is_under_way(tmp_path: Path) -> None:
    """Ctrl-C: nothing new leaves, answers that come are taken, the rest is pending."""
    tenant = Tenant(lambda _rows, _number: time.sleep(0.05))
    with world(tmp_path, 300) as (ledger, outbox, _):
        delivery = Delivery(RUN, outbox, ledger, TERMS, post=tenant, progress=_interrupt_after(50))
        assert delivery.go().kind == "interrupted"
        tally = batches.tally(ledger, RUN)
        assert tally.accepted == len(tenant.stock)
        assert 50 <= tally.accepted < 300


def _interrupt_after(settled: int) -> Callable[[int, int], None]:
    once = iter([KeyboardInterrupt])

    def progress(done: int, _total: int) -> None:
        if done >= settled:
            for interrupt in once:
                raise interrupt

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
        sizes = {stop - start for start, stop in batches.open_ranges(ledger, RUN) if start <= 3 < stop}
        assert sizes < {1, 2, 3, 4, 5}
        tenant.answer = poisoned({"S3"})
        before = len(tenant.bodies)
        assert go(tenant).kind == "done"
    assert all(len(body) < 10 for body in tenant.bodies[before:] if "S3" in {row["sku_code"] for row in body})


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
    pace.sent, pace.retried = 100, 20
    assert pace.exhausted() is None
    pace.retried = 21
    assert pace.exhausted()

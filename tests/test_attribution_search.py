"""The row at fault is found within its bound of requests, whatever the tenant says of the whole body; the others are accepted."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.deliver.outbox import Outbox
from sync.deliver.pace import BARREN
from sync.ledger import batches, rejected
from sync.replies import Reply
from tests.deliveries import RUN, STAGED, TERMS, Tenant, delivery, failing, poisoned, world

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.deliveries import Body

HTML = Reply(400, None, "<html>Bad Request</html>")


def bound(rows: int, culprits: int) -> float:
    """Give the requests that may be needed: so many for each culprit, the first body among them."""
    return max(1, culprits) * (2 * math.log2(rows) + 2)


def skus(places: Any) -> set[str]:
    return {f"S{at}" for at in places}


@st.composite
def haystacks(draw: st.DrawFn) -> tuple[int, set[int]]:
    """Draw the size of a body, and where its culprits stand."""
    rows = draw(st.integers(2, 500))
    few = st.sets(st.integers(0, rows - 1), min_size=1, max_size=min(8, rows - 1))
    return rows, draw(few)


@given(haystacks(), st.sampled_from([400, 422]), st.integers(1, 4))
@settings(max_examples=40)
def test_each_culprit_costs_no_more_than_its_bound(
    case: tuple[int, set[int]], status: int, workers: int
) -> None:
    """Any size, number and place: at most 2*log2(n)+2 requests for each, all others accepted, no body twice."""
    rows, places = case
    terms = replace(TERMS, batch_rows=500, workers=workers)
    tenant = Tenant(poisoned(skus(places), status))
    with TemporaryDirectory() as folder, world(Path(folder), rows, terms=terms) as (ledger, _, go):
        assert go(tenant).kind == "done"
        assert {item.sku_code for item in rejected.of_run(ledger, RUN)} == skus(places)
        assert batches.tally(ledger, RUN).accepted == rows - len(places)
    assert len(tenant.bodies) <= bound(rows, len(places))
    assert max(Counter(map(repr, tenant.bodies)).values()) == 1


@pytest.mark.parametrize("rows", [2, 3, 5, 9, 17, 33, 65, 129, 257, 300, 500])
@pytest.mark.parametrize("answer", [Reply(422), HTML, Reply(400, {"error": {"code": "SERVICE_ERROR"}})])
def test_every_place_of_one_culprit_is_within_its_bound(tmp_path: Path, rows: int, answer: Reply) -> None:
    """The first, the last and those beside the middle, at sizes just over a power of two."""
    for place in {0, 1, rows // 2 - 1, rows // 2, rows - 1}:
        folder = tmp_path / str(place)
        folder.mkdir()
        bad = skus([place])
        tenant = Tenant(poisoned_with(answer, bad))
        with world(folder, rows, terms=replace(TERMS, batch_rows=500)) as (ledger, _, go):
            assert go(tenant).kind == "done"
            assert batches.tally(ledger, RUN).accepted == rows - 1
        assert len(tenant.bodies) <= bound(rows, 1)


@pytest.mark.parametrize("place", [0, 117, 499])
def test_a_row_that_breaks_the_tenant_is_found_in_one_command(tmp_path: Path, place: int) -> None:
    """500 whenever it is there: all others are accepted within the bound, and it stays pending: a 500 refuses nothing."""
    tenant = Tenant(poisoned(skus([place]), 500))
    with world(tmp_path, 500, terms=replace(TERMS, batch_rows=500)) as (ledger, _, go):
        assert go(tenant).kind == "incomplete"
        assert batches.tally(ledger, RUN).accepted == 499
        assert [part for part, _ in batches.open_ranges(ledger, RUN)] == [(place, place + 1)]
    assert len(set(map(repr, tenant.bodies))) <= bound(500, 1)


def poisoned_with(answer: Reply, bad: set[str]) -> Callable[[list[Body], int], Reply | None]:
    return lambda rows, _number: answer if bad & {row["sku_code"] for row in rows} else None


def unnamed(bad: set[str], listed: int | None = 0) -> Callable[[list[Body], int], Reply]:
    """Fail some rows of a body, and name no more than `listed` of them."""

    def answer(rows: list[Body], _number: int) -> Reply:
        full = failing(bad)(Tenant())(rows, 1)
        full.body["data"]["errors"] = full.body["data"]["errors"][:listed]
        return full

    return answer


@given(haystacks(), st.sampled_from([0, 1, 5]))
@settings(max_examples=20)
def test_failed_rows_that_are_not_named_are_found(case: tuple[int, set[int]], listed: int) -> None:
    """failed: 5, errors: [] or a capped list: the very same rejects, and no row accepted without proof."""
    rows, places = case
    tenant = Tenant(unnamed(skus(places), listed))
    with (
        TemporaryDirectory() as folder,
        world(Path(folder), rows, terms=replace(TERMS, batch_rows=500)) as (ledger, _, go),
    ):
        assert go(tenant).kind == "done"
        assert {item.sku_code for item in rejected.of_run(ledger, RUN)} == skus(places)
        assert batches.tally(ledger, RUN).accepted == rows - len(places)
    assert len(tenant.bodies) <= bound(rows, len(places))


@given(st.integers(1, 2000), st.integers(1, 4), st.sampled_from([Reply(422), HTML, Reply(413)]))
@settings(max_examples=15)
def test_a_tenant_that_refuses_everything_settles_nothing(rows: int, workers: int, answer: Reply) -> None:
    """Thirty requests at most, exit for a person with the tenant's words, every row pending."""
    tenant = Tenant(lambda _rows, _number: answer)
    terms = replace(TERMS, batch_rows=500, workers=workers)
    with TemporaryDirectory() as folder, world(Path(folder), rows, terms=terms) as (ledger, _, go):
        for _ in range(2):
            before = len(tenant.bodies)
            ending = go(tenant)
            assert (ending.kind, str(answer.status) in ending.why) == ("refused", True)
            assert len(tenant.bodies) - before <= BARREN
        assert batches.tally(ledger, RUN).settled == 0


@pytest.mark.parametrize("rows", [1, 2, 7, 50])
def test_a_tenant_whose_numbers_never_add_up_is_named_with_them(tmp_path: Path, rows: int) -> None:
    """One row or many: a person must act, nothing is accepted, nothing rejected, and the numbers are told."""

    def miscounted(body: list[Body], _number: int) -> Reply:
        data = {"total": len(body) + 1, "created": len(body), "updated": 0, "failed": 0, "errors": []}
        return Reply(200, {"success": True, "data": data})

    with world(tmp_path, rows) as (ledger, _, go):
        ending = go(Tenant(miscounted))
        assert (ending.kind, batches.tally(ledger, RUN).settled) == ("refused", 0)
        assert list(rejected.of_run(ledger, RUN)) == []
    assert "do not add up" in ending.why
    assert "total 2, created 1" in ending.why or rows > 30


@given(st.data())
@settings(max_examples=25)
def test_every_position_ends_once_and_only_what_goes_is_posted(data: st.DataObject) -> None:
    """Whatever was superseded meanwhile, wherever bodies are split and a command ends: one end for each, no stale row posted."""
    rows = data.draw(st.integers(2, 120))
    some = st.sets(st.integers(0, rows - 1))
    old = data.draw(some | st.integers(0, rows).map(lambda least: set(range(least, rows))))
    poison, failed = data.draw(some) - old, data.draw(some) - old
    cut_off_at, tenant = data.draw(st.integers(1, 20)), Tenant()
    refuse, fail = poisoned(skus(poison)), failing(skus(failed))(tenant)

    def answer(last: float, body: list[Body], number: int) -> Reply:
        return Reply(401) if number >= last else refuse(body, number) or fail(body, number)

    with TemporaryDirectory() as folder, world(Path(folder), rows) as (ledger, _, _):
        outbox = Outbox(
            Path(folder),
            replace(STAGED, to_send=rows),
            names={},
            superseded=np.array(sorted(old), dtype=np.int64),
        )
        for cut_off in (cut_off_at, math.inf):
            tenant.answer = partial(answer, cut_off)
            delivery(ledger, outbox, tenant).go()
            tally = batches.tally(ledger, RUN)
        names = {item.sku_code for item in rejected.of_run(ledger, RUN)}
    assert not skus(old) & {row["sku_code"] for body in tenant.bodies for row in body}
    proven = old | poison != set(range(rows))
    assert not proven or (tally.settled, tally.superseded) == (rows, len(old))
    assert tally.superseded <= tally.settled <= rows
    assert names == (skus(poison | failed) if proven else set())
    assert tally.accepted == len(tenant.stock) == (rows - len(old | poison | failed) if proven else 0)


def test_rows_that_were_refused_by_name_prove_that_the_tenant_judges_rows(tmp_path: Path) -> None:
    """Nothing of a run was accepted, but one row was refused by name before it was killed: the next refusal is the row's own."""
    tenant = Tenant()
    refuse, fail = poisoned({"S1"}), failing({"S0"})(tenant)
    tenant.answer = lambda rows, number: (
        Reply(401) if number == 2 else refuse(rows, number) or fail(rows, number)
    )
    with world(tmp_path, 2, terms=replace(TERMS, workers=1, batch_rows=1)) as (ledger, _, go):
        assert [go(tenant).kind for _ in range(2)] == ["refused", "done"]
        assert {item.sku_code for item in rejected.of_run(ledger, RUN)} == {"S0", "S1"}

"""The sandbox misbehaves exactly as its plan says."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from sync.sandbox.faults import misbehave
from sync.sandbox.rule import MALFORMED
from sync.sandbox.store import Store
from sync.sandbox.vendor import Answer, Request, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = "/api/integrations/v1/inventory/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store with one location."""
    catalogue = tmp_path / "catalogue.csv"
    catalogue.write_text("kind,code\nlocation,A\n")
    with Store(tmp_path / "s.db", catalogue) as opened:
        yield opened


class Tenant:
    """A store that answers by a plan."""

    def __init__(self, store: Store, *plan: dict[str, Any], seed: int = 0) -> None:
        self.store = store
        self.answer_fn = misbehave(partial(answer, store), list(plan), seed=seed)

    def get(self) -> Answer:
        """Ask for the list."""
        return self.answer_fn(Request("GET", ROOT))

    def post(self, *codes: str, sku: str = "S") -> Answer:
        """Post one row for each location code, with SKUs S0, S1 ..."""
        rows = [
            {"location_code": code, "sku_code": f"{sku}{at}", "quantity": at} for at, code in enumerate(codes)
        ]
        body = json.dumps({"inventory": rows, "source": "erp_sync"}).encode()
        return self.answer_fn(Request("POST", ROOT, {"content-type": "application/json"}, body))

    def data(self, *codes: str) -> dict[str, Any]:
        """Post rows and give the summary."""
        told: dict[str, Any] = json.loads(self.post(*codes).body)["data"]
        return told

    def held(self) -> list[str]:
        """Give the SKUs in the store, oldest first."""
        return [record.sku_code for _, record in self.store.page(None, 100)][::-1]


# When a rule applies


@pytest.mark.parametrize(
    ("when", "hit"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"times": 2}, [1, 2]),
        ({"after": 4}, [5, 6]),
        ({"every": 3}, [3, 6]),
        ({"after": 1, "every": 2, "times": 1}, [3]),
    ],
)
def test_a_rule_applies_when_it_says(store: Store, when: dict[str, int], hit: list[int]) -> None:
    """After leaves the first alone, every picks each N-th of the rest, times bounds them."""
    tenant = Tenant(store, {"status": 503, **when})
    assert [turn for turn in range(1, 7) if tenant.get().status == 503] == hit


def test_a_rule_counts_only_what_concerns_it(store: Store) -> None:
    """Requests with another method neither suffer nor count."""
    tenant = Tenant(store, {"method": "POST", "times": 1, "status": 503})
    assert [tenant.get().status, tenant.post("A").status, tenant.post("A").status] == [200, 503, 200]


def failed(store: Store, seed: int, **when: Any) -> list[int]:
    """Ask a hundred times, and tell which failed."""
    tenant = Tenant(store, {}, {"p": 0.3, "status": 500, **when}, seed=seed)
    return [turn for turn in range(1, 101) if tenant.get().status == 500]


def test_chance_is_the_same_each_time(store: Store) -> None:
    """About the part that was asked for, decided by the seed; after, every and times still hold."""
    first = failed(store, 1)
    assert 15 < len(first) < 45
    assert first == failed(store, 1) != failed(store, 2)
    assert failed(store, 1, times=2) == first[:2]
    assert failed(store, 1, after=50, every=2) == [turn for turn in first if turn > 50 and turn % 2 == 0]


@pytest.mark.parametrize(("p", "count"), [(0, 0), (1, 100)])
def test_chance_can_be_none_or_all(store: Store, p: float, count: int) -> None:
    """0 is never, 1 is always."""
    assert len(failed(store, 1, p=p)) == count


def test_rules_work_together_in_order(store: Store) -> None:
    """What the first rule answers by itself the second never sees; otherwise both have their way."""
    tenant = Tenant(store, {"times": 1, "status": 503}, {"times": 1, "row_base": 1})
    assert tenant.post("X").status == 503
    assert [tenant.data("X")["errors"][0]["row"] for _ in range(2)] == [1, 0]


def test_an_empty_plan_changes_nothing(store: Store) -> None:
    """No rule, or a rule that says nothing: the answer as it is."""
    Tenant(store).post("A")
    assert Tenant(store).post("A", "X") == Tenant(store, {}).post("A", "X")


# Instead of the work


@pytest.mark.parametrize(
    ("status", "shape"),
    [
        (503, "html"),
        (500, "html"),
        (422, "MAPPING_ERROR"),
        (400, "VALIDATION_ERROR"),
        (429, "detail"),
        (204, ""),
    ],
)
def test_a_status_comes_with_its_usual_body_and_nothing_is_applied(
    store: Store, status: int, shape: str
) -> None:
    """Gateway pages, application errors and framework details, each where the vendor has them."""
    told = Tenant(store, {"status": status}).post("A")
    assert told.status == status
    assert shape.encode() in told.body
    assert store.page(None, 1) == []


def test_a_status_takes_body_and_headers_from_the_plan(store: Store) -> None:
    """body, retry_after, location and headers go out as they stand."""
    rule = {
        "status": 307,
        "body": {"a": 1},
        "retry_after": "soon",
        "location": "http://x/",
        "headers": {"Sunset": "now"},
    }
    told = Tenant(store, rule).get()
    assert (told.status, told.body) == (307, b'{"a":1}')
    assert told.headers == {
        "content-type": "application/json",
        "retry-after": "soon",
        "location": "http://x/",
        "sunset": "now",
    }


@pytest.mark.parametrize(
    ("body", "kind"), [("<html>", "text/html"), ("busy", "text/plain"), ("", "text/plain")]
)
def test_a_body_of_text_goes_out_as_it_is(store: Store, body: str, kind: str) -> None:
    """Text is not wrapped in JSON."""
    told = Tenant(store, {"status": 502, "body": body}).get()
    assert (told.body.decode(), told.headers["content-type"].split(";")[0]) == (body, kind)


def test_a_lower_limit_on_bodies(store: Store) -> None:
    """max_body refuses the large and leaves the small alone."""
    tenant = Tenant(store, {"max_body": 150})
    assert [tenant.post("A").status, tenant.post("A", "A").status] == [200, 413]
    assert tenant.held() == ["S0"]


def test_a_poisoned_sku_spoils_its_whole_body(store: Store) -> None:
    """Bodies with it are refused whole, others pass; the status and the words can be chosen."""
    tenant = Tenant(store, {"poison_skus": ["S2"]})
    assert [tenant.post("A", "A").status, tenant.post("A", "A", "A").status, tenant.get().status] == [
        200,
        422,
        200,
    ]
    assert tenant.held() == ["S0", "S1"]
    told = Tenant(store, {"poison_skus": ["S0"], "poison_status": 400, "poison_body": "no"}).post("A")
    assert (told.status, told.body) == (400, b"no")


def test_a_lie_says_all_is_updated_and_does_nothing(store: Store) -> None:
    """The counts add up and the store stays empty."""
    tenant = Tenant(store, {"lie": True})
    assert tenant.data("A", "X") == {"total": 2, "created": 0, "updated": 2, "failed": 0, "errors": []}
    assert tenant.held() == []


@pytest.mark.parametrize("count", [0, 2, 9])
def test_a_part_is_applied_before_the_failure(store: Store, count: int) -> None:
    """The first N rows are there, the answer is a 500."""
    tenant = Tenant(store, {"apply_rows": count, "times": 1})
    assert tenant.post("A", "A", "A").status == 500
    assert tenant.held() == ["S0", "S1", "S2"][:count]
    assert tenant.data("A", "A", "A")["updated"] == min(count, 3)


def test_rules_for_rows_leave_reading_alone(store: Store) -> None:
    """A list is neither lied about nor cut short, and does not count."""
    tenant = Tenant(store, {"lie": True}, {"apply_rows": 0})
    assert tenant.get().status == 200


# After the work


def test_the_rows_are_applied_before_the_answer_is_spoilt(store: Store) -> None:
    """A malformed answer hides the truth, it does not undo it."""
    tenant = Tenant(store, {"malformed": "empty"})
    told = tenant.post("A")
    assert (told.status, told.body, tenant.held()) == (200, b"", ["S0"])


def test_a_list_can_be_spoilt_too(store: Store) -> None:
    """Fields are renamed and added in the rows of a list."""
    tenant = Tenant(
        store, {"method": "GET", "rename_fields": {"quantity": "Qty"}, "extra_fields": {"trace": 7}}
    )
    tenant.post("A")
    told = json.loads(tenant.get().body)
    assert told["trace"] == 7
    assert told["data"][0] == {"location_code": "A", "sku_code": "S0", "Qty": 0, "trace": 7}


def test_the_same_seed_gives_the_same_disorder(store: Store) -> None:
    """Shuffled entries are all there, in an order that the seed decides."""
    codes = [f"X{number}" for number in range(20)]
    orders = [
        [entry["row"] for entry in Tenant(store, {"shuffle_errors": True}, seed=seed).data(*codes)["errors"]]
        for seed in (1, 1, 2)
    ]
    assert sorted(orders[0]) == list(range(20)) != orders[0]
    assert orders[0] == orders[1] != orders[2]


EVERYTHING: list[dict[str, Any]] = [
    *({"malformed": kind} for kind in MALFORMED),
    {"counts": {"total": None, "failed": "x", "created": 1}},
    {"rename_fields": {"data": "Data", "errors": "Errors", "row": "Row"}},
    {"status": 500, "body": {"data": {"errors": [{}], "total": "x"}, "error": {}}},
    {"status": 500, "body": {"error": "x", "data": [1]}},
    {"status": 500, "body": [1]},
    {"status": 200, "body": {"success": True, "data": {"total": 1, "errors": ["no", 5, {"row": "2"}]}}},
]
SPOILING: dict[str, Any] = {
    "row_base": 1,
    "drop_row": True,
    "drop_ids": True,
    "dup_errors": True,
    "ghost_errors": 1,
    "shuffle_errors": True,
    "extra_fields": {"a": 1},
    "counts": {"failed": 1},
    "code_case": "lower",
}


@pytest.mark.parametrize("inner", EVERYTHING, ids=str)
def test_rules_can_be_piled_up(store: Store, inner: dict[str, Any]) -> None:
    """A rule that spoils answers copes with what another rule has left of them."""
    assert Tenant(store, SPOILING, SPOILING, inner).post("A", "X").status in (200, 500)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1]", b'{"inventory": 5}', b'{"inventory": [1]}', b"[" * 100_000]
)
def test_odd_bodies_meet_any_rule(store: Store, body: bytes) -> None:
    """What is no body of rows is judged by the API, or failed as the plan says; nothing raises."""
    for rule in ({"lie": True}, {"apply_rows": 1}, {"poison_skus": ["S"]}):
        request = Request("POST", ROOT, {"content-type": "application/json"}, body)
        assert misbehave(partial(answer, store), [rule])(request).status in (200, 400, 422, 500)

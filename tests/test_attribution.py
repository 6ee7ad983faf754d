"""Whose fault it is: however the tenant tells which rows failed, or does not, the very same rows are rejected."""

from __future__ import annotations

import csv
import math
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.desks import four_parts
from tests.rehearsals import rehearse, start, stock_file

if TYPE_CHECKING:
    from tests.desks import Desk

UNKNOWN = ("S3", "S4", "S17", "S30", "S44")
RENAMED = {"location_id": "depo", "product_id": "artikel"}
SHAPES: dict[str, dict[str, Any]] = {
    "from 1": {"row_base": 1},
    "from 2": {"row_base": 2},
    "from 7": {"row_base": 7},
    "no row": {"drop_row": True},
    "shuffled": {"shuffle_errors": True},
    "doubled": {"dup_errors": True},
    "renamed": {"rename_fields": RENAMED},
    "renamed, no row": {"rename_fields": RENAMED, "drop_row": True},
    "ghosts": {"ghost_errors": 3},
    "ghosts, doubled, shuffled, from 1": {
        "ghost_errors": 2,
        "dup_errors": True,
        "shuffle_errors": True,
        "row_base": 1,
    },
    "row alone": {"drop_ids": True},
    "row alone, from 1": {"drop_ids": True, "row_base": 1},
    "neither": {"drop_ids": True, "drop_row": True},
    "capped": {"cap_errors": 2},
    "more fields": {"extra_fields": {"hint": "S3", "index": 4}},
    "codes in lower case": {"code_case": "lower"},
}


def rejected(desk: Desk, *plan: dict[str, Any]) -> tuple[list[list[str]], int]:
    """Send a file to a tenant that misbehaves so; give its reject file without the run's id, and the requests."""
    with rehearse(desk, *plan, unknown=UNKNOWN, batch_rows=20) as tenant:
        report = desk.report("run", stock_file(desk, 50))
        assert (report["exit_code"], report["rows"]["accepted"], report["rows"]["rejected"]) == (1, 45, 5)
        assert len(tenant.stock()) == 45
        assert {("AB"[int(sku[1:]) % 2], sku) for sku in UNKNOWN}.isdisjoint(tenant.stock())
    with (desk.folder / report["rejects"]).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    run = lines[0].index("_reject_run")
    return [line[:run] + line[run + 1 :] for line in lines], report["requests"]["sent"]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_very_same_reject_file(desk: Desk, shape: dict[str, Any]) -> None:
    """Whatever `row` counts from, without it, in any order, doubled, renamed, with ghosts, or not all of them named."""
    plain, _ = rejected(desk)
    assert [line[1] for line in plain[1:]] == list(UNKNOWN)
    odd, sent = rejected(desk, shape)
    assert odd == plain
    assert sent <= 5 * (2 * math.log2(20) + 2)


def test_rows_that_fail_without_a_word_are_rejected_all_the_same(desk: Desk) -> None:
    """failed: 5 and no error at all: found by smaller bodies; only the words are missing."""
    plain, _ = rejected(desk)
    silent, _ = rejected(desk, {"omit_errors": True})
    assert [line[:4] for line in silent] == [line[:4] for line in plain]
    assert {line[6] for line in silent[1:]} == {silent[1][6]}
    assert "no reason given" in silent[1][6]


POISON = [
    {"poison_status": 422},
    {
        "poison_status": 400,
        "poison_body": {"error": {"code": "SERVICE_ERROR", "message": "SKU not found: S9"}},
    },
    {"poison_status": 400, "poison_body": "<html><h1>Bad Request</h1></html>"},
]


@pytest.mark.parametrize("poison", POISON, ids=["422", "400", "400 in HTML"])
def test_one_poison_row_costs_its_bound_and_nobody_else_pays(desk: Desk, poison: dict[str, Any]) -> None:
    """All others are accepted, that row is rejected, in at most 2*log2(n)+2 requests, none of them a repeat."""
    with rehearse(desk, {"poison_skus": ["S9"], **poison}, batch_rows=500) as tenant:
        report = desk.report("run", stock_file(desk, 300))
        assert (report["exit_code"], report["rows"]["accepted"], report["rows"]["rejected"]) == (1, 299, 1)
        assert [problem["row"] for problem in report["problems"]] == [11]
        assert len(tenant.bodies()) <= 2 * math.log2(300) + 2
        assert report["requests"] == {"sent": len(tenant.bodies()), "retried": 0}


def test_one_row_that_breaks_the_tenant_stays_pending_alone(desk: Desk) -> None:
    """500 whenever it is there: all others are accepted within the bound; a 500 refuses nothing, so it waits."""
    with rehearse(desk, {"poison_skus": ["S9"], "poison_status": 500}, batch_rows=500) as tenant:
        report = desk.report("run", stock_file(desk, 300))
        assert (report["exit_code"], report["rows"]["accepted"], report["rows"]["pending"]) == (4, 299, 1)
        assert len({request["sha256"] for request in tenant.bodies()}) <= 2 * math.log2(300) + 2


def test_a_killed_search_goes_on_from_its_splits(desk: Desk) -> None:
    """Killed in the middle of the halving: what was split is not posted whole again, and one row is rejected."""
    plan = [
        {"after": 6, "times": 1, "hold": "before_apply"},
        {"poison_skus": ["S9"], "poison_status": 422},
    ]
    with rehearse(desk, *plan, batch_rows=200) as tenant:
        file = stock_file(desk, 200)
        run = start(desk, "run", file)
        tenant.until_held()
        run.send(signal.SIGKILL)
        run.end()
        before = tenant.bodies()
        report = desk.report("resume")
        assert (report["rows"]["accepted"], report["rows"]["rejected"]) == (199, 1)
        smallest = min(body["rows"] for body in before if ["B", "S9", 27] in body["sent"])
        again = tenant.bodies()[len(before) :]
        assert max(body["rows"] for body in again if ["B", "S9", 27] in body["sent"]) <= smallest
        assert len(tenant.bodies()) <= 2 * math.log2(200) + 2 + 2


@pytest.mark.parametrize("status", [422, 400])
def test_everything_fails_alike(desk: Desk, status: int) -> None:
    """No success in 30 requests: 5, the tenant's words, every row pending, and the next command asks no more than that."""
    with rehearse(
        desk, {"status": status, "body": {"error": {"code": "X", "message": "Nothing fits"}}}
    ) as tenant:
        ended = desk("run", stock_file(desk, 2000))
        assert ended.code == 5
        assert len(tenant.bodies()) == 30
        assert four_parts(ended.err)
        assert all(
            words in ended.err for words in (f"{status}: X: Nothing fits", "30 requests", "2,000 pending")
        )
        assert desk("resume").code == 5
        assert len(tenant.bodies()) == 60
        assert tenant.stock() == {}


COUNTS = [{name: change} for name in ("total", "created", "failed") for change in (1, -1, "many", None)]


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize("counts", COUNTS, ids=str)
def test_numbers_that_never_add_up_settle_nothing(desk: Desk, counts: dict[str, Any], rows: int) -> None:
    """Each counter too small, too large, a word or missing, down to single rows: 5, the numbers, all pending."""
    with rehearse(desk, {"counts": counts}, batch_rows=30) as tenant:
        ended = desk("run", stock_file(desk, rows), "--json")
        (report,) = ended.json["runs"]
        assert (ended.code, report["status"], report["rows"]["pending"]) == (5, "refused", rows)
        assert report["rows"]["accepted"] == report["rows"]["rejected"] == 0
        assert "numbers do not add up for" in ended.err
        assert len(tenant.bodies()) <= 30


def test_one_answer_that_does_not_add_up_is_asked_about_again(desk: Desk) -> None:
    """Its rows count as accepted only by answers that add up."""
    with rehearse(desk, {"times": 1, "counts": {"created": -1}}, batch_rows=50) as tenant:
        report = desk.report("run", stock_file(desk, 50))
        assert (report["exit_code"], report["rows"]["accepted"]) == (0, 50)
        assert len(tenant.bodies()) == 3


def test_a_deployment_of_before_april_is_understood(desk: Desk) -> None:
    """Codes in lower case, 400 where it is 422 now, codes that nobody knows: the status decides, the words are shown as sent."""
    for words in (
        {"code": "mapping_error", "message": "Bad row"},
        {"code": "brand_new", "message": "Bad row"},
    ):
        poison = {"poison_skus": ["S9"], "poison_status": 400, "poison_body": {"error": words}}
        with rehearse(desk, poison, {"code_case": "lower"}, batch_rows=20) as tenant:
            report = desk.report("run", stock_file(desk, 40))
            assert (report["exit_code"], report["rows"]["accepted"], len(tenant.stock())) == (1, 39, 39)
            assert f"400: {words['code']}: Bad row" in report["problems"][0]["message"]


def test_news_in_an_answer_is_ignored_and_the_end_of_the_api_told_once(desk: Desk) -> None:
    """Unknown fields everywhere do no harm; Deprecation and Sunset make one note for the run."""
    news = {
        "extra_fields": {"v": 2, "hint": None},
        "headers": {"Deprecation": "true", "Sunset": "Tue, 01 Dec 2026 00:00:00 GMT"},
    }
    with rehearse(desk, news, unknown=("S3",), batch_rows=5):
        report = desk.report("run", stock_file(desk, 40))
        assert (report["exit_code"], report["rows"]["accepted"], report["rows"]["rejected"]) == (1, 39, 1)
        assert sum("Sunset: Tue, 01 Dec 2026" in warning for warning in report["warnings"]) == 1


def test_a_first_load_twice_or_beside_a_nightly_file_goes_through_one_door(desk: Desk) -> None:
    """While one is under way another leaves with 75; afterwards the same again changes nothing, and is told as a repeat."""
    with rehearse(desk, {"times": 1, "hold": "before_apply"}, batch_rows=40) as tenant:
        file = stock_file(desk, 40)
        first = start(desk, "run", file, "--source", "initial_load")
        tenant.until_held()
        assert desk("run", file, "--source", "initial_load").code == 75
        assert desk("run", file).code == 75
        tenant.release()
        assert first.end()[0] == 0
        again = desk.report("run", file, "--source", "initial_load")
        assert (again["exit_code"], again["skipped_by_reason"], len(tenant.bodies())) == (
            0,
            {"repeat": 40},
            1,
        )

"""True answers are distorted exactly as a rule says, and no further."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from sync.sandbox.distort import distort
from sync.sandbox.messages import Answer, error, in_json
from sync.sandbox.rule import MALFORMED, Rule

COUNTS = {"total": 4, "created": 1, "updated": 0, "failed": 3}


def entry(row: int) -> dict[str, Any]:
    words = {"location_id": ["Location not found"]}
    return {"row": row, "location_id": f"X{row}", "product_id": f"S{row}", "errors": words}


TRUTH = in_json({"success": True, "data": {**COUNTS, "errors": [entry(0), entry(2), entry(3)]}})


def spoilt(**rule: Any) -> Answer:
    return distort(TRUTH, Rule(**rule), Random(0))  # noqa: S311 - no secret


def data(**rule: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(spoilt(**rule).body)["data"]
    return told


def test_a_rule_that_says_nothing_changes_nothing() -> None:
    """The very same answer comes out."""
    assert spoilt() == TRUTH


def test_a_mark_can_stand_before_a_true_answer() -> None:
    """The bytes of a BOM and then the truth: JSON does not allow it, and some send it."""
    assert spoilt(malformed="bom").body == b"\xef\xbb\xbf" + TRUTH.body


@pytest.mark.parametrize("kind", sorted({*MALFORMED} - {"bom"}))
def test_a_malformed_body_is_no_summary(kind: str) -> None:
    """The status stays 200, and no reading of the body gives true counts with success."""
    told = spoilt(malformed=kind)
    assert told.status == 200
    try:
        body = json.loads(told.body)
    except ValueError:
        assert kind in ("html", "empty", "text", "cut", "bad_utf8")
    else:
        inner = body and body["success"] and body.get("data")
        assert not (isinstance(inner, dict) and isinstance(inner["failed"], int))


def test_counts_are_changed_as_told() -> None:
    """A number is added, a text is put, null leaves the count out."""
    told = data(counts={"total": 1, "created": "two", "failed": None, "updated": -1})
    assert {name: told.get(name) for name in COUNTS} == {
        "total": 5,
        "created": "two",
        "updated": -1,
        "failed": None,
    }


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ({"row_base": 1}, [1, 3, 4]),
        ({"row_base": 2}, [2, 4, 5]),
        ({"drop_row": True}, [None, None, None]),
        ({"omit_errors": True}, []),
        ({"cap_errors": 2}, [0, 2]),
        ({"dup_errors": True}, [0, 0, 2, 2, 3, 3]),
        ({"ghost_errors": 2}, [0, 2, 3, 4, 5]),
        ({"ghost_errors": 1, "dup_errors": True, "row_base": 1, "cap_errors": 7}, [1, 1, 3, 3, 4, 4, 5]),
    ],
)
def test_error_entries_are_spoilt_and_the_counts_kept(rule: dict[str, Any], rows: list[int]) -> None:
    """Whatever happens to the entries, the counts still tell the truth."""
    told = data(**rule)
    assert [each.get("row") for each in told.pop("errors")] == rows
    assert told == COUNTS


def test_ghosts_were_never_sent() -> None:
    """A ghost names a row past the end of the body, and codes of its own."""
    ghost = data(ghost_errors=1)["errors"][-1]
    assert (ghost["row"], ghost["location_id"], ghost["product_id"]) == (4, "GHOST-4", "GHOST-4")


def test_ids_can_be_dropped() -> None:
    """An entry without codes keeps its row and its messages."""
    assert data(drop_ids=True)["errors"][0].keys() == {"row", "errors"}


def test_fields_are_renamed_at_every_depth() -> None:
    """A partner's name replaces the vendor's in entries and in their messages."""
    told = data(rename_fields={"location_id": "WhsCode", "product_id": "ItemCode"})["errors"][0]
    assert told == {
        "row": 0,
        "WhsCode": "X0",
        "ItemCode": "S0",
        "errors": {"WhsCode": ["Location not found"]},
    }


def test_extra_fields_stand_everywhere_a_client_reads() -> None:
    """In the answer, in its data and in each entry, but not among the messages."""
    told = json.loads(spoilt(extra_fields={"trace": 7}).body)
    first = told["data"]["errors"][0]
    assert {told["trace"], told["data"]["trace"], first["trace"]} == {7}
    assert "trace" not in first["errors"]


def test_codes_in_lower_case() -> None:
    """Error codes as they were spelt before 2026-04-17; the message stays."""
    told = distort(error(422, "MAPPING_ERROR", "No."), Rule(code_case="lower"), Random(0))  # noqa: S311 - no secret
    assert json.loads(told.body)["error"] == {"code": "mapping_error", "message": "No."}


def test_headers_are_added() -> None:
    """A deprecation can be announced."""
    assert spoilt(headers={"Sunset": "soon"}).headers == {**TRUTH.headers, "sunset": "soon"}

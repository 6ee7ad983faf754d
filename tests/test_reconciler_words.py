"""The status decides what happens next; the tenant's words reach the person who can act on them."""

from typing import Any

import pytest

from sync.reconciler import judge
from sync.reconciler.words import parts, refusal
from sync.replies import Reply, Ruling
from tests.sendlists import batch_of

ENVELOPE = {"success": False, "error": {"code": "validation_error", "message": "Bad list"}}


def judged(rows: int, reply: Reply) -> Ruling:
    return judge(batch_of(("A", str(row), 1) for row in range(rows)), reply, names={})


@pytest.mark.parametrize(
    ("status", "verdict", "cause"),
    [
        *((status, "stop", "redirect") for status in (301, 302, 304, 307, 308)),
        *((status, "stop", "key") for status in (401, 403)),
        *((status, "stop", "address") for status in (404, 405, 410)),
        *((status, "halve", "refused-request") for status in (400, 402, 409, 415, 418, 422)),
        (413, "halve", "too-large"),
        *(
            (status, "again", f"status-{status}")
            for status in (100, 408, 425, 429, 500, 501, 502, 503, 504, 599)
        ),
    ],
)
@pytest.mark.parametrize(
    "body", [None, ENVELOPE, {"detail": {"x": ["y"]}}, [1], "text", {"success": True, "data": {}}]
)
def test_the_status_decides_whatever_the_body_is(status: int, verdict: str, cause: str, body: Any) -> None:
    """No shape of an error body changes what is done, or raises."""
    ruling = judged(2, Reply(status, body, text="<html>"))
    assert (ruling.verdict, ruling.cause, ruling.refusals) == (verdict, cause, ())
    assert str(status) in ruling.why


NO_SUCCESS: list[Any] = [
    *(None, "", [], [{"row": 1}], {}, 7),
    *({"success": True}, {"success": True, "data": None}, {"success": True, "data": []}),
    *({"success": False, "data": {"total": 2}}, {"success": None, "data": {}}),
]


@pytest.mark.parametrize("body", NO_SUCCESS)
@pytest.mark.parametrize("status", [200, 201, 204, 207])
def test_a_2xx_that_is_no_success_is_asked_again(body: Any, status: int) -> None:
    """A login page, an empty answer or a list of records accepts no row."""
    ruling = judged(2, Reply(status, body, text="<html>Log in"))
    assert (ruling.verdict, ruling.cause) == ("again", "odd-answer")
    assert "Log in" in ruling.why


@pytest.mark.parametrize("trouble", ["refused", "dns", "connect", "timeout", "cut", "too_big", "protocol"])
def test_no_answer_means_again(trouble: str) -> None:
    """The outcome is unknown, the same body goes again; the trouble is the cause."""
    ruling = judged(2, Reply(None, trouble=trouble, detail="It rained."))
    assert (ruling.verdict, ruling.cause, ruling.why) == ("again", trouble, "It rained.")


def test_a_refused_certificate_stops() -> None:
    """No later request will fare better."""
    assert judged(2, Reply(None, trouble="tls", detail="Expired.")).verdict == "stop"


@pytest.mark.parametrize("status", [200, 408, 429, 503])
def test_the_wait_that_was_asked_for_is_handed_on(status: int) -> None:
    """Retry-After reaches whoever sends again."""
    assert judged(2, Reply(status, retry_after=7.0)).wait == 7.0


@pytest.mark.parametrize(
    ("status", "code"), [(400, "tenant.refused"), (422, "tenant.refused"), (413, "tenant.too_large")]
)
def test_a_refused_request_of_one_row_has_its_refusal_ready(status: int, code: str) -> None:
    """Whether it is the row or the request, the deliverer knows; the words are there."""
    ruling = judged(1, Reply(status, ENVELOPE, text="{...}"))
    row = ruling.refusals[0]
    assert (ruling.verdict, row.index, row.code, row.raw) == ("halve", 0, code, "{...}")
    assert row.message == f"{status}: validation_error: Bad list"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (ENVELOPE, "validation_error: Bad list"),
        ({"detail": "Invalid API key"}, "Invalid API key"),
        ({"detail": ["a", {"b": "c"}]}, "a; b: c"),
        ({"inventory": ["This field is required."]}, "inventory: This field is required."),
        ({"error": "no\x1b[31m\nway"}, "no [31m way"),
        ({"error": {"details": [{"field": "inventory", "message": "Empty"}]}}, "inventory: Empty"),
        (None, "<html>"),
        ({}, ""),
    ],
)
def test_the_tenants_words_are_found_in_every_shape(body: Any, words: str) -> None:
    """Envelopes, DRF's details and field errors, or plain text."""
    assert f"(401: {words or 'without a word'})." in judged(2, Reply(401, body, text="<html>")).why


def test_a_403_names_all_its_causes() -> None:
    """Scope, the old name of the scope, partner and workspace: the person need not guess."""
    why = judged(2, Reply(403, {"detail": "No."})).why
    assert all(word in why for word in ("inventory.write", "inventorys", "partner", "workspace", "No."))


def test_a_redirect_names_where_it_points() -> None:
    """The person sees at once which address is meant."""
    assert "https://b.example/" in judged(2, Reply(301, location="https://b.example/")).why


REASONS = [
    ({"location_id": ["Location not found"]}, "tenant.location", "location_code", "Location not found"),
    ({"product_id": ["Invalid pk '7'"]}, "tenant.sku", "sku_code", "Invalid pk '7'"),
    ({"sku_code": {"x": "Does not exist."}}, "tenant.sku", "sku_code", "Does not exist."),
    ({"non_field_errors": ["SKU not found: X"]}, "tenant.sku", "sku_code", "SKU not found: X"),
    ("Unknown location", "tenant.location", "location_code", "Unknown location"),
    ([{"field": "product_id", "message": "No such one"}], "tenant.sku", "sku_code", "No such one"),
    ({"sku": ["Bad"], "location": ["Unknown"]}, "tenant.location", "location_code", "Bad; Unknown"),
]
REFUSED_OTHERWISE = [
    ({"location": "Closed for a count"}, "tenant.location", "location_code", "Closed for a count"),
    ({"quantity": ["Unknown unit"]}, "tenant.refused", "quantity", "Unknown unit"),
    ({"lot": ["Required"], "__all__": ["Bad"]}, "tenant.refused", None, "lot: Required; Bad"),
    ("The SKU is unknown at the location", "tenant.refused", None, "The SKU is unknown at the location"),
    (None, "tenant.refused", None, "no reason given"),
]
CASES = [(*case, True) for case in REASONS] + [(*case, False) for case in REFUSED_OTHERWISE]


@pytest.mark.parametrize("case", CASES)
def test_a_rows_reason_is_told_by_labels_first(case: tuple[Any, str, str | None, str, bool]) -> None:
    """What is at fault, and whether the tenant does not know it, decides who has to act."""
    errors, *told = case
    row = refusal(3, [{"row": 1, "location_id": "L", "errors": errors}], {})
    assert [row.code, row.field, row.message, row.unknown] == told


def test_what_was_said_twice_is_written_once() -> None:
    """Two entries for a row make one refusal; both stand in its raw text."""
    row = refusal(0, [{"errors": ["a", "b"]}, {"errors": ["b", "c"]}], {})
    assert (row.message, row.raw) == ("a; b; c", '[{"errors": ["a", "b"]}, {"errors": ["b", "c"]}]')


def test_words_that_no_file_can_hold_are_made_harmless() -> None:
    """Half a surrogate pair in an answer breaks neither the report nor the ledger."""
    row = refusal(0, [{"errors": "a\ud800b"}], {})
    assert (row.message, row.raw) == ("a b", '{"errors": "a?b"}')


def test_nesting_without_end_is_not_followed() -> None:
    """A hostile answer costs no more than a few levels."""
    deep: Any = "x"
    for _ in range(9999):
        deep = [deep]
    assert list(parts(deep)) == []
    assert refusal(0, [deep], {}).raw == '"nested too deeply"'

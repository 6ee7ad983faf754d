"""What the sandbox answers to a posted body, against the vendor's page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.sandbox.store import Store
from sync.sandbox.vendor import LARGEST_BODY, Answer, Request, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = "/api/integrations/v1/inventory/"
JSON = {"Content-Type": "application/json; charset=utf-8"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in which every code exists."""
    with Store(tmp_path / "sandbox.db") as opened:
        yield opened


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Store]:
    """A store with a catalogue of two locations and two SKUs."""
    catalogue = tmp_path / "catalogue.csv"
    catalogue.write_text("kind,code\nlocation,A-101\nlocation,B-201\nsku,RUG-5X7-BLU\nsku,RUG-8X10-RED\n")
    with Store(tmp_path / "strict.db", catalogue) as opened:
        yield opened


def row(location: Any = "A-101", sku: Any = "RUG-5X7-BLU", quantity: Any = 1) -> dict[str, Any]:
    return {"location_code": location, "sku_code": sku, "quantity": quantity}


def post(store: Store, body: Any, headers: dict[str, str] = JSON) -> Answer:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answer(store, Request("POST", ROOT, headers, sent))


def data(store: Store, *rows: dict[str, Any]) -> dict[str, Any]:
    """Post rows and give the summary."""
    told = post(store, {"inventory": rows})
    assert told.status == 200
    summary: dict[str, Any] = json.loads(told.body)["data"]
    return summary


def stock(store: Store) -> list[tuple[str, str, int]]:
    return [(*record,) for _, record in store.page(None, 200)]


def complaint(store: Store, wrong: dict[str, Any]) -> Any:
    """Post one row that fails and give its field messages."""
    entry, *_ = data(store, wrong, row("X", "Y", 0))["errors"]
    assert entry["row"] == 0
    return entry["errors"]


# Posted rows, one by one


def test_created_and_updated_are_counted_as_on_the_vendors_page(store: Store) -> None:
    """The success sample of the vendor's page comes out word for word."""
    data(store, row("B-201", "RUG-8X10-RED", 7))
    rows = [
        row("A-101", "RUG-5X7-BLU", 150),
        row("B-201", "RUG-8X10-RED", 75),
        row("B-201", "RUG-5X7-BLU", 0),
    ]
    told = post(store, {"inventory": rows, "source": "erp_sync", "notes": "Nightly feed"})
    assert (told.status, told.headers["content-type"]) == (200, "application/json")
    assert json.loads(told.body) == {
        "success": True,
        "data": {"total": 3, "created": 2, "updated": 1, "failed": 0, "errors": []},
    }


def test_a_bad_row_is_listed_and_the_others_are_applied(strict: Store) -> None:
    """The partial failure sample of the vendor's page comes out word for word, rows counted from 0."""
    told = data(strict, row(), row("B-201", "RUG-8X10-RED"), row("INVALID-LOC"))
    assert told["errors"] == [
        {
            "row": 2,
            "location_id": "INVALID-LOC",
            "product_id": "RUG-5X7-BLU",
            "errors": {"location_id": ["Location not found"]},
        }
    ]
    assert (told["total"], told["created"], told["updated"], told["failed"]) == (3, 2, 0, 1)
    assert sorted(stock(strict)) == [("A-101", "RUG-5X7-BLU", 1), ("B-201", "RUG-8X10-RED", 1)]


def test_every_fault_of_a_row_is_told(strict: Store) -> None:
    """A row with three faults has three messages, not the first."""
    assert complaint(strict, row("X", "Y", -1)) == {
        "location_id": ["Location not found"],
        "product_id": ["Product not found"],
        "quantity": ["Ensure this value is greater than or equal to 0."],
    }


def test_catalogue_codes_are_case_sensitive(strict: Store) -> None:
    """a-101 is not A-101."""
    assert complaint(strict, row("a-101")) == {"location_id": ["Location not found"]}


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (-1, "Ensure this value is greater than or equal to 0."),
        (2**31, "Ensure this value is less than or equal to 2147483647."),
        (10**400, "Ensure this value is less than or equal to 2147483647."),
        (True, "A valid integer is required."),
        (1.9, "A valid integer is required."),
        (1e300, "A valid integer is required."),
        ("", "A valid integer is required."),
        ("1,500", "A valid integer is required."),
        ("1" * 1001, "String value too large."),
        ([1], "A valid integer is required."),
        (None, "This field may not be null."),
    ],
)
def test_a_bad_quantity_is_refused_in_the_frameworks_words(store: Store, quantity: Any, words: str) -> None:
    """What is no whole number from 0 to 2147483647 fails its row and only its row."""
    assert complaint(store, row(quantity=quantity)) == {"quantity": [words]}


@pytest.mark.parametrize(
    ("quantity", "stored"),
    [(0, 0), (2**31 - 1, 2**31 - 1), ("150", 150), (" 150.0 ", 150), (150.0, 150), ("150.", 150)],
)
def test_a_whole_number_is_taken_in_any_dress(store: Store, quantity: Any, stored: int) -> None:
    """Numbers that come as text or with a fraction of zeros are taken, as the framework does."""
    assert data(store, row(quantity=quantity))["failed"] == 0
    assert stock(store) == [("A-101", "RUG-5X7-BLU", stored)]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("  ", "This field may not be blank."),
        ("x" * 256, "Ensure this field has no more than 255 characters."),
        ("a\0b", "Null characters are not allowed."),
        ("a\ud800", "Surrogate characters are not allowed: U+D800."),
        (True, "Not a valid string."),
        ({"code": "A"}, "Not a valid string."),
        (None, "This field may not be null."),
    ],
)
def test_a_bad_code_is_refused_in_the_frameworks_words(store: Store, code: Any, words: str) -> None:
    """Both codes are held to the same rules."""
    assert complaint(store, row(code, code)) == {"location_id": [words], "product_id": [words]}


def test_codes_are_trimmed_and_numbers_become_their_digits(store: Store) -> None:
    """Outer white space goes; case and inner spaces stay."""
    data(store, row(" a 1 ", 123))
    assert stock(store) == [("a 1", "123", 1)]


def test_codes_come_back_in_an_error_as_they_were_sent(store: Store) -> None:
    """An error entry holds the untrimmed codes; what is no scalar comes back as null."""
    (entry,) = data(store, row(" A ", [1], -1), row())["errors"]
    assert (entry["location_id"], entry["product_id"]) == (" A ", None)


def test_a_field_missing_in_one_row_is_that_rows_fault(store: Store) -> None:
    """As long as another row has the field, the row fails by itself."""
    assert complaint(store, {"location_code": "A", "quantity": 1}) == {
        "product_id": ["This field is required."]
    }


def test_the_last_row_of_a_pair_wins(store: Store) -> None:
    """A pair that stands twice in a body counts as two rows, and the later quantity stays."""
    told = data(store, row(quantity=1), row(quantity=2))
    assert (told["total"], told["created"], told["updated"]) == (2, 1, 1)
    assert stock(store) == [("A-101", "RUG-5X7-BLU", 2)]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3),
    st.just([]),
)
ROWS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(row(), VALUES)), max_size=5)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_counts_always_add_up(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    """For any rows: created + updated + failed = total, and exactly the failed rows are named."""
    with Store(tmp_path_factory.mktemp("any") / "s.db") as store:
        told = data(store, *rows, row())
        assert told["created"] + told["updated"] + told["failed"] == told["total"] == len(rows) + 1
        assert told["failed"] == len({entry["row"] for entry in told["errors"]})
        assert len(stock(store)) == told["created"]


# Posted bodies as a whole


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "inventory", "This field is required."),
        ({"inventory": None}, "inventory", "This field may not be null."),
        ({"inventory": []}, "inventory", "This list may not be empty."),
        ({"inventory": "x"}, "inventory", 'Expected a list of items but got type "str".'),
        ({"inventory": {"0": row()}}, "inventory", 'Expected a list of items but got type "dict".'),
        ([row()], "non_field_errors", "Invalid data. Expected a dictionary, but got list."),
        (b"", "inventory", "This field is required."),
        ({"inventory": [row()], "source": "nightly"}, "source", '"nightly" is not a valid choice.'),
        ({"inventory": [row()], "source": ["erp_sync"]}, "source", '"list" is not a valid choice.'),
        ({"inventory": [row()], "source": None}, "source", "This field may not be null."),
        ({"inventory": [row()], "notes": 5}, "notes", "Not a valid string."),
    ],
)
def test_a_bad_body_is_a_validation_error(store: Store, body: Any, field: str, words: str) -> None:
    """400 in the application's shape, with the field and its message, and nothing applied."""
    told = post(store, body)
    error = json.loads(told.body)["error"]
    assert (told.status, error["code"]) == (400, "VALIDATION_ERROR")
    assert error["details"] == [{"field": field, "message": words}]
    assert stock(store) == []


@pytest.mark.parametrize("source", ["bulk_import", "manual_adjustment", "erp_sync", "initial_load"])
def test_the_four_sources_are_taken(store: Store, source: str) -> None:
    """Each of the vendor's sources goes through."""
    assert post(store, {"inventory": [row()], "source": source}).status == 200


@pytest.mark.parametrize(
    "body", [b"{", b'{"inventory": [NaN]}', b"\xff", b"\xef\xbb\xbf{}", b"[" * 100_000, b"1" * 5000]
)
def test_a_body_that_is_no_json_is_told_by_the_framework(store: Store, body: bytes) -> None:
    """400 with `detail` alone, whatever is wrong with the bytes."""
    told = post(store, body)
    assert told.status == 400
    assert json.loads(told.body)["detail"].startswith("JSON parse error - ")


@pytest.mark.parametrize(
    "rows",
    [
        [row(), "x"],
        [row(), None],
        [{"location": "A", "sku_code": "B", "quantity": 1}],
        [{"sku_code": "B", "quantity": 1}, {}],
    ],
)
def test_what_the_mapping_engine_cannot_walk_is_a_mapping_error(store: Store, rows: list[Any]) -> None:
    """A row that is no object, or a field that stands in no row: 422, no details, nothing applied."""
    told = post(store, {"inventory": rows})
    error = json.loads(told.body)["error"]
    assert (told.status, error["code"], "details" in error) == (422, "MAPPING_ERROR", False)
    assert stock(store) == []


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain"}, {"CONTENT-TYPE": "application/xml"}])
def test_a_body_of_another_type_is_refused(store: Store, headers: dict[str, str]) -> None:
    """415 in the framework's words."""
    told = post(store, {"inventory": [row()]}, headers)
    assert told.status == 415
    assert json.loads(told.body)["detail"].startswith("Unsupported media type ")


def test_the_gateway_refuses_what_is_too_large(store: Store) -> None:
    """One byte over 10 MB is a 413 that is not JSON, even before the key is looked at; 10 MB pass."""
    body = json.dumps({"inventory": [row()]}).encode().ljust(LARGEST_BODY)
    assert post(store, body).status == 200
    told = answer(store, Request("POST", ROOT, JSON, body + b" "), keys={})
    assert (told.status, told.headers["content-type"]) == (413, "text/html; charset=utf-8")

"""What the sandbox answers to a list and a look-up, against the vendor's page."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.sandbox.store import Store
from sync.sandbox.vendor import Answer, Request, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = "/api/integrations/v1/inventory/"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store(tmp_path / "sandbox.db", clock=lambda: NOW) as opened:
        yield opened


def get(store: Store, target: str = "") -> Answer:
    return answer(store, Request("GET", ROOT + target))


def stock(store: Store, target: str = "") -> list[tuple[str, str, int]]:
    return [tuple(each.values()) for each in json.loads(get(store, target).body)["data"]]


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("", 50),
        ("?limit=2", 2),
        ("?limit=0", 1),
        ("?limit=-7", 1),
        ("?limit=999", 200),
        ("?limit=x", 50),
        ("?limit=", 50),
    ],
)
def test_limits_are_clamped(store: Store, asked: str, used: int) -> None:
    """A limit outside 1..200 is not refused; the one that was used is told."""
    store.put([("A", str(number), 1) for number in range(201)])
    told = json.loads(get(store, asked).body)
    assert len(told["data"]) == told["pagination"]["limit"] == used


def walk(store: Store, limit: int, between: Any = lambda: None) -> list[str]:
    """Walk through all pages and give the SKUs in the order in which they came."""
    skus: list[str] = []
    cursor = ""
    while cursor is not None:
        told = json.loads(get(store, f"?limit={limit}&cursor={cursor}").body)
        skus += [each["sku_code"] for each in told["data"]]
        cursor = told["pagination"]["next_cursor"]
        between()
    return skus


def test_the_list_is_newest_first_and_updates_do_not_move(store: Store) -> None:
    """Created later comes earlier; a changed quantity changes no place."""
    for sku in "abcab":
        store.put([("A", sku, 1)])
    assert walk(store, 2) == ["c", "b", "a"]


def test_the_last_page_says_so(store: Store) -> None:
    """A page that holds the last record has no next cursor, even when it is full."""
    store.put([("A", "1", 1), ("A", "2", 1)])
    assert json.loads(get(store, "?limit=2").body)["pagination"] == {"limit": 2, "next_cursor": None}


@settings(max_examples=40, deadline=None)
@given(
    at_start=st.integers(0, 12),
    limit=st.integers(1, 5),
    inserts=st.lists(st.integers(0, 4), max_size=6),
    clock=st.lists(st.integers(-5, 5), min_size=1),
)
def test_a_walk_survives_inserts(
    tmp_path_factory: pytest.TempPathFactory, at_start: int, limit: int, inserts: list[int], clock: list[int]
) -> None:
    """Whatever is created during a walk, and however the clock jumps: what was there comes exactly once."""
    ticks = iter(clock * 30)
    path = tmp_path_factory.mktemp("walk") / "s.db"
    with Store(path, clock=lambda: NOW + timedelta(seconds=next(ticks))) as store:
        names = iter(range(1000))
        there = [str(next(names)) for _ in range(at_start)]
        for sku in there:
            store.put([("A", sku, 1)])
        turns = iter(inserts)
        seen = walk(
            store, limit, lambda: [store.put([("A", str(next(names)), 1)]) for _ in range(next(turns, 0))]
        )
        assert [sku for sku in seen if sku in there] == there[::-1]


@pytest.mark.parametrize(
    "cursor", ["abc", "!!!!", "MTox", "%C3%A4", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OjE=", "eyJjIjoxfQ=="]
)
def test_a_cursor_that_was_not_given_is_refused(store: Store, cursor: str) -> None:
    """Malformed or made up: 400 in the vendor's words, without details."""
    store.put([("A", "1", 1)])
    told = get(store, f"?cursor={cursor}")
    error = json.loads(told.body)["error"]
    assert (told.status, error["code"], list(error)) == (400, "VALIDATION_ERROR", ["code", "message"])
    assert error["message"].startswith("Invalid cursor: '")


def test_an_altered_cursor_is_refused(store: Store) -> None:
    """No character of a cursor can be changed without being noticed."""
    store.put([("A", "a", 1), ("A", "b", 1)])
    cursor = json.loads(get(store, "?limit=1").body)["pagination"]["next_cursor"]
    altered = [
        cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))
    ]
    assert {get(store, f"?cursor={each}").status for each in (*altered, f"!{cursor}")} == {400}


def test_a_look_up_goes_both_ways(store: Store) -> None:
    """By location unless told otherwise; the same row shape, no pagination; unknown codes hold nothing."""
    store.put([("A", "1", 5), ("A", "2", 6), ("B", "1", 7)])
    assert stock(store, "A/") == stock(store, "A/?by=location") == [("A", "1", 5), ("A", "2", 6)]
    assert stock(store, "1/?by=sku") == [("A", "1", 5), ("B", "1", 7)]
    assert json.loads(get(store, "nobody/").body) == {"success": True, "data": []}


@pytest.mark.parametrize("by", ["name", "", "Location"])
def test_a_look_up_by_something_else_is_refused(store: Store, by: str) -> None:
    """Any other `by` is a validation error."""
    told = get(store, f"A/?by={by}")
    assert (told.status, json.loads(told.body)["error"]["code"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("WH/SHELF-01", "WH%2FSHELF-01"),
        ("A 1", "A%201"),
        ("Größe", "Gr%C3%B6%C3%9Fe"),
        ("50%?#", "50%25%3F%23"),
        ("a+b", "a+b"),
    ],
)
def test_identifiers_are_percent_decoded(store: Store, code: str, path: str) -> None:
    """A code with a slash, a space or an umlaut is found by its encoded form."""
    store.put([(code, "1", 1)])
    assert stock(store, f"{path}/") == [(code, "1", 1)]

"""Reading the tenant back: a walk over its list and a look-up, whole or said to be not known to be whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.client import Client, local_transport
from sync.config.settings import Retry
from sync.errors import FixSetup, StopAndFix
from sync.run import export
from sync.run.manners import Manners
from sync.run.stock import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Page = dict[str, Any] | tuple[int, Any]


def rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"location_code": "A", "sku_code": f"{n:05}", "quantity": n} for n in range(start, start + count)]


def page(data: list[dict[str, Any]], cursor: object = None) -> dict[str, Any]:
    return {"success": True, "data": data, "pagination": {"limit": 200, "next_cursor": cursor}}


def fake(
    answer: Callable[[str], Page],
    *,
    names: Mapping[str, str] | None = None,
    waits: list[float] | None = None,
    deadline: float = 20,
) -> Reader:
    """Make a reader of a tenant that answers each target (path and query) as `answer` says."""

    def local(
        _method: str, target: str, _headers: Mapping[str, str], _body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        given = answer(target)
        status, body = given if isinstance(given, tuple) else (200, given)
        told = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        return status, {"retry-after": "7"} if status == 429 else {}, told

    client = Client("https://t.invalid", None, timeout=5, workers=1, transport=local_transport(local))
    slept = [] if waits is None else waits
    retry, manners = Retry(attempts=3, deadline=deadline), Manners(clock=lambda: sum(slept))
    return Reader(client, retry, names or {}, sleep=slept.append, chance=lambda: 1.0, manners=manners)


def script(*answers: Page) -> Reader:
    """Make a reader of a tenant that gives these answers, one after the other, and the last one for ever."""
    left = list(answers)
    return fake(lambda _target: left.pop(0) if len(left) > 1 else left[0])


@given(st.integers(0, 60), st.integers(1, 9), st.integers(1, 70))
def test_a_walk_gives_each_record_once_or_says_that_it_stopped(count: int, size: int, most: int) -> None:
    """Whatever the tenant's page size: all of it, or the first N and `complete` false."""

    def answer(target: str) -> Page:
        start = int(target.partition("cursor=")[2] or 0)
        after = start + size
        return page(rows(count)[start:after], str(after) if after < count else None)

    found = fake(answer).walk(most)
    assert list(found.rows.values()) == list(range(min(count, most)))
    assert found.complete == (most >= count)


@pytest.mark.parametrize(
    ("count", "complete"), [(0, True), (50, False), (99, True), (100, False), (200, False)]
)
def test_a_list_without_pages_is_whole_unless_its_size_is_a_limit(count: int, complete: bool) -> None:  # noqa: FBT001 - an example
    """Exactly 50, 100 or 200 records and not a word about more: nobody can tell."""
    found = script({"success": True, "data": rows(count)}).walk()
    assert (len(found.rows), found.complete, bool(found.broken)) == (count, complete, False)


def test_as_many_records_as_were_asked_for_may_be_cut_too() -> None:
    """A tenant without pages that keeps to the limit does not say that it cut."""
    assert not script({"success": True, "data": rows(7)}).walk(7).complete


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (page(rows(5), "c2"), "held nothing new"),
        (page(rows(5, 5), "c1"), "same next page twice"),
        (page(rows(5, 5), 17), "not its own"),
    ],
)
def test_a_walk_that_leads_nowhere_ends(second: Page, why: str) -> None:
    """A page that adds nothing, a cursor that comes again, a cursor that is no text: the end, and not complete."""
    found = script(page(rows(5), "c1"), second).walk()
    assert why in found.broken
    assert not found.complete


def test_a_walk_without_end_ends() -> None:
    """There is a cap on pages."""
    numbers = iter(range(1000))
    found = fake(lambda _: page(rows(1, n := next(numbers)), f"c{n}")).walk(most_pages=5)
    assert len(found.rows) == 5
    assert "more than 5 pages" in found.broken


INVALID = (400, {"success": False, "error": {"code": "VALIDATION_ERROR", "message": "Invalid cursor: 'c1'"}})


def test_a_refused_cursor_starts_the_walk_anew_once() -> None:
    """What the first walk held does not stay."""
    found = script(page(rows(5, 90), "c1"), INVALID, page(rows(5), "c2"), page(rows(5, 5))).walk()
    assert (len(found.rows), found.complete) == (10, True)


def test_a_cursor_refused_again_ends_the_walk() -> None:
    """No third walk is made."""
    asked: list[str] = []

    def answer(target: str) -> Page:
        asked.append(target)
        return INVALID if "cursor" in target else page(rows(5), "c1")

    found = fake(answer).walk()
    assert (len(asked), found.complete) == (4, False)


def test_a_partners_names_are_understood() -> None:
    """Rows come under the names of tenant.field_names, or under the vendor's own."""
    names = {"location_code": "Depo", "sku_code": "Kod", "quantity": "Adet"}
    body = page(
        [{"Depo": "A", "Kod": "1", "Adet": 3}, {"location_code": "B", "sku_code": "2", "quantity": 4}]
    )
    assert fake(lambda _: body, names=names).walk().rows == {("A", "1"): 3, ("B", "2"): 4}


@pytest.mark.parametrize("quantity", [None, True, 1.5, "x", "inf", 10**400, [1]])
def test_a_record_that_cannot_be_understood_is_missed(quantity: object) -> None:
    """It is not shown as something else, and the list is not called complete."""
    found = script(page([*rows(2), {"location_code": "B", "sku_code": "1", "quantity": quantity}])).walk()
    assert (len(found.rows), found.complete) == (2, False)


def test_a_busy_tenant_is_asked_again_after_what_it_asks_for() -> None:
    """Retry-After is the least that is waited; 503 and an answer that is none are asked again too."""
    waits: list[float] = []
    left: list[Page] = [(429, ""), (503, "<html>"), page(rows(2))]
    found = fake(lambda _: left.pop(0), waits=waits).walk()
    assert found.complete
    assert waits == [7.5, 1.0]


@pytest.mark.parametrize(
    "answer", [(503, ""), (200, "<html>log in</html>"), (200, {"success": False, "data": []})]
)
def test_what_was_read_before_a_break_is_not_called_complete(answer: Page) -> None:
    """The second page never comes: what is there is shown, as a part."""
    found = script(page(rows(5), "c1"), answer).walk()
    assert (len(found.rows), found.complete) == (5, False)
    assert "asked 3 times" in found.broken


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, {"detail": "Invalid API key"}), "Invalid API key"),
        ((403, {"detail": "No."}), "integrations.inventory.read"),
        ((404, "<html>"), "Check tenant.url"),
        ((302, ""), "redirect"),
        ((418, {"detail": "teapot"}), "teapot"),
    ],
)
def test_a_refusal_stops_with_the_tenants_words(answer: Page, words: str) -> None:
    """Nothing is asked twice that would be refused twice."""
    with pytest.raises(StopAndFix, match=words):
        script(answer).walk()


@pytest.mark.parametrize(
    ("answer", "complete"),
    [
        ({"success": True, "data": []}, True),
        ({"success": True, "data": rows(50)}, False),
        (page(rows(3), "more"), False),
        ((404, {"success": False, "error": {"code": "NOT_FOUND", "message": "No."}}), False),
    ],
)
def test_a_look_up_says_whether_it_is_whole(answer: Page, complete: bool) -> None:  # noqa: FBT001 - an example
    """An unpaged answer of exactly 50 records may be cut; one that names a further page is."""
    assert script(answer).look_up("A", "location").complete == complete


def test_a_page_not_found_proves_nothing_for_a_code_with_a_slash() -> None:
    """A proxy on the way may have taken the slash apart; for any other code the address is wrong."""
    assert not script((404, "<html>")).look_up("B/1", "location").complete
    with pytest.raises(StopAndFix):
        script((404, "<html>")).look_up("B1", "location")


def test_a_look_up_that_breaks_is_not_called_complete() -> None:
    """A tenant that gives no usable answer leaves an empty list, and the reason."""
    found = script((503, "")).look_up("A", "sku")
    assert (found.rows, found.complete) == ({}, False)
    assert "503" in found.broken


@pytest.mark.parametrize(
    "entry", [None, "A", ["A", "1", 2], {"location_code": "", "sku_code": "1", "quantity": 2}]
)
def test_an_entry_that_is_no_record_is_missed(entry: Any) -> None:
    """It is counted in the note, and the others stay."""
    found = script(page([*rows(1), entry])).walk()
    assert (len(found.rows), found.notes[0][:9]) == (1, "1 records")


def test_a_sheet_that_is_too_small_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No workbook loses the records at its end."""
    monkeypatch.setattr(export, "LAST_SHEET_ROW", 3)
    assert export.write(tmp_path / "s.xlsx", script(page(rows(2))).walk()) == tmp_path / "s.xlsx"
    with pytest.raises(FixSetup, match="do not fit one sheet"):
        export.write(tmp_path / "t.xlsx", script(page(rows(3))).walk())
    assert export.write(tmp_path / "t.csv", script(page(rows(3))).walk()) == tmp_path / "t.csv"


def test_a_file_that_cannot_be_put_in_place_is_a_matter_of_set_up(tmp_path: Path) -> None:
    """A disk that refuses is told in words, and nothing is left behind."""
    with pytest.raises(FixSetup, match="cannot be written"):
        export.write(tmp_path / f"{'s' * 300}.csv", script(page(rows(3))).walk())
    assert list(tmp_path.iterdir()) == []


def test_no_tenant_is_waited_for_beyond_the_deadline() -> None:
    """A second wait of 7 seconds would end after the 10 that we have: it is not begun."""
    waits: list[float] = []
    found = fake(lambda _: (429, ""), waits=waits, deadline=10).walk()
    assert (waits, bool(found.broken)) == ([7.5], True)

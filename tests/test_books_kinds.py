"""One workbook, written as .ods, .fods, .xlsb, XML Spreadsheet 2003 and a web page, reads the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync import loader
from sync.books.opening import opened_book
from sync.books.shapes import Merge
from tests.bookmakers import MAKERS, Read, made_and_read
from tests.bookmakers.model import Line, Tab, Value, line, tab

if TYPE_CHECKING:
    from pathlib import Path

every_kind = pytest.mark.parametrize("kind", list(MAKERS))
typed_kinds = pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind != "html"])
formula_kinds = pytest.mark.parametrize("kind", ["ods", "fods", "xml2003"])  # xlsb does not tell


def one_cell(kind: str, value: Value) -> tuple[str, str | None]:
    (sheet,) = made_and_read(kind, tab(line(value)))
    (cell,) = sheet.rows[0].cells
    return cell.text, cell.fault


@every_kind
@pytest.mark.parametrize(
    "text",
    [
        "00123",
        "1E5",
        "12345678901234567890",
        "N/A",
        "TRUE",
        "a<b>&amp;\"'",
        "Ünï 世界 \U0001f4e6",
        "two\nlines",
    ],
)
def test_texts_come_as_they_are(kind: str, text: str) -> None:
    """IN08, IN10: a text is a text, whatever it looks like."""
    assert one_cell(kind, Value("text", text)) == (text, None)


@every_kind
@pytest.mark.parametrize(
    ("stored", "code", "shown"),
    [
        ("123", "General", ""),
        ("0", "General", ""),
        ("-5", "General", ""),
        ("123456789012345", "0", ""),
        ("42", "00000", "00042"),
        ("42", "000-000", "000-042"),
        ("123456", "000-000", "123-456"),
        ("42", '"SKU-"0', "SKU-42"),
    ],
)
def test_whole_numbers_come_as_they_are_shown(kind: str, stored: str, code: str, shown: str) -> None:
    """IN10: no point behind a whole number; leading zeros where the format shows them."""
    assert one_cell(kind, Value("number", stored, code, shown)) == (shown or stored, None)


@typed_kinds
@pytest.mark.parametrize(
    ("value", "text", "fault"),
    [
        (Value("number", "100000", "0.00", "100000.00"), "100000", None),
        (Value("number", "1234", "#,##0", "1,234"), "1234", None),
        (Value("number", "0", "0.00", "0.00"), "0", None),
        (Value("number", "1.2E3"), "1200", None),
        (Value("number", "1.5", "0", "2"), "1.5", "cell.fraction"),
        (Value("number", "0.30000000000000004", shown="0.3"), "0.3", "cell.fraction"),
        (Value("number", "0.15", "0%", "15%"), "0.15", "cell.fraction"),
        (Value("number", "1234567890123456"), "1234567890123456", "cell.digits"),
        (Value("day", "2026-03-10", "yyyy-mm-dd", "10/03/26"), "2026-03-10", "cell.date"),
        (
            Value("day", "2026-03-10T06:30:00", "yyyy-mm-dd hh:mm", "10.3.26 6:30"),
            "2026-03-10 06:30:00",
            "cell.date",
        ),
        (Value("truth", "true", shown="WAHR"), "TRUE", "cell.boolean"),
        (Value("truth", "false", shown="FALSCH"), "FALSE", "cell.boolean"),
        (Value("error", "#N/A"), "#N/A", "cell.error"),
        (Value("error", "#DIV/0!"), "#DIV/0!", "cell.error"),
    ],
)
def test_what_is_no_plain_value_is_shown_and_named(
    kind: str, value: Value, text: str, fault: str | None
) -> None:
    """IN10, IN11: fractions, dates, truth values, errors and long numbers have the same faults in every kind."""
    assert one_cell(kind, value) == (text, fault)


@formula_kinds
def test_a_formula_that_was_never_calculated_is_named(kind: str) -> None:
    """IN11: it is neither blank nor 0."""
    assert one_cell(kind, Value("formula")) == ("", "cell.formula")


@every_kind
def test_rows_and_columns_keep_their_places(kind: str) -> None:
    """Rows have the numbers that a person sees, cells their columns; blank ones are left out."""
    places = Tab("Stock", {2: Line({1: Value("text", "a"), 4: Value("number", "5")}), 9: line("b")})
    (sheet,) = made_and_read(kind, places)
    assert sheet.lines == {2: [(1, "a"), (4, "5")], 9: [(0, "b")]}


@every_kind
def test_hidden_rows_are_read_and_marked(kind: str) -> None:
    """IN21: what a filter hides is there, and known to be hidden."""
    (sheet,) = made_and_read(kind, tab(line("a"), line("b", hidden=True), line("c")))
    assert [(row.number, row.hidden) for row in sheet.rows] == [(1, False), (2, True), (3, False)]


@every_kind
def test_sheets_come_in_order_with_what_a_person_sees_of_them(kind: str) -> None:
    """IN21: hidden sheets are known as such."""
    first, second = tab(line("a")), tab(line("b"), name="Old & stale")._replace(visible=False)
    sheets = made_and_read(kind, first, second)
    assert [sheet.info.visible for sheet in sheets] == [True, False]
    assert [sheet.texts for sheet in sheets] == [[["a"]], [["b"]]]


@typed_kinds
def test_sheets_have_the_names_of_their_tabs(kind: str) -> None:
    """A sheet without a cell is a sheet too."""
    sheets = made_and_read(kind, tab(name="Empty"), tab(line("x"), name="Depo <1> & 2"), tab(name="Last"))
    assert [(sheet.name, sheet.texts) for sheet in sheets] == [
        ("Empty", []),
        ("Depo <1> & 2", [["x"]]),
        ("Last", []),
    ]


@every_kind
def test_merged_cells_are_listed_and_not_spread(kind: str) -> None:
    """IN21: only the first cell of a merge holds its text."""
    merges = (Merge(1, 1, 0, 2), Merge(2, 3, 0, 0), Merge(4, 5, 1, 2))
    rows = [line("title"), line("A-101", "s1"), Line({1: Value("text", "s2")}), line("B", "s3"), line("C")]
    (sheet,) = made_and_read(kind, tab(*rows)._replace(merges=merges))
    assert sorted(sheet.merges) == sorted(merges)
    assert sheet.lines[3] == [(1, "s2")]


@every_kind
def test_a_thousand_rows_come_whole(kind: str) -> None:
    """No row is lost where the file is read piece by piece."""
    rows = [line(f"SKU-{at:06}", Value("number", str(at)), "x" * (at % 300)) for at in range(1, 1001)]
    (sheet,) = made_and_read(kind, tab(*rows))
    assert [row.number for row in sheet.rows] == list(range(1, 1001))
    assert sheet.texts == [
        [f"SKU-{at:06}", str(at), *(["x" * (at % 300)] if at % 300 else [])] for at in range(1, 1001)
    ]


@every_kind
def test_a_kind_is_told_by_its_content_and_read_in_a_child(kind: str, tmp_path: Path) -> None:
    """IN22: whatever the file is called, its rows, merges and faults come through the child process."""
    merges = (Merge(2, 3, 0, 0),)
    below = Line({1: Value("number", "5")})
    made = tab(line("sku", "qty"), line("S1", Value("error", "#N/A")), below)._replace(merges=merges)
    path = tmp_path / "stock.csv"
    path.write_bytes(MAKERS[kind][0]((made,)))
    with opened_book(path, loader.container(path)) as book:
        (sheet,) = book.sheets
        rows = [[(cell.text, cell.fault) for cell in row.cells] for row in book.rows(sheet)]
        assert rows == [[("sku", None), ("qty", None)], [("S1", None), ("#N/A", "cell.error")], [("5", None)]]
        assert tuple(book.merges(sheet)) == merges


def test_sheets_can_be_told_apart_by_their_rows() -> None:
    """Rows of one sheet never end up in the next one."""
    tabs = [tab(*[line(f"{name}{at}") for at in range(5)], name=name) for name in "abc"]
    read: list[Read] = made_and_read("ods", *tabs)
    assert [sheet.texts[0] for sheet in read] == [["a0"], ["b0"], ["c0"]]

"""What is drafted of it: header rows, notations, totals, lots, questions, and YAML that says the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.guess.drafted import Source, draft
from sync.guess.heading import heading
from sync.guess.judging import judge_nameless
from sync.guess.lines import facts
from sync.guess.naming import glob, slug
from sync.guess.notation import notation
from sync.guess.yamltext import render
from sync.rows import ReadAs, Sheet
from sync.yamlfile.document import parse
from tests.drafts import asked, loaded, table
from tests.exports import looked_at


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        (("5", "12"), None, None),
        (("5", "12,5"), ",", None),
        (("1.250", "12,5"), ",", "."),
        (("1,250", "1,250.75"), ".", ","),
        (("1.250.000", "3"), ",", "."),
        (("1 250", "3"), None, " "),
    ],
)
def test_signs_are_declared_where_the_column_proves_them(
    cells: tuple[str, ...], decimal: str | None, thousands: str | None
) -> None:
    """A cell that can be read in one way only proves the notation of all."""
    found = notation(looked_at(["Qty"], [(cell,) for cell in cells]))
    assert (found.decimal, found.thousands, found.question) == (decimal, thousands, None)


@pytest.mark.parametrize("cells", [("1.250", "3"), ("1,250", "14"), ("1.5", "2,5")])
def test_a_notation_that_is_not_proven_is_a_question_that_decides(cells: tuple[str, ...]) -> None:
    """1.250 may be twelve hundred and fifty, or one and a quarter."""
    found = notation(looked_at(["Qty"], [(cell,) for cell in cells]))
    assert found.question is not None
    assert found.question.decides


def test_lots_are_added_up() -> None:
    """Rows of one pair that differ in their lot are one stock."""
    made = table("Warehouse|SKU|Lot|Qty", "A|X1|L1|5", "A|X1|L2|5", "B|X1|L1|4")
    assert made.mapping["rows"]["duplicates"] == "sum"
    assert "differ in `Lot`" in made.text


def test_repeated_pairs_without_a_reason_are_not_added_up() -> None:
    """Where nothing tells rows of a pair apart, a person decides."""
    made = table("Warehouse|SKU|Qty", "A|X1|5", "A|X1|6", "B|X1|4")
    assert "rows" not in made.mapping
    assert "nothing tells why" in asked(made, "rows")[0]


def test_totals_are_left_out_by_their_word() -> None:
    """A total in the SKU's column, or beside an empty SKU, is no row of stock."""
    made = table("SKU|Name|Qty", "A1|Mug|5", "A2|Cup|6", "|Grand Total|11")
    assert made.mapping["rows"]["exclude"] == [{"column": "Name", "in": ["Grand Total"]}]


def test_a_last_row_that_is_the_sum_of_all_is_left_out() -> None:
    """A total without a word is told by its number."""
    made = table("SKU|Qty", "A1|5", "A2|6", "|11")
    assert made.mapping["rows"]["exclude"] == [{"column": "SKU", "matches": "^$"}]


def test_a_row_without_a_sku_that_is_no_sum_stays() -> None:
    """It is rejected and seen, not left out."""
    made = table("SKU|Qty", "A1|5", "A2|6", "|7")
    assert "rows" not in made.mapping
    assert asked(made, "rows") == ["1 rows hold a quantity and no SKU: they are rejected"]


def test_group_lines_that_hold_sums_are_left_out() -> None:
    """Lines without a name whose numbers are the sums of the rows below them are no stock."""
    rows = (
        "Pumps||12",
        "A1|Pump one|5",
        "A2|Pump two|7",
        "Hoses||9",
        "A3|Hose one|4",
        "A4|Hose two|5",
        "A5|Hose|0",
    )
    made = table("Code|Name|Qty", *rows)
    assert made.mapping["rows"]["exclude"] == [{"column": "Name", "matches": "^$"}]


def test_group_lines_that_are_no_sums_are_asked_about() -> None:
    """What looks like a group and does not add up may be stock."""
    rows = (
        "Pumps||13",
        "A1|Pump one|5",
        "A2|Pump two|7",
        "Hoses||8",
        "A3|Hose one|4",
        "A4|Hose two|5",
        "A5|Hose|0",
    )
    made = table("Code|Name|Qty", *rows)
    assert "no sums: are they stock?" in made.deciding[0].text


def test_what_the_tenant_would_not_take_is_said() -> None:
    """Numbers below zero, fractions and blanks are counted; nothing is decided about them."""
    made = table("SKU|Qty", "A1|-5", "A2|1.5", "A3|", "A4|7")
    assert [text.split(" cells")[0] for text in asked(made, "rows")] == ["1", "1", "1"]
    assert set(made.mapping["columns"]["quantity"]) == {"column", "decimal"}


def test_a_doubled_header_is_named_by_its_index() -> None:
    """A mapping cannot name it: a program gets the index, a person the question."""
    made = table("SKU|Name|Name|On hand|On hand", "A1|Mug|Big|5|", "A2|Cup|Red|6|")
    assert (made.quantity, made.deciding[-1].about) == (3, "columns")


def test_merged_cells_of_the_location_are_filled() -> None:
    """Where the sheet merges cells of a column that is used, the draft says fill."""
    made = table("Depo|Stok Kodu|Miktar", "A|X1|5", "A|X2|6", merged=(0,), read_as=ReadAs("xlsx", sheet="S"))
    assert made.mapping["read"] == {"merged": "fill"}


def test_what_was_detected_and_is_not_usual_is_declared() -> None:
    """Encoding, delimiter and several header rows stand in the draft with their evidence."""
    read_as = ReadAs("csv", encoding="cp1254", delimiter=";", evidence={"encoding": "İ and ş"})
    made = table("SKU|Qty", "A1|5", read_as=read_as, header_rows=(3, 4))
    assert made.mapping["read"] == {"header_rows": [3, 4], "encoding": "cp1254", "delimiter": ";"}
    assert "# İ and ş" in made.text


def test_each_choice_stands_with_its_evidence() -> None:
    """The words and figures for a choice, and what it was chosen over, are comments above it."""
    lines = [
        line.strip() for line in table("Code|Name|Stock|Free", "A1|Mug|5|4", "A2|Cup|6|6").text.splitlines()
    ]
    at = lines.index("column: Stock")
    assert lines[at - 2 : at] == [
        "# its name says quantity; 2 of 2 filled cells are numbers (as 5, 6)",
        "# not: `Free`",
    ]


def test_without_a_header_everything_is_asked() -> None:
    """Values alone suggest columns by number, and nothing goes before a person has said."""
    columns = looked_at(["1", "2"], [("ART0815", "12"), ("ART0816", "3")])
    roles = judge_nameless(columns)
    made = draft(Source("a.csv", ReadAs("csv"), (), ("1", "2")), roles, facts(iter(()), columns, roles))
    assert loaded(made).headless
    assert (made.sku, made.quantity, made.deciding[0].about) == (0, 1, "header")


def head(*rows: str) -> tuple[int, ...]:
    """Find the header of a sheet written with bars."""
    lines = tuple((at, tuple(row.split("|"))) for at, row in enumerate(rows, start=1))
    return heading(Sheet("S", visible=True, rows=lines, read_as=ReadAs("xlsx"))).rows


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (("SKU|Qty", "A|1"), (1,)),
        (("Stock report||", "1 July||", "Code|Name|Qty", "A|Mug|1", "B|Cup|2"), (3,)),
        (("Particulars|Closing||", "|Quantity|Rate|Value", "Mug|1|2|2", "Cup|3|2|6"), (1, 2)),
        (("Артикул|СКЛАД|МАГАЗИН", "|Кол-во|Кол-во", "A|1|2", "B|3|4"), (1, 2)),
        (("ART0815|12", "ART0816|3"), ()),
        (
            ("Category|Name|Code|Qty", "Spare Parts / Stock|Part one|200001|11", "Spare Parts|Part two|7|2"),
            (1,),
        ),
    ],
)
def test_the_header_is_found_by_its_words(rows: tuple[str, ...], wanted: tuple[int, ...]) -> None:
    """Below titles, in several rows, or nowhere; a first row of data is none of it."""
    assert head(*rows) == wanted


@pytest.mark.parametrize(
    ("filename", "wanted"),
    [
        ("OITW_20261123_0200.csv", ("OITW_*.csv", "oitw")),
        ("stock.xlsx", ("stock.xlsx", "stock")),
        ("2024-01-05.csv", ("*.csv", "drafted")),
        ("остатки (3).xlsx", ("остатки *.xlsx", "drafted")),
        ("a[1].csv", ("a?*?.csv", "a")),
    ],
)
def test_a_glob_fits_the_next_export_too(filename: str, wanted: tuple[str, str]) -> None:
    """Numbers and days change from file to file; what a glob would take for its own is no sign of it."""
    assert (glob(filename), slug(filename)) == wanted


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
plain: Any = st.recursive(
    st.one_of(texts, st.integers(-9, 9), st.just("none")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(texts, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["match", "read", "rows"]), plain, min_size=1))
def test_what_is_written_is_read_back_the_same(data: dict[str, Any]) -> None:
    """Whatever stands in headers and file names, the YAML says it, comments or not."""
    text = render(data, {(): ["a comment\nin two lines"], ("read",): ["x" * 300]})
    assert parse(text, "draft.yaml").data == data


def test_a_style_in_several_sizes_is_no_sku_by_itself() -> None:
    """Rows of one style that differ in size and colour: whether the SKU is put together from them decides what goes."""
    rows = [f"TEE{at // 4}|{('Red', 'Blue')[at % 2]}|{('S', 'M')[at // 2 % 2]}|{at}" for at in range(16)]
    made = table("Style|Colour|Size|On hand", *rows)
    assert any("join" in question.text for question in made.deciding)

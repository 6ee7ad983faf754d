from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import FixSetup, SetAside
from sync.mapping.claim import Claim, claim, claim_by_name
from sync.mapping.model import Mapping
from sync.rows import ReadAs, ReadHints, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    Peek = Callable[[ReadHints], tuple[Sheet, ...]]

HEADER = ("Wh", "Item", "Qty")


def mapping(name: str = "erp", **sections: Any) -> Mapping:
    columns = {
        "location_code": {"column": ["Wh", "Warehouse"]},
        "sku_code": {"column": "Item"},
        "quantity": {"column": "Qty"},
    }
    return Mapping.model_validate({"version": 1, "name": name, "columns": columns} | sections)


def sheet(*rows: tuple[str, ...], name: str | None = None, visible: bool = True) -> Sheet:
    return Sheet(name, visible, tuple(enumerate(rows, 1)), ReadAs("xlsx" if name else "csv", sheet=name))


def peek(*sheets: Sheet) -> Peek:
    return lambda _hints: sheets


def refused(mappings: list[Mapping], look: Peek, filename: str = "stock.csv") -> str:
    with pytest.raises(SetAside) as caught:
        claim(filename, mappings, look)
    return "\n".join(caught.value.problems)


def test_the_mapping_with_the_headers_claims() -> None:
    """Any order, any case, outer spaces ignored, one of several names; what is found is filled in."""
    other = mapping("other", match={"headers": ["SKU"]})
    found = claim("stock.csv", [other, mapping()], peek(sheet((" qty ", "WAREHOUSE", "item", "x"))))
    assert found == Claim(mapping(), ReadHints(header_rows=(1,)))


def test_the_header_is_the_first_row_that_holds_all() -> None:
    """Titles above the header are passed over."""
    found = claim("s.csv", [mapping()], peek(sheet(("Stock list",), ("Wh", "Item"), HEADER, HEADER)))
    assert found.hints.header_rows == (3,)


def test_a_declared_header_row_is_taken_at_its_word() -> None:
    """Row 2 has the headers, but the mapping says row 1."""
    text = refused([mapping(read={"header_row": 1})], peek(sheet(("a", "b"), HEADER)))
    assert "in row 1: `a`, `b`" in text


def test_several_header_rows_are_joined_cell_by_cell() -> None:
    """A header of two rows reads from top to bottom."""
    two = mapping(read={"header_rows": [1, 2]}, match={"headers": ["Depo No", "Item", "Stok Qty"]})
    found = claim("s.csv", [two], peek(sheet(("Depo", "Item", "Stok "), ("No", "", "Qty"))))
    assert found.hints.header_rows == (1, 2)


def numbered() -> Mapping:
    columns = {"location_code": {"column": "1"}, "sku_code": {"column": "2"}, "quantity": {"column": "4"}}
    return mapping(columns=columns, read={"header_row": "none"})


def test_without_a_header_the_number_of_columns_suffices() -> None:
    """The hints say that there is no header."""
    assert claim("s.csv", [numbered()], peek(sheet(("A", "B", "", "1")))).hints.header_rows == ()
    assert "missing: `4`" in refused([numbered()], peek(sheet(("A", "B", "1"))))


@pytest.mark.parametrize(
    ("glob", "filename", "fits"),
    [
        ("OITW*.csv", "oitw_1.CSV", True),
        ("OITW*.csv", "OITW_1.xlsx", False),
        ("stok_İzmir.csv", "STOK_IZMIR.csv", True),
        ("stok?.csv", "stok12.csv", False),
        ("*ü.csv", "xu\u0308.csv", True),
    ],
)
def test_the_file_name_must_fit_a_glob_in_any_case(glob: str, filename: str, *, fits: bool) -> None:
    """All that match gives must hold; Turkish letters and decomposed accents are the same letters."""
    mappings, look = [mapping(match={"filename": [glob]})], peek(sheet(HEADER))
    if fits:
        assert claim(filename, mappings, look).mapping.name == "erp"
    else:
        assert f"the file name does not fit {glob}" in refused(mappings, look, filename)


def test_the_one_visible_sheet_with_the_headers_is_chosen() -> None:
    """Other sheets and hidden ones do not count."""
    book = peek(
        sheet(("Notes",), name="Read me"),
        sheet(HEADER, name="Stock"),
        sheet(HEADER, name="Old", visible=False),
    )
    assert claim("s.xlsx", [mapping()], book).hints == ReadHints(sheet="Stock", header_rows=(1,))


def test_two_sheets_with_the_headers_are_refused() -> None:
    """Both are named, with what to do."""
    book = peek(sheet(HEADER, name="May"), sheet(HEADER, name="June"))
    assert "the sheets `May` and `June` both have the headers" in refused([mapping()], book)


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("june", "June"), ("J*", "June"), ("old", "Old"), ("Old ", "Old")]
)
def test_a_sheet_is_chosen_by_name_or_glob(wanted: str, chosen: str) -> None:
    """A name finds a hidden sheet too, a glob only visible ones."""
    book = peek(*(sheet(HEADER, name=name, visible=name != "Old") for name in ("May", "June", "Old")))
    assert claim("s.xlsx", [mapping(read={"sheet": wanted})], book).hints.sheet == chosen


def test_a_sheet_that_is_not_there_is_told() -> None:
    """The mapping wants a sheet by name."""
    text = refused([mapping(read={"sheet": "Stock"})], peek(sheet(HEADER, name="May")))
    assert "erp wants a sheet called Stock" in text


def test_a_text_file_has_no_sheet_to_be_wrong() -> None:
    """One mapping may take the workbook and the CSV of a system."""
    found = claim("s.csv", [mapping(read={"sheet": "Stock*"})], peek(sheet(HEADER)))
    assert found.hints.sheet is None


def test_a_wanted_header_that_stands_twice_is_refused() -> None:
    """It cannot be told which column is meant; one that nobody wants may stand twice."""
    assert "`Qty` stands twice in the header (row 1)" in refused([mapping()], peek(sheet((*HEADER, "QTY"))))
    assert claim("s.csv", [mapping()], peek(sheet((*HEADER, "x", "x")))).mapping.name == "erp"


def test_a_used_column_that_stands_twice_is_refused_too() -> None:
    """Also where match.headers does not name it."""
    loose = mapping(match={"headers": ["Item"]})
    assert "`Qty` stands twice" in refused([loose], peek(sheet((*HEADER, "qty"))))


def test_the_first_of_several_names_counts() -> None:
    """A second name of the same column standing twice does not matter."""
    look = peek(sheet((*HEADER, "Warehouse", "Warehouse")))
    assert claim("s.csv", [mapping()], look).mapping.name == "erp"


def test_two_claims_are_refused_with_both_names() -> None:
    """Never the first one wins."""
    text = refused([mapping("one"), mapping("two")], peek(sheet(HEADER)))
    assert "2 mappings claim this file: one (.) and two (.)" in text.replace("()", "(.)")
    assert "--mapping" in text


def test_nobody_is_told_with_the_nearest_what_is_missing_and_what_is_there() -> None:
    """The nearest mapping has the most of its headers; near spellings are shown in pairs."""
    far = mapping("far", match={"headers": ["A", "B"]})
    text = refused([far, mapping()], peek(sheet(("Stock list",), ("Wh", "Item", "Qtty"))))
    assert text.startswith("stock.csv: no mapping claims this file\n")
    assert "the nearest mapping is erp; missing: `Qty`" in text
    assert "the file has in row 2: `Wh`, `Item`, `Qtty`" in text
    assert "is `Qtty` meant to be `Qty`?" in text


def test_several_names_of_a_missing_column_are_all_told() -> None:
    """Any of them would do."""
    assert "missing: `Wh` or `Warehouse`" in refused([mapping()], peek(sheet(("Item", "Qty"))))


def test_a_mapping_of_another_file_name_can_be_the_nearest() -> None:
    """The reason is then the name."""
    text = refused([mapping(match={"filename": "OITW*"})], peek(sheet(HEADER)))
    assert "no mapping claims this file; the file name does not fit OITW*" in text
    assert "missing" not in text


def test_without_any_header_the_fullest_row_is_shown() -> None:
    """It is the likeliest to be the header."""
    assert "in row 2: `a`, `b`" in refused([mapping()], peek(sheet(("Title",), ("a", "b"), ("c", "d"))))


def test_a_wide_header_is_not_told_in_full() -> None:
    """Thirty columns are enough to see."""
    wide = [peek(sheet(tuple(f"c{n}" for n in range(width)))) for width in (30, 100)]
    assert "`c29`\n" in refused([mapping()], wide[0])
    assert "`c29` and 70 more\n" in refused([mapping()], wide[1])


def test_without_mappings_nobody_claims() -> None:
    """The user is told to write one."""
    assert "there are no mappings" in refused([], peek(sheet(HEADER)))


def test_an_empty_file_is_told() -> None:
    """No sheet with a row: nothing can be missing in it."""
    assert "finds nothing in the file" in refused([mapping()], peek())
    assert "finds nothing in the file" in refused([mapping()], peek(sheet()))
    assert "the file has: nothing" in refused([numbered()], peek(sheet()))


@pytest.mark.parametrize("header", [("Item", "inventory_A"), ("Item", "x")])
def test_a_matrix_needs_a_column_that_fits_its_pattern(header: tuple[str, ...]) -> None:
    """The pattern is wanted like a header."""
    matrix = mapping(
        layout="matrix",
        columns={"sku_code": {"column": "Item"}},
        matrix={"locations": {"pattern": "^inventory_(?P<value>.+)$"}},
    )
    if "x" in header:
        assert "missing: a column like ^inventory_" in refused([matrix], peek(sheet(header)))
    else:
        assert claim("s.csv", [matrix], peek(sheet(header))).hints.header_rows == (1,)


def unreadable(hints: ReadHints) -> tuple[Sheet, ...]:
    if hints.encoding != "cp1254":
        raise SetAside("line 3 is not UTF-8")
    return (sheet(HEADER),)


def test_a_file_that_no_mapping_can_read_is_set_aside_in_the_readers_words() -> None:
    """With the file's name before them."""
    assert refused([mapping()], unreadable) == "stock.csv: line 3 is not UTF-8"


def test_a_mapping_that_cannot_read_the_file_does_not_claim_it() -> None:
    """Another one that can, does."""
    found = claim("s.csv", [mapping("utf8"), mapping("turkish", read={"encoding": "cp1254"})], unreadable)
    assert found.mapping.name == "turkish"


def test_why_a_fitting_mapping_could_not_read_the_file_is_told() -> None:
    """It may be the one that was meant."""
    mappings = [
        mapping("utf8", match={"filename": "s*"}),
        mapping("turkish", match={"filename": "x"}, read={"encoding": "cp1254"}),
    ]
    assert "utf8: line 3 is not UTF-8" in refused(mappings, unreadable)


def test_the_file_is_peeked_at_once_for_each_way_of_reading_it() -> None:
    """Ten mappings do not read a workbook ten times."""
    seen: list[ReadHints] = []

    def look(hints: ReadHints) -> tuple[Sheet, ...]:
        seen.append(hints)
        return (sheet(("x",)),)

    names = [mapping(f"m{n}", read={"sheet": f"s{n}"}) for n in range(5)]
    refused([*names, mapping("semi", read={"delimiter": ";"})], look)
    assert seen == [ReadHints(), ReadHints(delimiter=";")]


def test_a_chosen_mapping_is_not_asked_for_the_file_name() -> None:
    """A person's choice stands above the name, not above the headers."""
    mappings = [mapping(match={"filename": "OITW*"}), mapping("other")]
    assert claim_by_name("erp", "x.csv", mappings, peek(sheet(HEADER))).mapping.name == "erp"
    with pytest.raises(SetAside) as caught:
        claim_by_name("erp", "x.csv", mappings, peek(sheet(("Wh", "Item"))))
    assert "x.csv: the file does not have what the mapping erp wants" in str(caught.value)
    assert "missing: `Qty`" in str(caught.value)
    assert "the file has in row 1: `Wh`, `Item`" in str(caught.value)


def test_a_chosen_mapping_that_cannot_read_the_file_says_why() -> None:
    """The reader's words, with the file's name."""
    with pytest.raises(SetAside, match=r"x\.csv: line 3 is not UTF-8"):
        claim_by_name("erp", "x.csv", [mapping()], unreadable)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("erpp", "there is no mapping erpp; did you mean erp?"),
        ("zzz", "there is no mapping zzz; known are: erp, sap-b1"),
    ],
)
def test_a_mapping_that_is_not_there_is_a_setup_mistake(name: str, sentence: str) -> None:
    """The nearest name, or all of them."""
    with pytest.raises(FixSetup) as caught:
        claim_by_name(name, "x.csv", [mapping(), mapping("sap-b1")], peek(sheet(HEADER)))
    assert str(caught.value) == sentence


@given(st.permutations(["Wh", "Item", "Qty", "a", "b"]), st.integers(0, 5), st.booleans())
def test_order_case_and_rows_above_never_matter(header: list[str], above: int, upper: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    """However the header is arranged, the same mapping claims, and the header row is found."""
    cells = tuple(f" {name.upper() if upper else name.lower()} " for name in header)
    found = claim("s.csv", [mapping()], peek(sheet(*[("title",)] * above, cells)))
    assert found.hints.header_rows == (above + 1,)

from __future__ import annotations

import pytest

from sync.mapping.apply import apply
from sync.rows import GO
from tests.tables import HEADER, block, fault, judged, line, outcome, plan


def test_a_good_row_has_its_pair_and_quantity() -> None:
    """Codes by the mapping, a whole quantity, the row and the column that a person sees."""
    found = apply(block(line(), line(Wh="02", Qty="7")), plan())
    assert found.location_code.to_pylist() == ["A-101", "B-201"]
    assert (found.row.tolist(), found.column.tolist()) == ([2, 3], [2, 2])
    assert [outcome(found, at) for at in range(2)] == [5, 7]


def test_every_reason_is_named() -> None:
    """A row with four things wrong has four reasons, each with its column and what stands there."""
    units = {"multiply": {"column": "UoM", "by": {"EA": "1"}}}
    found = apply(block(line(Wh="09", Item=" ", Qty="on order", UoM="?")), plan(**units)).found
    assert [(item.field, item.code, item.value) for item in found] == [
        ("Wh", "location.lookup", "09"),
        ("Item", "sku.missing", ""),
        ("Qty", "quantity.text", "on order"),
        ("UoM", "unit.missing", "?"),
    ]


@pytest.mark.parametrize("code", ["cell.error", "cell.formula", "cell.date", "cell.boolean"])
def test_a_cell_that_is_no_number_is_no_quantity(code: str) -> None:
    """An error, a formula without a value, a date and a truth value reject the row, and are its one reason."""
    for policy in ("reject", "skip", "zero"):
        assert judged(plan(blank=policy), fault("Qty", code, "C2"), Qty="") == [("Qty", code)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("cell.error", "cell.error"),
        ("cell.formula", "cell.formula"),
        ("cell.boolean", "cell.boolean"),
        ("cell.date", "code.damaged"),
        ("cell.digits", "code.damaged"),
        ("cell.fraction", "code.damaged"),
        ("cell.returned", "code.damaged"),
    ],
)
def test_a_code_that_a_spreadsheet_had_is_damaged(code: str, reason: str) -> None:
    """A date, a fraction, more than 15 digits, or what came back changed, was another code once."""
    found = apply(block(line(Item="1.5"), faults=(fault("Item", code, "B2: 1.5"),)), plan())
    assert [(item.stage, item.field, item.code, item.value) for item in found.found] == [
        ("read", "Item", reason, "B2: 1.5")
    ]
    assert found.sku_code.to_pylist() == [""]


@pytest.mark.parametrize("code", ["cell.fraction", "cell.digits", "cell.returned"])
def test_what_damages_a_code_is_a_number_all_the_same(code: str) -> None:
    """A fraction, many digits and a returned cell are faults of codes, not of quantities."""
    assert judged(plan(fraction="floor"), fault("Qty", code), Qty="12.5") == 12


def test_a_number_cell_is_not_read_as_text() -> None:
    """1.234 in a number cell is no thousand; not even where a second fault speaks of the same cell."""
    two = fault("Qty", "cell.fraction"), fault("Qty", "cell.returned")
    dots = plan(decimal=",", thousands=".")
    assert judged(dots, *two, Qty="1.234") == [("Qty", "quantity.fraction")]
    assert judged(dots, Qty="1.234") == 1234


def test_faults_where_nothing_is_read_do_no_harm() -> None:
    """An error in a column that the mapping does not use is not the row's."""
    assert judged(plan(), fault("Status", "cell.error")) == 5


@pytest.mark.parametrize("code", ["row.short", "row.long"])
def test_a_ragged_row_has_that_as_its_one_reason(code: str) -> None:
    """What stands in shifted cells is not judged; the pair is told where it can be."""
    assert judged(plan(), fault(None, code), Wh="09", Item="", Qty="x") == [(None, code)]
    found = apply(block(line(Qty="x"), line(), faults=(fault(None, code),)), plan())
    assert (outcome(found, 0), outcome(found, 1)) == ([(None, code)], 5)
    assert found.sku_code.to_pylist() == ["S1", "S1"]


def test_a_ragged_row_is_not_left_out_in_silence() -> None:
    """Its cells may have shifted, so that an include cannot tell; an exclude that fits (a total) can."""
    rows = {"include": {"column": "Status", "in": ["ok"]}, "exclude": {"column": "Item", "matches": "^Total"}}
    for status, item, result in (("", "S1", [(None, "row.short")]), ("", "Total", "excluded")):
        assert judged(plan(rows=rows), fault(None, "row.short"), Status=status, Item=item) == result
    assert judged(plan(rows=rows)) == "excluded"


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ({"exclude": {"column": "Item", "matches": "^T"}}, ["S1", "XT"]),
        ({"exclude": {"column": "Item", "in": ["T1", " T2 "]}}, ["S1", "XT"]),
        ({"include": {"column": "Item", "in": ["T1"]}}, ["T1"]),
        (
            {"include": [{"column": "Item", "matches": "T"}, {"column": "Item", "matches": "\\d"}]},
            ["T1", "T2"],
        ),
        ({"exclude": [{"column": "Item", "in": ["T1"]}, {"column": "Item", "in": ["T2"]}]}, ["S1", "XT"]),
    ],
)
def test_rows_that_count(rows: object, kept: list[str]) -> None:
    """All includes and no exclude must hold, on the trimmed text; the others are left out, counted."""
    lines = [line(Item=item) for item in ("S1", " T1", "T2", "XT")]
    found = apply(block(*lines), plan(rows=rows))
    assert [
        code for code, state in zip(found.sku_code.to_pylist(), found.state, strict=True) if state == GO
    ] == kept
    assert {outcome(found, at) for at in range(4)} == {5, "excluded"}


def test_what_is_left_out_is_not_judged() -> None:
    """A row that the mapping excludes has no reasons, whatever stands in it."""
    assert (
        judged(plan(rows={"exclude": {"column": "Wh", "in": ["09"]}}), Wh="09", Qty="?", Item="")
        == "excluded"
    )


def test_a_row_is_left_out_once() -> None:
    """A row that is not ours and has no quantity either is counted as excluded."""
    skip = plan(
        blank="skip", location={"lookup_missing": "skip"}, rows={"exclude": {"column": "Status", "in": ["x"]}}
    )
    assert judged(skip, Status="x", Qty="") == "excluded"
    assert judged(skip, Wh="09", Qty="") == "excluded"


def test_a_row_of_empty_cells_is_blank() -> None:
    """Spaces are empty, and missing cells of such a row are no fault; an error in a cell, or one too many, is."""
    empty = dict.fromkeys(HEADER, " ")
    assert judged(plan(), **empty) == "blank"
    assert judged(plan(), fault(None, "row.short"), **empty) == "blank"
    assert judged(plan(), fault(None, "row.long"), **empty) == [(None, "row.long")]
    assert judged(plan(), fault("Qty", "cell.formula"), **empty) == [
        ("Wh", "location.missing"),
        ("Item", "sku.missing"),
        ("Qty", "cell.formula"),
    ]


@pytest.mark.parametrize(
    ("policy", "result"), [("reject", [("Qty", "quantity.blank")]), ("skip", "blank"), ("zero", 0)]
)
def test_blank_quantities(policy: str, result: object) -> None:
    """Blank is rejected, left out or zero, as the mapping says; the mapping's words for blank too, and no others."""
    for text in ("", " ", "n/a"):
        assert judged(plan(blank=policy, empty=["n/a"]), Qty=text) == result
    assert judged(plan(blank=policy, empty=["n/a"]), Qty="none") == [("Qty", "quantity.text")]


@pytest.mark.parametrize(
    ("policy", "result"), [("reject", [("Wh", "location.lookup")]), ("skip", "excluded")]
)
def test_what_the_lookup_does_not_have(policy: str, result: object) -> None:
    """A location that the lookup lacks rejects the row, or leaves it out."""
    assert judged(plan(location={"lookup_missing": policy}), Wh="09") == result


@pytest.mark.parametrize("code", ["cell.fraction", "cell.error", "cell.digits"])
def test_a_row_that_is_not_ours_is_left_out_whatever_its_quantity(code: str) -> None:
    """The lookup says skip: a fraction or an error in the quantity, text or cell, makes no reject of it."""
    skip = plan(location={"lookup_missing": "skip"})
    assert judged(skip, fault("Qty", code), Wh="09", Qty="1.5") == "excluded"
    assert judged(skip, Wh="09", Qty="x") == "excluded"
    assert judged(skip, fault("Wh", "cell.date"), Wh="09") == [("Wh", "code.damaged")]


def test_what_is_taken_off() -> None:
    """The quantity is the difference; below zero it is refused as a whole."""
    less = plan(subtract=["Res"])
    assert judged(less, Res="2") == 3
    assert judged(less, Res="7") == [("Qty", "quantity.negative")]
    assert apply(block(line(Res="7")), less).found[0].value == "5 - 7"


def test_both_cells_of_a_difference_are_judged() -> None:
    """Text in one and blank in the other are two reasons; an error in one does not hide the other."""
    less = plan(subtract=["Res"])
    assert judged(less, Qty="x", Res="") == [("Qty", "quantity.text"), ("Res", "quantity.blank")]
    assert judged(less, fault("Res", "cell.error"), Qty="x", Res="#N/A") == [
        ("Res", "cell.error"),
        ("Qty", "quantity.text"),
    ]


@pytest.mark.parametrize(
    ("quantity", "reserved", "result"),
    [
        ("", "x", "blank"),
        ("5", "", "blank"),
        ("x", "", [("Qty", "quantity.text"), ("Res", "quantity.blank")]),
    ],
)
def test_a_blank_in_a_difference_that_may_be_skipped(quantity: str, reserved: str, result: object) -> None:
    """Without a quantity the row is left out; a blank does not excuse a text."""
    assert judged(plan(subtract=["Res"], blank="skip"), Qty=quantity, Res=reserved) == result


@pytest.mark.parametrize(
    ("unit", "quantity", "result"),
    [("EA", "5", 5), (" CS ", "5", 60), ("M", "6", 3), ("M", "5", [("Qty", "quantity.fraction")])],
)
def test_units(unit: str, quantity: str, result: object) -> None:
    """A quantity counts as many pieces as its unit has; half a piece is a fraction."""
    by = {"EA": "1", "CS": "12", "M": "0.5"}
    assert judged(plan(multiply={"column": "UoM", "by": by}), UoM=unit, Qty=quantity) == result


@pytest.mark.parametrize("unit", ["", "ea", "PAL"])
def test_an_unknown_unit_is_not_one(unit: str) -> None:
    """A unit that the table lacks rejects the row, also for a quantity of 0."""
    by = plan(multiply={"column": "UoM", "by": {"EA": "1"}})
    assert judged(by, UoM=unit, Qty="0") == [("UoM", "unit.missing")]

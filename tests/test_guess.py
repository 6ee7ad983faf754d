"""Which column is what: SKU, stock on hand and location by words and values; matrices; and what is no stock at all."""

from __future__ import annotations

import re

import pytest

from sync.guess.judging import judge
from tests.drafts import asked, drafted, loaded, roles_of, table
from tests.exports import Export, exports, looked_at, rows_of

LETTERS = ("SKU", "Item", "Serial number", "Email")


@pytest.mark.parametrize("export", exports(), ids=lambda export: export.name)
def test_the_columns_of_an_export_are_told_apart(export: Export) -> None:
    """SKU, quantity and location of a hundred systems' exports, in forty languages."""
    found = judge(looked_at(export.headers, rows_of(export)))
    assert found.sku is not None
    assert found.sku.column.header == export.headers[export.sku]
    if found.matrix:
        assert tuple(column.at for column in found.matrix.columns) == export.quantities == export.locations
    else:
        assert found.quantity is not None
        assert (found.quantity.column.at,) == export.quantities
        where = found.location.column.at if found.location else None
        assert where in (export.locations or (None,))


@pytest.mark.parametrize("export", exports(), ids=lambda export: export.name)
def test_every_draft_loads(export: Export) -> None:
    """What is drafted is a whole mapping, by the same rules as a person's."""
    made = drafted(export.headers, rows_of(export))
    mapping = loaded(made)
    assert mapping.model_dump(by_alias=True)["name"] == "stock"


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        ("Symbol|Shares|Avg cost|Market value", "ACME|12|3.10|37.2", "securities"),
        ("Date|Open|High|Low|Close|Volume", "2024-01-02|1.5|1.7|1.4|1.6|1200", "shares"),
        ("SKU|Name|List price|Currency", "A-1|Mug|12.50|EUR", "price list"),
        ("Model|Serial number|Warranty until", "X1|SN-71|2025-01-01", "serial number"),
        ("First name|Last name|E-mail|Phone|City", "Ann|Lee|ann@shop.example|555|Leeds", "people"),
        ("Order number|Customer|SKU|Quantity", "77|Ann Lee|A-1|2", "orders"),
    ],
)
def test_what_is_no_stock_is_said_to_be_none(header: str, row: str, words: str) -> None:
    """A portfolio, courses, prices, single things, people and orders are no stock."""
    rows = [row.replace("1", str(at)) for at in range(1, 6)]
    assert words in roles_of(header, *rows).not_stock


@pytest.mark.parametrize(
    "header", ["SKU|Quantity", "Item|Serial number|On hand", "SKU|Price|Stock", "Email|SKU|Qty"]
)
def test_stock_is_not_taken_for_something_else(header: str) -> None:
    """Prices, serial numbers or an address beside the stock do not make it none."""
    rows = (
        "|".join(f"A{at}" if name in LETTERS else f"{at}" for name in header.split("|")) for at in range(5)
    )
    assert roles_of(header, *rows).not_stock == ""


def test_sales_with_a_moment_of_their_own_are_asked_about() -> None:
    """A quantity beside a date in each row may be a sale: nothing goes before a person has said."""
    made = table("Date|SKU|Qty", "2024-01-02|A1|5", "2024-01-03|A2|6", "2024-01-04|A1|1")
    assert made.deciding[0].text.startswith("every row has a moment of its own (`Date`)")


def test_on_hand_wins_over_all_other_quantities() -> None:
    """Reserved, minimum, in transit, available, sold and prices stand beside it in any order."""
    header = "SKU|Min stock|Reserved|In transit|Available|Sold|Price|On hand|Total value"
    found = roles_of(header, "A1|1|2|3|4|5|6.5|7|8.5", "A2|2|2|3|4|5|6.5|9|8.5")
    assert found.quantity is not None
    assert found.quantity.column.header == "On hand"


def test_available_alone_is_taken_with_a_question() -> None:
    """The tenant expects on hand: where only what is available stands, a person is asked."""
    made = table("SKU|Disponible", "A1|5", "A2|6")
    assert made.quantity == "Disponible"
    assert "the tenant expects what is on hand" in asked(made, "quantity")[0]


def test_two_columns_that_look_alike_are_a_question_that_decides() -> None:
    """Which of two counts is the stock is not guessed."""
    made = table("SKU|Qty|Quantity", "A1|5|7", "A2|6|1")
    assert [question.candidates for question in made.deciding] == [("`Qty`", "`Quantity`")]


def test_words_where_numbers_are_due_are_no_quantity() -> None:
    """A column that is called stock and says yes and no counts nothing."""
    made = table("SKU|Stock", "A1|yes", "A2|no")
    assert made.quantity is None
    assert made.deciding[0].text.startswith("no column holds counted quantities: these are named so")


def test_without_codes_the_name_is_taken_and_asked_about() -> None:
    """A list of names and counts can go, but a person is told."""
    made = table("Item name|Stock", "Blue shirt|5", "White mug|6")
    assert (made.sku, bool(made.deciding)) == ("Item name", False)
    assert "what the tenant calls the SKU" in asked(made, "sku")[0]


def test_without_codes_and_names_nothing_is_made_up() -> None:
    """Width and brand are no SKU: a person says which columns make it."""
    made = table("Brand|Width|Stock", "Acme|12|5", "Bolt|14|6")
    assert made.sku is None
    assert made.deciding[0].about == "sku"


def test_row_numbers_are_no_skus() -> None:
    """A column that counts the rows identifies nothing."""
    found = roles_of("No|Part name|Qty", *(f"{at}|Lever gear {at}|5" for at in range(1, 9)))
    assert found.sku is not None
    assert found.sku.column.header == "Part name"


def test_without_a_location_the_place_is_asked_for() -> None:
    """Half of all files have none: the draft holds a placeholder and the question."""
    made = table("SKU|Qty", "A1|5", "A2|6")
    assert made.mapping["columns"]["location_code"] == {"value": "LOCATION"}
    assert asked(made, "location") == ["no location column: say which location this stock is in"]
    assert made.location is None


def test_an_empty_location_column_is_none() -> None:
    """A column called Warehouse in which nothing stands says nothing."""
    assert table("Warehouse|SKU|Qty", "|A1|5", "|A2|6").location is None


@pytest.mark.parametrize(
    ("headers", "places"),
    [
        (("inventory_Basement", "inventory_Mt Auburn"), ["Basement", "Mt Auburn"]),
        (("In stock [Leeds]", "In stock [York]"), ["Leeds", "York"]),
        (("Leeds Qty", "York Qty"), ["Leeds", "York"]),
        (("Warehouse 1", "Warehouse 2"), ["Warehouse 1", "Warehouse 2"]),
        (("POPTOYS",), ["POPTOYS"]),
    ],
)
def test_columns_that_are_named_after_places_are_a_matrix(
    headers: tuple[str, ...], places: list[str]
) -> None:
    """One column a location, whatever stands around its name; the pattern finds the same columns."""
    made = drafted(("SKU", *headers), [("A1", *("5" for _ in headers)), ("A2", *("7" for _ in headers))])
    mapping = loaded(made)
    assert (mapping.layout, made.location) == ("matrix", list(headers))
    written = made.mapping["matrix"]["locations"]
    if isinstance(written, dict):
        assert [
            match["value"] for header in headers if (match := re.search(written["pattern"], header))
        ] == places
    else:
        assert written == places


@pytest.mark.parametrize(
    "header", ["SKU|Qty Jan|Qty Feb", "SKU|Qty (Pack)|Qty (EA)", "SKU|Stock 901|Stock 902"]
)
def test_months_units_and_numbers_are_no_places(header: str) -> None:
    """Columns of one form that differ by something else than a place are no matrix."""
    assert roles_of(header, "A1|5|6", "A2|7|8").matrix is None


def test_different_units_are_asked_about() -> None:
    """Five boxes are not five pieces: the draft says that the units differ."""
    made = table("SKU|Qty|UOM", "A1|5|EA", "A2|6|CS")
    assert made.questions[-1].candidates == ("EA", "CS")
    assert not made.deciding

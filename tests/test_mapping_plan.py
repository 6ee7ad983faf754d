from __future__ import annotations

from typing import Any

import pytest

from sync.errors import SetAside
from sync.mapping.model import Mapping
from sync.mapping.plan import Plan, make_plan
from sync.rows import Origin

HEADER = ("Wh", "Item", "Qty")
ORIGIN = Origin("stock_A-7_2026.csv", folder="depot", sheet=None)


def plan(
    header: tuple[str, ...] = HEADER, *, location: dict[str, Any] | None = None, **quantity: object
) -> Plan:
    """Make a plan for a list."""
    return make_plan(mapping(location or {"column": "Wh"}, {"column": "Qty", **quantity}), header, ORIGIN)


def mapping(location: dict[str, Any], quantity: dict[str, Any], **keys: object) -> Mapping:
    columns = {"location_code": location, "sku_code": {"column": "Item"}, "quantity": quantity}
    return Mapping.model_validate({"version": 1, "name": "m", "columns": columns, **keys})


def matrix(locations: object, header: tuple[str, ...]) -> Plan:
    """Make a plan for a matrix."""
    return make_plan(mapping({}, {}, layout="matrix", matrix={"locations": locations}), header, ORIGIN)


def refused(*arguments: Any, **keys: Any) -> str:
    with pytest.raises(SetAside) as caught:
        (plan if keys or len(arguments) == 1 else matrix)(*arguments, **keys)
    return str(caught.value)


def test_columns_are_found_by_header() -> None:
    """Order, case and outer spaces of the headers do not matter."""
    found = plan((" QTY ", "item", "other", "wh"))
    assert (found.quantities, found.sku.columns, found.locations[0].columns) == ((0,), (1,), (3,))


def test_headers_are_compared_as_they_were_claimed() -> None:
    """A Turkish capital I with a dot is the i of the mapping here too, and composed is decomposed."""
    assert plan(("Wh", "\u0130TEM", "Qty")).sku.columns == (1,)
    assert plan(("Wh", "Item", "Qt\u00fd"), column="Qty\u0301").quantities == (2,)


def test_the_first_of_several_headers_counts() -> None:
    """Of a list of headers the first that is there is read."""
    header = (*HEADER, "On hand")
    assert plan(header, column=["Stock", "On hand", "Qty"]).quantities == (3,)


def test_a_missing_column_fails_the_file() -> None:
    """The message says what is wanted and what the file has."""
    assert refused(("Wh", "Item"), column="Qty") == (
        "the mapping m needs the column 'Qty'; the file has: Wh, Item"
    )


def test_a_doubled_column_fails_the_file() -> None:
    """Nobody can tell which of two equal headers is meant; a doubled column that is not used does no harm."""
    assert "'Qty' stands 2 times" in refused((*HEADER, " qty"), column="Qty")
    assert plan((*HEADER, "x", "x")).quantities == (2,)


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ({"value": " A-1 "}, "A-1"),
        ({"filename": "_(?P<value>[^_]+)_"}, "A-7"),
        ({"folder": True}, "depot"),
        ({"sheet": True}, "stock_A-7_2026"),
    ],
)
def test_a_location_that_stands_in_no_column(location: dict[str, Any], code: str) -> None:
    """The mapping, the file's name, its folder or its sheet may say where the stock is."""
    assert plan(("Item", "Qty"), location=location).locations[0].constant == code


def test_a_file_name_without_its_location_fails_the_file() -> None:
    """Where the location should stand in the name and does not, nothing is guessed."""
    for pattern in ("shop-(?P<value>.+)", "_(?P<value>x?)A"):
        assert "rename the file" in refused(("Item", "Qty"), location={"filename": pattern})


@pytest.mark.parametrize(
    ("locations", "codes"),
    [
        (["Depo 2", "depo 1"], [(3, "Depo 2"), (1, "Depo 1")]),
        ({"from": "Depo 1", "to": "Depo 2"}, [(1, "Depo 1"), (2, "Total"), (3, "Depo 2")]),
        ({"pattern": "^Depo (?P<value>\\d)"}, [(1, "1"), (3, "2")]),
    ],
)
def test_each_location_column_of_a_matrix(locations: object, codes: list[tuple[int, str]]) -> None:
    """A list, a range and a pattern say which columns are locations; the header is the code."""
    found = matrix(locations, ("Item", "Depo 1", "Total", "Depo 2"))
    assert [
        (at, source.constant) for at, source in zip(found.quantities, found.locations, strict=True)
    ] == codes


@pytest.mark.parametrize(
    ("locations", "header"),
    [
        (["Depo 1"], ("Item", "Depo 1", "Depo 1")),
        ({"pattern": "^Depo (?P<value>\\d)"}, ("Item", "Depo 1", "Depo 2", "depo 1 ")),
        ({"from": "A", "to": "C"}, ("Item", "A", "B", "b", "C")),
    ],
)
def test_a_location_that_stands_twice_fails_the_file(locations: object, header: tuple[str, ...]) -> None:
    """Two columns of one location are no sum: nobody can tell which of them is meant."""
    assert "stands 2 times" in refused(locations, header)


def test_a_location_column_without_a_header_fails_the_file() -> None:
    """What has no name is not left out in silence."""
    assert refused({"from": "A", "to": "C"}, ("Item", "A", " ", "C")).startswith("column 3 stands among")


def test_a_matrix_without_location_columns_fails_the_file() -> None:
    """A file that has none of the locations is no file of this mapping."""
    assert "no column of the file is a location" in refused({"pattern": "^W(?P<value>\\d)"}, ("Item", "A"))
    assert "no column of the file is a location" in refused({"from": "B", "to": "A"}, ("Item", "A", "B"))


def test_a_pattern_may_find_no_location() -> None:
    """A header that fits the pattern without its group is a location without a code, not a crash."""
    assert matrix({"pattern": "^Depo ?(?P<value>\\d)?"}, ("Item", "Depo")).locations[0].constant == ""


def test_everything_else_that_a_mapping_reads_is_found() -> None:
    """Columns to take off, units and filters have their places."""
    keys = {"subtract": ["Res"], "multiply": {"column": "UoM", "by": {"EA": "1"}}}
    rows = {"include": [{"column": "Wh", "in": ["1"]}], "exclude": [{"column": "Item", "matches": "^T"}]}
    made = mapping({"column": "Wh"}, {"column": "Qty", **keys}, rows=rows)
    found = make_plan(made, (*HEADER, "Res", "UoM"), ORIGIN)
    assert (found.subtract, found.unit) == ((3,), 4)
    assert [at for at, _ in (*found.include, *found.exclude)] == [0, 1]

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.errors import FixSetup
from sync.mapping.model import Mapping
from sync.yamlfile.document import parse
from sync.yamlfile.judge import judge

SHORT: dict[str, Any] = {
    "version": 1,
    "name": "short",
    "columns": {
        "location_code": {"column": "Wh"},
        "sku_code": {"column": "Item"},
        "quantity": {"column": "Qty"},
    },
}
MATRIX: dict[str, Any] = {
    "version": 1,
    "name": "matrix",
    "layout": "matrix",
    "columns": {"sku_code": {"column": "Item"}},
    "matrix": {"locations": ["Depo 1", "Depo 2"]},
}


def read(text: str) -> Mapping:
    return judge(parse(text, "m.yaml"), Mapping)


def changed(base: dict[str, Any], dotted: str, value: object) -> str:
    """Write `base` as YAML (JSON is YAML) with one key set, or removed where the value is ...."""
    data = json.loads(json.dumps(base))
    *above, last = dotted.split(".")
    section = data
    for key in above:
        section = section.setdefault(key, {})
    section[last] = value
    if value is ...:
        del section[last]
    return json.dumps(data)


def problems(text: str) -> list[str]:
    with pytest.raises(FixSetup) as caught:
        read(text)
    return list(caught.value.problems)


def said(text: str) -> list[str]:
    """Give the problems without file, line and column."""
    return [problem.partition(": ")[2] for problem in problems(text)]


@pytest.mark.parametrize(
    "key",
    [
        "send.changes",
        "matrix.location",
        "match.header",
    ],
)
def test_keys_of_later_versions_and_typing_errors_are_unknown(key: str) -> None:
    """Nothing that we do not do yet is taken in silence."""
    assert any("unknown key" in problem for problem in said(changed(SHORT, key, "x")))


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("version", 2, "version: must be 1, not `2`"),
        ("name", "SAP B1", "name: must be 1 to 64 of the characters a-z, 0-9 and -, as sap-b1"),
        ("name", "a" * 65, "name: must be 1 to 64"),
        ("name", "a\n", "name: must be 1 to 64"),
        ("match.filename", [], "match.filename: must have 1 to 500 entries, not 0"),
        ("match.headers", [[]], "match.headers.1: must have 1 to 500 entries, not 0"),
        ("read.header_row", 0, "read.header_row: must be from 1 to 1,048,576, not 0"),
        ("read.header_row", "no", "read.header_row: must be a whole number or 'none', not `no`"),
        ("read.header_rows", [5, 3], "read.header_rows: must be rows from the top down"),
        ("read.encoding", "cp9999", "read.encoding: is not an encoding"),
        ("read.encoding", "base64", "read.encoding: is not an encoding"),
        ("read.encoding", "idna", "read.encoding: is not an encoding"),
        ("read.delimiter", ";;", "read.delimiter: must be one character, not 2"),
        ("read.delimiter", "\n", "read.delimiter: must be a separator"),
        ("columns.location_code.value", "A", "columns.location_code.value: give only one of column, value"),
        ("columns.location_code", {}, "columns.location_code: must say where it stands"),
        ("columns.location_code", ..., "columns.location_code: must say where it stands"),
        ("columns.sku_code", {"case": "keep"}, "columns.sku_code: must say where it stands"),
        ("columns.sku_code", ..., "columns.sku_code: is missing"),
        ("columns.location_code", {"sheet": False}, "columns.location_code.sheet: must be true, not `false`"),
        (
            "columns.location_code",
            {"filename": "x"},
            "columns.location_code.filename: needs a group named value",
        ),
        (
            "columns.sku_code.lookup",
            {"1": ""},
            "columns.sku_code.lookup.1: must be at least 1 character long",
        ),
        (
            "columns.sku_code.pad_left",
            {"width": 0, "with": "0"},
            "columns.sku_code.pad_left.width: must be from 1 to 255",
        ),
        (
            "columns.sku_code.pad_left",
            {"width": 8, "with": "00"},
            "columns.sku_code.pad_left.with: must be one character",
        ),
        ("columns.sku_code.pad_left", {"width": 8}, "columns.sku_code.pad_left.with: is missing"),
        (
            "columns.sku_code.replace",
            {"pattern": "(", "with": ""},
            "columns.sku_code.replace.pattern: is not a regular",
        ),
        (
            "columns.sku_code.replace",
            {"pattern": "a", "with": "\\2"},
            "columns.sku_code.replace.with: does not fit",
        ),
        ("columns.quantity.decimal", ";", "columns.quantity.decimal: must be '.' or ',', not `;`"),
        ("columns.quantity.thousands", "1", "columns.quantity.thousands: must be a separator"),
        ("columns.quantity.thousands", "", "columns.quantity.thousands: must be one character, not 0"),
        (
            "columns.quantity.multiply",
            {"column": "U", "by": {"E": 0}},
            "columns.quantity.multiply.by.E: must be a number",
        ),
        (
            "columns.quantity.multiply",
            {"column": "U", "by": {"E": -1}},
            "columns.quantity.multiply.by.E: must be a number",
        ),
        (
            "columns.quantity.multiply",
            {"column": "U", "by": {}},
            "columns.quantity.multiply.by: must be at least 1 entry",
        ),
        ("columns.quantity.blank", "nought", "columns.quantity.blank: must be 'reject', 'skip' or 'zero'"),
        ("rows.include", {"column": "A"}, "rows.include: needs one of in and matches"),
        (
            "rows.exclude",
            [{"column": "A", "in": "x", "matches": "y"}],
            "rows.exclude.1: needs one of in and matches",
        ),
        ("matrix", {"locations": "x"}, "matrix: is only for layout: matrix"),
        ("as_of", {"filename": "x", "format": "%Y%m%d"}, "as_of.filename: needs a group named value"),
        (
            "as_of",
            {"filename": "(?P<value>.)", "format": "%H:%M"},
            "as_of.format: must tell year, month and day",
        ),
        (
            "as_of",
            {"filename": "(?P<value>.)", "format": "%Q"},
            "as_of.format: must tell year, month and day",
        ),
        (
            "as_of",
            {"filename": "(?P<value>.)", "format": "%Y%m%d", "timezone": "Europe/Atlantis"},
            "as_of.timezone: is not a time zone",
        ),
        (
            "as_of",
            {"filename": "(?P<value>.)", "format": "%Y%m%d", "timezone": "../etc/passwd"},
            "as_of.timezone: is not a time zone",
        ),
        ("send.notes", "n" * 201, "send.notes: must be at most 200 characters long"),
        ("send.notes", "a\nb", "send.notes: must be one line without control characters"),
        (
            "send.source",
            "erp",
            "send.source: must be 'erp_sync', 'initial_load', 'bulk_import' or 'manual_adjustment'",
        ),
    ],
)
def test_every_mistake_is_one_sentence(key: str, value: object, sentence: str) -> None:
    """Each wrong value is told by its key, with what is allowed there, and causes no second problem."""
    (problem,) = said(changed(SHORT, key, value))
    assert problem.startswith(sentence)


def test_what_excludes_each_other_is_refused() -> None:
    """Two lookups, two header declarations and one sign for two things cannot be meant."""
    text = changed(
        json.loads(changed(SHORT, "read", {"header_row": 1, "header_rows": [1, 2]})), "columns.quantity", {}
    )
    data = json.loads(text)
    data["columns"]["quantity"] = {"column": "Q", "decimal": ",", "thousands": ","}
    data["columns"]["sku_code"] |= {"lookup": {"a": "b"}, "lookup_file": "x.csv"}
    assert sorted(said(json.dumps(data))) == [
        "columns.quantity.thousands: must not be the decimal sign ,",
        "columns.sku_code.lookup_file: give lookup or lookup_file, not both",
        "read.header_rows: give header_row or header_rows, not both",
    ]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("matrix", ..., "matrix: is missing: layout: matrix needs matrix.locations"),
        ("matrix.locations", ..., "matrix.locations: is missing"),
        ("matrix.locations", {"pattern": "x"}, "matrix.locations.pattern: needs a group named value"),
        ("matrix.locations", {"from": "x"}, "matrix.locations.to: is missing"),
        ("columns.location_code", {"column": "W"}, "columns.location_code.column: is not for a matrix"),
        ("columns.quantity", {"column": "Q"}, "columns.quantity.column: is not for a matrix"),
        ("columns.sku_code", {"case": "keep"}, "columns.sku_code: must say where it stands"),
    ],
)
def test_a_matrix_has_rules_of_its_own(key: str, value: object, sentence: str) -> None:
    """In a matrix the headers are the locations and the cells the quantities."""
    (problem,) = said(changed(MATRIX, key, value))
    assert problem.startswith(sentence)


def test_an_unknown_key_in_a_matrix_is_told_with_the_nearest() -> None:
    """The names of all three forms are known."""
    assert said(changed(MATRIX, "matrix.locations", {"patern": "x"}))[0] == (
        "matrix.locations: unknown key `patern`; did you mean `pattern`?"
    )


def test_names_do_not_go_with_columns_by_number() -> None:
    """Every header that is named is told, and what can only match headers."""
    data = json.loads(changed(MATRIX, "read.header_row", "none"))
    data["match"] = {"headers": ["A"]}
    data["matrix"]["locations"] = {"pattern": "(?P<value>.)"}
    found = said(json.dumps(data))
    assert [problem.partition(":")[0] for problem in sorted(found)] == [
        "columns.sku_code.column",
        "match.headers",
        "matrix.locations.pattern",
    ]


@pytest.mark.parametrize("number", ["0", "01", "20000", "²", "-1"])
def test_a_column_number_counts_from_one(number: str) -> None:
    """Numbers that no sheet has are refused."""
    data = json.loads(changed(SHORT, "read.header_row", "none"))
    data["columns"] = {key: {"column": number} for key in data["columns"]}
    assert len(said(json.dumps(data))) == 3


def test_an_example_that_stands_in_is_never_blamed() -> None:
    """What is missing is told once, whatever its example would be wrong with."""
    data = json.loads(changed(SHORT, "read.header_row", "none"))
    data["columns"] = {"location_code": {"value": "A"}, "quantity": {"column": 2}}
    assert said(json.dumps(data)) == ["columns.sku_code: is missing"]


def test_a_missing_section_hides_nothing() -> None:
    """What only the whole mapping can know is told beside what is missing."""
    assert sorted(said(changed(SHORT, "columns", {"quantity": {"column": "Q"}}))) == [
        "columns.location_code: must say where it stands: one of column, value, filename, sheet, folder, join",
        "columns.sku_code: is missing",
    ]


def test_two_mistakes_in_one_list_are_both_told() -> None:
    """The second is found although the list is judged without the first."""
    replace = ["x", {"pattern": "(", "with": ""}, {"pattern": "a", "wiht": ""}]
    assert [
        problem.split(": ")[0] for problem in said(changed(SHORT, "columns.sku_code.replace", replace))
    ] == [
        "columns.sku_code.replace.1",
        "columns.sku_code.replace.2.pattern",
        "columns.sku_code.replace.3",
    ]

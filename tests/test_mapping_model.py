from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import FixSetup
from sync.mapping.model import Mapping
from sync.mapping.sections import Between, ByPattern
from sync.rows import ReadHints
from sync.yamlfile.document import parse
from sync.yamlfile.judge import judge

CONTRACT = r"""
version: 1
name: sap-b1
description: SAP Business One warehouse stock export
match:
  filename: ["OITW*.csv", "OITW*.xlsx"]
  headers: [WhsCode, ItemCode, [OnHand, "In Stock"]]
read:
  sheet: "Stock*"
  header_row: 4
  encoding: cp1254
  delimiter: ";"
layout: rows
columns:
  location_code:
    column: [WhsCode, Warehouse]
    lookup: {"01": A-101, "02": B-201}
    lookup_missing: reject
  sku_code:
    column: ItemCode
    pad_left: {width: 8, with: "0"}
    case: keep
    replace: [{pattern: "\\s+", with: ""}]
    join: null
  quantity:
    column: OnHand
    decimal: ","
    thousands: "."
    multiply: {column: UoM, by: {EA: 1, CS: 12}}
    empty: ["-", "n/a"]
    blank: reject
    negative: reject
    fraction: reject
rows:
  include: [{column: Warehouse, in: ["01", "02"]}]
  exclude: [{column: Status, in: [Closed, Blocked]}, {column: ItemCode, matches: "^TOTAL"}]
  duplicates: reject
  unknown: reject
as_of: {filename: "OITW_(?P<value>\\d{8}_\\d{4})", format: "%Y%m%d_%H%M", timezone: Europe/Istanbul}
send: {source: erp_sync, notes: "SAP B1 nightly"}
"""
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


def test_the_contracts_own_example_loads() -> None:
    """Every key of the contract's page arrives, codes and keys as text, factors exact."""
    mapping = read(CONTRACT)
    columns = mapping.columns
    assert mapping.match.headers == (("WhsCode",), ("ItemCode",), ("OnHand", "In Stock"))
    assert columns.location_code.column == ("WhsCode", "Warehouse")
    assert columns.location_code.lookup == {"01": "A-101", "02": "B-201"}
    assert columns.sku_code.pad_left
    assert (columns.sku_code.pad_left.width, columns.sku_code.pad_left.with_) == (8, "0")
    assert columns.quantity.multiply
    assert columns.quantity.multiply.by == {"EA": Decimal(1), "CS": Decimal(12)}
    assert mapping.rows.exclude
    assert mapping.rows.exclude[0].in_ == ("Closed", "Blocked")
    assert mapping.as_of
    assert mapping.as_of.timezone == "Europe/Istanbul"
    assert mapping.send.notes == "SAP B1 nightly"


def test_four_mistakes_are_four_problems() -> None:
    """An unknown key, a wrong word, a broken pattern and a missing column are told together, each with its place."""
    text = CONTRACT.replace("layout: rows", "layuot: rows").replace("case: keep", "case: Upper")
    text = text.replace('matches: "^TOTAL"', 'matches: "^TOTAL("').replace("    column: OnHand\n", "")
    assert problems(text) == [
        "m.yaml:13:1: unknown key `layuot`; did you mean `layout`?",
        "m.yaml:22:11: columns.sku_code.case: must be 'keep', 'upper' or 'lower', not `Upper`",
        "m.yaml:25:3: columns.quantity.column: is missing: say where the quantity stands",
        "m.yaml:35:82: rows.exclude.2.matches: is not a regular expression: missing ), unterminated subpattern at position 6",
    ]


@pytest.mark.parametrize(
    ("key", "value", "read_as"),
    [
        ("description", "d", "d"),
        ("match.filename", "*.csv", ("*.csv",)),
        ("match.headers", ["A", ["B", "C"]], (("A",), ("B", "C"))),
        ("read.sheet", "Stock*", "Stock*"),
        ("read.header_row", 3, 3),
        ("read.header_rows", [2, 3], (2, 3)),
        ("read.encoding", "utf-16", "utf-16"),
        ("read.delimiter", "\t", "\t"),
        ("columns.location_code", {"value": 5}, None),
        ("columns.location_code", {"filename": "stock_(?P<value>[^_]+)_"}, None),
        ("columns.location_code", {"sheet": True}, None),
        ("columns.location_code", {"folder": True}, None),
        ("columns.location_code", {"join": {"columns": ["A", "B"], "with": "-"}}, None),
        ("columns.sku_code.lookup", {"1": "2"}, {"1": "2"}),
        ("columns.sku_code.lookup_file", "skus.csv", "skus.csv"),
        ("columns.sku_code.lookup_missing", "keep", "keep"),
        ("columns.sku_code.case", "upper", "upper"),
        ("columns.quantity.subtract", ["Reserved"], ("Reserved",)),
        ("columns.quantity.decimal", ",", ","),
        ("columns.quantity.thousands", "\u00a0", "\u00a0"),
        ("columns.quantity.thousands", "'", "'"),
        ("columns.quantity.empty", [], ()),
        ("columns.quantity.empty", "-", ("-",)),
        ("columns.quantity.blank", "zero", "zero"),
        ("columns.quantity.negative", "zero", "zero"),
        ("columns.quantity.fraction", "floor", "floor"),
        ("rows.duplicates", "sum", "sum"),
        ("rows.totals", "keep", "keep"),
        ("rows.unknown", "skip", "skip"),
        ("rows.include", {"column": "A", "in": ["", 7]}, None),
        ("send.source", "initial_load", "initial_load"),
        ("send.notes", "n" * 200, "n" * 200),
    ],
)
def test_every_key_is_taken(key: str, value: object, read_as: object) -> None:
    """What the contract lists can be written; one entry may stand without its brackets."""
    found: Any = read(changed(SHORT, key, value))
    for part in key.split("."):
        found = getattr(found, part)
    assert read_as is None or found == read_as


@pytest.mark.parametrize(
    ("locations", "used"),
    [
        ({"pattern": "^inventory_(?P<value>.+)$"}, ()),
        ({"from": "Depo 1", "to": "Depo 9"}, (("Depo 1",), ("Depo 9",))),
        (["A", "B"], (("A",), ("B",))),
        ("A", (("A",),)),
    ],
)
def test_a_matrix_names_its_columns_in_three_ways(
    locations: object, used: tuple[tuple[str, ...], ...]
) -> None:
    """By pattern, by range, by list; the columns that it names are wanted."""
    mapping = read(changed(MATRIX, "matrix.locations", locations))
    assert mapping.used_columns() == (("Item",), *used)
    assert mapping.matrix
    assert isinstance(mapping.matrix.locations, (ByPattern, Between, tuple))


def test_columns_by_number_are_numbers() -> None:
    """Without a header columns go by number, written as number or text."""
    data = json.loads(changed(SHORT, "read.header_row", "none"))
    data["columns"] = {
        "location_code": {"column": 1},
        "sku_code": {"column": [2, "3"]},
        "quantity": {"column": "4"},
    }
    mapping = read(json.dumps(data))
    assert mapping.headless
    assert mapping.used_columns() == (("1",), ("2", "3"), ("4",))
    assert mapping.read_hints().header_rows == ()


def test_hints_for_the_loader() -> None:
    """The loader is told what the mapping declares, and nothing else."""
    assert read(CONTRACT).read_hints() == ReadHints("Stock*", (4,), "cp1254", ";")
    assert read(json.dumps(SHORT)).read_hints() == ReadHints()
    assert read(changed(SHORT, "read.header_rows", [4, 5])).read_hints().header_rows == (4, 5)


def test_the_wanted_headers_are_those_declared_or_used() -> None:
    """Without match.headers every column that is read is wanted, once."""
    mapping = read(CONTRACT)
    assert mapping.wanted_headers() == (("WhsCode",), ("ItemCode",), ("OnHand", "In Stock"))
    assert mapping.used_columns() == (
        ("WhsCode", "Warehouse"), ("ItemCode",), ("OnHand",), ("UoM",), ("Warehouse",), ("Status",)
    )  # fmt: skip
    assert read(json.dumps(SHORT)).wanted_headers() == (("Wh",), ("Item",), ("Qty",))


def test_joined_and_subtracted_columns_are_used() -> None:
    """Each column of a join or a subtraction must be there, not any of them."""
    data = json.loads(changed(SHORT, "columns.sku_code", {"join": {"columns": ["Style", "Size"]}}))
    data["columns"]["quantity"]["subtract"] = ["Held", "Lost"]
    assert read(json.dumps(data)).used_columns() == (
        ("Wh",),
        ("Style",),
        ("Size",),
        ("Qty",),
        ("Held",),
        ("Lost",),
    )


@given(st.from_regex(r"[0-9]{1,9}(\.[0-9]{1,4})?", fullmatch=True).filter(lambda text: Decimal(text) > 0))
def test_factors_are_exact(text: str) -> None:
    """A factor is the decimal number as typed, never a rounded one."""
    mapping = read(CONTRACT.replace("CS: 12", f"CS: {text}"))
    assert mapping.columns.quantity.multiply
    assert mapping.columns.quantity.multiply.by["CS"] == Decimal(text)


@given(st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True))
def test_lookup_keys_stay_text(code: str) -> None:
    """`01`, `NO`, `1e3` without quotes are codes like any other."""
    mapping = read(CONTRACT.replace('"01": A-101', f"{code}: {code}"))
    assert mapping.columns.location_code.lookup == {code: code, "02": "B-201"} | (
        {"02": "B-201"} if code == "02" else {}
    )


def test_a_factor_may_be_a_decimal() -> None:
    """Mappings can be made in code, too."""
    unit = {"multiply": {"column": "U", "by": {"CS": Decimal("0.5")}}}
    mapping = Mapping.model_validate(
        SHORT | {"columns": SHORT["columns"] | {"quantity": {"column": "Q"} | unit}}
    )
    assert mapping.columns.quantity.multiply
    assert mapping.columns.quantity.multiply.by == {"CS": Decimal("0.5")}


def test_a_mapping_cannot_be_changed() -> None:
    """What was checked stays what was checked."""
    with pytest.raises(ValueError, match="frozen"):
        read(CONTRACT).name = "other"


def test_a_mapping_knows_its_place() -> None:
    """`at` leaves the mapping itself as it was."""
    mapping = read(CONTRACT)
    placed = mapping.at(Path("a.yaml"), "00")
    assert (placed.path, placed.sha256, mapping.sha256) == (Path("a.yaml"), "00", "")
    assert placed.columns == mapping.columns

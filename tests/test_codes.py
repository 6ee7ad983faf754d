from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.mapping.codes import DAMAGED, PARTS, SKIP, Codes, CodeSource, Fault, Trimmed, read_codes, transform
from sync.mapping.sections import Code

if TYPE_CHECKING:
    from collections.abc import Sequence

CODES = st.text(min_size=1).filter(lambda text: text == text.strip() and not DAMAGED.fullmatch(text))
LOOKUP = {"lookup": {"01": "A-101", "02": "B-201"}}


def spec(**keys: object) -> Code:
    return Code.model_validate(keys)


def read(texts: Sequence[str], **keys: object) -> Codes:
    cells = Trimmed([pa.array(texts, pa.string())])
    return read_codes(cells, CodeSource("sku", spec(**keys), (0,)), len(texts))


def joined(first: str, second: str, **keys: object) -> Codes:
    """Read one row whose SKU stands in two columns."""
    rule = spec(join={"columns": ["Style", "Size"], "with": "-"}, **keys)
    return read_codes(Trimmed([pa.array([first]), pa.array([second])]), CodeSource("sku", rule, (0, 1)), 1)


def one(text: str, **keys: object) -> str | Fault:
    return transform([text], "sku", spec(**keys))


@given(st.lists(CODES, min_size=1))
@example(["00123", "NA", "nan", "null", "TRUE", "1E5", "1E+12", "1.10", "3/10", "12345678901234567890"])
@example(["A\x1fB"])
@example(["e\u0301", "\u00e9", "\u200bX", "I\u0307"])
def test_codes_stay_as_they_are(codes: list[str]) -> None:
    """Without a word of the mapping a code leaves as it came, letter for letter, in the order of the rows."""
    found = read(codes)
    assert found.text.to_pylist() == codes
    assert found.bad == {}


def test_outer_white_space_is_always_trimmed() -> None:
    """Spaces of every kind around a code go; those inside stay."""
    assert read(["  A 1 ", "\tB\u00a0", "\u2003C"]).text.to_pylist() == ["A 1", "B", "C"]


@pytest.mark.parametrize(
    "text", ["1.23457E+12", "1.2e+05", "8,69055E+12", "12.5E+3", "########", "#REF!", "#NAME?", '="00044"']
)
def test_what_a_spreadsheet_made_of_a_long_number_is_damage(text: str) -> None:
    """Digits, a point or a comma, digits, E+; a failed formula; a column too narrow; what only a spreadsheet reads."""
    assert one(text) == Fault("code.damaged", text)


@pytest.mark.parametrize("text", ["1E5", "1E+12", "1.5", "1.5E5", "1.5E-5", "X1.5E+5", "1.5E+5X", ".5E+5"])
def test_a_code_like_any_other_is_no_damage(text: str) -> None:
    """What only resembles a damaged number is a code."""
    assert one(text) == text


def test_a_code_that_is_not_there_is_missing() -> None:
    """An empty or blank cell has no code; the row is named."""
    found = read(["A", "", "   "])
    assert found.text.to_pylist() == ["A", "", ""]
    assert found.bad == {1: Fault("sku.missing", ""), 2: Fault("sku.missing", "")}


def test_a_code_that_the_mapping_takes_away_is_missing() -> None:
    """A replacement that leaves nothing leaves no code, and no padding makes one of it."""
    keys = {"replace": {"pattern": "^-+$", "with": ""}, "pad_left": {"width": 4, "with": "0"}}
    assert one("---", **keys) == Fault("sku.missing", "")


@given(CODES, st.integers(1, 20))
def test_padding_never_shortens(code: str, width: int) -> None:
    """A code is filled up on the left to the width; a longer one stays as it is."""
    padded = one(code, pad_left={"width": width, "with": "0"})
    assert padded == "0" * (width - len(code)) + code


@pytest.mark.parametrize(("case", "code"), [("keep", "aB-1"), ("upper", "AB-1"), ("lower", "ab-1")])
def test_case_as_the_mapping_says(case: str, code: str) -> None:
    """A code keeps its case unless the mapping says otherwise."""
    assert one("aB-1", case=case) == code


def test_replacements_come_one_after_the_other() -> None:
    """The second replacement sees what the first one left, and what is left is trimmed."""
    rules = [{"pattern": "^SKU", "with": ""}, {"pattern": "(\\d)x", "with": "\\1-"}]
    assert one("SKU 12x3", replace=rules) == "12-3"


def test_the_lookup_sees_the_code_as_it_was_made() -> None:
    """Case, replacements and padding come before the lookup."""
    assert one(
        "1 ", replace={"pattern": "\\s", "with": ""}, pad_left={"width": 2, "with": "0"}, **LOOKUP
    ) == ("A-101")


@pytest.mark.parametrize(
    ("policy", "result"), [("reject", Fault("sku.lookup", "09")), ("skip", Fault(SKIP, "09")), ("keep", "09")]
)
def test_what_the_lookup_does_not_have(policy: str, result: str | Fault) -> None:
    """A code that the lookup lacks is rejected, skipped or kept, as the mapping says."""
    assert one("09", lookup_missing=policy, **LOOKUP) == result
    assert one("02", lookup_missing=policy, **LOOKUP) == "B-201"


def test_lookup_keys_are_text() -> None:
    """1 is not 01."""
    assert one("1", **LOOKUP) == Fault("sku.lookup", "1")


def test_parts_are_joined() -> None:
    """A SKU may be made of several columns; each part is trimmed."""
    assert joined(" TS-1 ", "M").text.to_pylist() == ["TS-1-M"]


@pytest.mark.parametrize(
    ("first", "second", "fault"),
    [
        ("", "M", Fault("sku.missing", "", 0)),
        ("TS", " ", Fault("sku.missing", "", 1)),
        ("TS", "1.5E+12", Fault("code.damaged", "1.5E+12", 1)),
    ],
)
def test_a_part_at_fault_is_named(first: str, second: str, fault: Fault) -> None:
    """Half a code is none: the reason says which column lacks its part."""
    assert joined(first, second).bad == {0: fault}


def test_a_cell_cannot_pose_as_two_parts() -> None:
    """The sign that holds parts apart, inside a cell, makes no other code of it: the row is rejected."""
    found = joined(f"A{PARTS}B", "C", replace={"pattern": "\\s", "with": ""})
    assert found.bad == {0: Fault("code.control", f"A{PARTS}B{PARTS}C")}
    assert found.text.to_pylist() == [""]


def test_the_same_code_for_every_row() -> None:
    """A location that stands in no column is that of every row, after the lookup."""
    found = read_codes(Trimmed([]), CodeSource("location", spec(**LOOKUP), constant="01"), 3)
    assert found.text.to_pylist() == ["A-101"] * 3


def test_a_constant_without_a_code_fails_every_row() -> None:
    """A location that the lookup lacks, or that is empty, is missing in every row."""
    for constant, code in (("09", "location.lookup"), ("", "location.missing")):
        found = read_codes(Trimmed([]), CodeSource("location", spec(**LOOKUP), constant=constant), 2)
        assert [found.bad[at].code for at in range(2)] == [code, code]


@given(st.lists(st.sampled_from(["01", "02", "09", "", "1.5E+5", " 1.5E+5", " 01"]), min_size=1))
def test_a_column_is_read_like_its_cells(texts: list[str]) -> None:
    """Working on distinct texts gives each row what it would have got alone."""
    found = read(texts, **LOOKUP)
    alone = [transform([text.strip()], "sku", spec(**LOOKUP)) for text in texts]
    assert found.text.to_pylist() == [code if isinstance(code, str) else "" for code in alone]
    assert found.bad == {at: code for at, code in enumerate(alone) if isinstance(code, Fault)}

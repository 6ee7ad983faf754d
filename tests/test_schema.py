from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.config import config_context

from sync import reasons
from sync.errors import SetAside
from sync.schema import INVENTORY_ROW, failures

GOOD = ("A-101", "S1", 5)
Failure = tuple[int, str, str]


def frame(*rows: tuple[str, str, int], first: int = 0) -> pd.DataFrame:
    """Put rows into typed columns, indexed from `first`."""
    locations, skus, quantities = zip(*rows, strict=True)
    codes = {"location_code": pd.Series(locations, dtype="str"), "sku_code": pd.Series(skus, dtype="str")}
    found = pd.DataFrame({**codes, "quantity": pd.Series(quantities, dtype="int64")})
    return found.set_axis(range(first, first + len(rows)))


@cache
def found(*rows: tuple[str, str, int]) -> list[Failure]:
    """Give the failures without the value, in the order of the rows."""
    return sorted((at, column, code) for at, column, code, _ in failures(frame(*rows)))


def test_good_rows_have_no_failures() -> None:
    """The bounds themselves are good: one and 255 characters, 0 and 2147483647, and any script."""
    assert found(GOOD, ("A", "\u0130\u015e-1 b", 0), ("A" * 255, "\U0001f4e6" * 255, 2_147_483_647)) == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "code.blank"),
        ("A" * 256, "code.length"),
        ("A\x00", "code.control"),
        ("A\x1fB", "code.control"),
        ("A\nB", "code.control"),
        ("A\x7fB", "code.control"),
        ("A\x85B", "code.control"),
        ("A\u2028B", "code.control"),
        ("A\ufffdB", "code.damaged"),
        (" A", "code.space"),
        ("A\u00a0", "code.space"),
    ],
)
def test_bad_codes(code: str, reason: str) -> None:
    """A code that the tenant would not take, or that was destroyed on its way, has its reason in either column."""
    assert found((code, "S1", 5)) == [(0, "location_code", reason)]
    assert found(("A-101", code, 5)) == [(0, "sku_code", reason)]


def test_a_line_end_behind_a_code_is_seen() -> None:
    """`123` and a line end is not 123, as `$` in a pattern would have it."""
    assert found(("A", "123\n", 5)) == [(0, "sku_code", "code.control"), (0, "sku_code", "code.space")]


@pytest.mark.parametrize(
    ("quantity", "reason"), [(-1, "quantity.negative"), (2**31, "quantity.range"), (2**62, "quantity.range")]
)
def test_bad_quantities(quantity: int, reason: str) -> None:
    """Below zero and above 2147483647 no quantity goes."""
    assert failures(frame(("A", "S", quantity))) == [(0, "quantity", reason, str(quantity))]


def test_rows_keep_their_labels_and_values() -> None:
    """A failure names the label of its row and what stands there."""
    assert failures(frame(GOOD, ("A", " S", 1), first=70)) == [(71, "sku_code", "code.space", " S")]


CODES = st.sampled_from(["A", "", "A\n", "A\ufffd"])
QUANTITIES = st.sampled_from([5, -1, 2**31])


@given(st.lists(st.tuples(CODES, CODES, QUANTITIES), min_size=1, max_size=8))
@settings(max_examples=25)  # each of them costs pandera some milliseconds
def test_no_bad_row_hides_another(rows: list[tuple[str, str, int]]) -> None:
    """Together rows have exactly the failures that each has alone."""
    alone = [(at, column, code) for at, row in enumerate(rows) for _, column, code in found(row)]
    assert found(*rows) == sorted(alone)


@pytest.mark.parametrize(
    "quantities",
    [
        [3.5, 4.0],
        [3.0, 4.0],
        [True, False],
        ["3", "4"],
        [None, 4],
        [float("nan"), 4],
        pd.Series([3, 4], dtype="int32"),
        pd.Series([3, None], dtype="Int64"),
    ],
)
def test_nothing_is_made_to_fit(quantities: Any) -> None:
    """A quantity column of any other type fails the whole file; no value of it is turned into a number."""
    with pytest.raises(SetAside, match="nothing of the file is sent"):
        failures(frame(GOOD, GOOD).assign(quantity=quantities))


def test_a_number_is_no_code() -> None:
    """A column of numbers where codes should be fails the whole file."""
    with pytest.raises(SetAside, match="location_code"):
        failures(frame(GOOD).assign(location_code=[5]))


@pytest.mark.parametrize("column", ["location_code", "sku_code"])
def test_a_code_that_is_not_there_fails_the_file(column: str) -> None:
    """A null is no row with a reason: something went wrong before."""
    with pytest.raises(SetAside):
        failures(frame(GOOD, GOOD).assign(**{column: pd.Series(["S1", None], dtype="str")}))


@pytest.mark.parametrize("columns", [["location_code", "sku_code"], ["sku_code", "quantity"]])
def test_a_missing_column_fails_the_file(columns: list[str]) -> None:
    """A failure that names no row is a fault of the whole file."""
    with pytest.raises(SetAside):
        failures(frame(GOOD)[columns])


def test_a_column_too_many_fails_the_file() -> None:
    """So is a column that nobody expects, even beside bad rows."""
    with pytest.raises(SetAside):
        failures(frame(("", "", -1)).assign(price=1.5))


def test_what_is_judged_is_not_changed() -> None:
    """The schema judges; it writes nothing into the rows."""
    rows = frame(GOOD, ("", " S", -1))
    before = rows.copy()
    failures(rows)
    pd.testing.assert_frame_equal(rows, before)


def test_the_schema_never_coerces() -> None:
    """Coercion turns 3.5 into 3: no column asks for it."""
    assert not INVENTORY_ROW.coerce
    assert not any(column.coerce for column in INVENTORY_ROW.columns.values())


@pytest.mark.parametrize("setting", [{"validation_enabled": False}, {"validation_depth": "SCHEMA_ONLY"}])
def test_pandera_cannot_be_switched_off(setting: Any) -> None:
    """Whatever the environment or another program tells pandera, rows are judged."""
    with config_context(**setting):
        assert len(failures(frame(("", "S", -1)))) == 2


def test_every_reason_has_its_words() -> None:
    """What the schema says of a row is in the table of reasons; a blank code is found before it comes here."""
    names = {check.name for column in INVENTORY_ROW.columns.values() for check in column.checks}
    assert names - {"code.blank"} <= reasons.REASONS.keys()

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.mapping.quantity import (
    LARGEST,
    RESULT,
    Cell,
    Column,
    Notation,
    Policy,
    combine,
    read_column,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBERS = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**14), 10**14), st.integers(0, 6)
)


def column(texts: Sequence[str], pointed: Sequence[int] = ()) -> Column:
    return read_column(pa.array(texts, pa.string()), Notation("."), pointed)


@pytest.mark.parametrize(
    ("value", "policy", "result"),
    [
        ("3", Policy(), 3),
        ("-0", Policy(), 0),
        ("3.0", Policy(), 3),
        ("1.9", Policy(), "quantity.fraction"),
        ("1.9", Policy(fraction="floor"), 1),
        ("2.5", Policy(fraction="round"), 3),
        ("2.4999", Policy(fraction="round"), 2),
        ("-1", Policy(), "quantity.negative"),
        ("-0.1", Policy(fraction="round"), "quantity.negative"),
        ("-1", Policy(negative="zero"), 0),
        ("1e18", Policy(), "quantity.range"),
        ("1e400", Policy(), "quantity.range"),
    ],
)
def test_what_the_tenant_would_not_take(value: str, policy: Policy, result: int | str) -> None:
    """Fractions, numbers below zero and beyond any range go by the mapping's policy, else they are refused."""
    assert whole_number(Decimal(value), policy) == result


POLICIES = st.builds(
    Policy, st.sampled_from(["reject", "zero"]), st.sampled_from(["reject", "floor", "round"])
)
FEW = st.one_of(
    st.integers(0, 10**12).map(Decimal),
    NUMBERS,
    st.sampled_from(["", "x", "1,500", "999999999999999", "1000000000000000", "1" * 19, "0"]),
)
ROWS = st.lists(
    st.tuples(FEW, FEW, FEW, st.sampled_from(["1", "12", "0.5", "999999999999"])), min_size=1, max_size=8
)


def worked_out(cells: Sequence[Cell], factor: str, policy: Policy) -> int | list[tuple[int, str]]:
    """Do the sum again with fractions: exact by nature, and nothing of ours."""
    bad = [(at, read) for at, read in enumerate(cells) if isinstance(read, str)]
    if bad:
        return bad
    first, *rest = map(Fraction, cells)
    value = (first - sum(rest)) * Fraction(factor)
    if value < 0:
        return 0 if policy.negative == "zero" else [(RESULT, "quantity.negative")]
    if value.denominator > 1 and policy.fraction == "reject":
        return [(RESULT, "quantity.fraction")]
    whole = math.floor(value + (Fraction(1, 2) if policy.fraction == "round" else 0))
    return whole if whole < LARGEST else [(RESULT, "quantity.range")]


@given(ROWS, POLICIES)
def test_sums_are_exact(
    rows: list[tuple[Decimal | str, Decimal | str, Decimal | str, str]], policy: Policy
) -> None:
    """(first - subtract) * factor equals the sum done with fractions, and every cell at fault is named."""
    *parts, factor = (column([str(row[at]) for row in rows]) for at in range(4))
    total, bad = combine(parts[0], parts[1:], factor, policy=policy)
    for at, row in enumerate(rows):
        expected = worked_out([part.value(at) for part in parts], row[3], policy)
        assert (bad[at] if at in bad else int(total[at])) == expected
        assert isinstance(expected, int) or total[at] == -1
    assert total.dtype == np.int64


def test_a_workbooks_smallest_number_breaks_nothing() -> None:
    """1E-300 in a number cell is a fraction like any other, also where something is taken off it."""
    tiny = column(["0." + "0" * 299 + "1"], pointed=[0])
    total, bad = combine(column(["5"]), [tiny], None, policy=Policy())
    assert bad == {0: [(RESULT, "quantity.fraction")]}
    assert total.tolist() == [-1]

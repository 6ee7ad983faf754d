"""Quantity text -> whole numbers, exactly; nothing is guessed.

Plain digits go through vectorised; every other distinct text is read once with Decimal. Blank is not zero, `1,500` with
nothing declared is ambiguous, and a number cell of a workbook (its text has a decimal point) is read as what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, Inexact, localcontext
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

PLAIN = r"^[0-9]{1,15}$"  # what an int64 holds with room to multiply
LARGEST = 10**18
SMALL_FACTOR = 10**6
LONGEST = 40  # characters of a number that is still read
EXACT = Context(prec=200, traps=[Inexact])
RESULT = -1
BLANK = "quantity.blank"
READINGS = ((".", ","), (",", "."))
Cell = Decimal | str  # a number, or the code of the reason why not


@dataclass(frozen=True, slots=True)
class Notation:
    """How a mapping says that numbers are written."""

    decimal: str | None = None
    thousands: str | None = None
    empty: frozenset[str] = frozenset()


class Column(NamedTuple):
    """One column read. `whole` holds int64 where `plain`; elsewhere `odd` holds a Decimal or a reason code."""

    whole: npt.NDArray[np.int64]
    plain: npt.NDArray[np.bool_]
    odd: npt.NDArray[np.object_]

    def value(self, at: int) -> Cell:
        """Give one row's number, or its reason code."""
        found: Cell = Decimal(int(self.whole[at])) if self.plain[at] else self.odd[at]
        return found


def read_column(cells: pa.StringArray, notation: Notation, pointed: Sequence[int] = ()) -> Column:
    """Read a column of text; `pointed` are the positions of number cells whose text has a decimal point."""
    text = pc.utf8_trim_whitespace(cells)
    plain = pc.match_substring_regex(text, PLAIN)
    whole = pc.cast(pc.if_else(plain, text, "0"), pa.int64()).to_numpy(zero_copy_only=False)
    mask = plain.to_numpy(zero_copy_only=False)
    odd = np.empty(len(text), dtype=np.object_)
    if not mask.all():
        where = np.flatnonzero(~mask)
        rest = pc.dictionary_encode(text.take(pa.array(where)))
        read = np.array(
            [read_number(value, notation) for value in rest.dictionary.to_pylist()], dtype=np.object_
        )
        odd[where] = read[rest.indices.to_numpy(zero_copy_only=False)]
    if len(pointed):
        for at in pointed:
            odd[at] = Decimal(text[at].as_py())
        mask = mask.copy()
        mask[list(pointed)] = False
    return Column(whole, mask, odd)


def read_number(text: str, notation: Notation) -> Cell:
    """Read one trimmed text as a number, or name the reason why it is none."""
    if not text or text in notation.empty:
        return BLANK
    sign, digits = _sign(text)
    if len(digits) > LONGEST or not re.search("[0-9]", digits):
        return "quantity.text"
    plain = (
        _declared(digits, notation.decimal, notation.thousands)
        if notation.decimal or notation.thousands
        else _undeclared(digits)
    )
    if plain is not None:
        return sign * Decimal(plain)
    return (
        "quantity.ambiguous" if any(_declared(digits, *reading) for reading in READINGS) else "quantity.text"
    )


def _sign(text: str) -> tuple[int, str]:
    """Split off a minus before the number, or after it as SAP writes it. A plus may mean a change, so it stays."""
    if text.startswith("-"):
        return -1, text[1:].lstrip()
    if text.endswith("-"):
        return -1, text[:-1].rstrip()
    return 1, text


def _declared(digits: str, decimal: str | None, thousands: str | None) -> str | None:
    """Read with the declared signs alone; with only thousands declared, the other of `.` and `,` is the decimal sign."""
    decimal = decimal or {".": ",", ",": "."}.get(thousands or "", ".")
    mark, point = re.escape(thousands or ""), re.escape(decimal)
    groups = rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    if not re.fullmatch(rf"(?:{groups})(?:{point}[0-9]*)?|{point}[0-9]+", digits):
        return None
    return digits.replace(thousands or decimal, "" if thousands else ".").replace(decimal, ".")


def _undeclared(digits: str) -> str | None:
    """Read what can be read in one way only: `1,500` cannot, `12.0`, `1,500.00` and `1.234.567` can."""
    readings = {reading for signs in READINGS if (reading := _declared(digits, *signs)) is not None}
    return readings.pop() if len({Decimal(reading) for reading in readings}) == 1 else None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a mapping says about numbers that the tenant would not take."""

    negative: str = "reject"  # reject | zero
    fraction: str = "reject"  # reject | floor | round (half away from zero)


def whole_number(value: Decimal, policy: Policy) -> int | str:
    """Turn an exact number into the quantity to send, or name the reason why not."""
    if value < 0:
        return 0 if policy.negative == "zero" else "quantity.negative"
    if value != value.to_integral_value():
        if policy.fraction == "reject":
            return "quantity.fraction"
        value = value.to_integral_value(ROUND_FLOOR if policy.fraction == "floor" else ROUND_HALF_UP)
    return int(value) if value < LARGEST else "quantity.range"


def combine(
    first: Column, subtract: Sequence[Column], factor: Column | None, *, policy: Policy
) -> tuple[npt.NDArray[np.int64], dict[int, tuple[int, str]]]:
    """Work out (first - subtract...) * factor for each row.

    Returns int64[n] (-1 where there is none) and, for each row without a quantity, the column at fault (0 = first,
    1.. = subtract, RESULT = what came out) with the reason code. A factor that is at fault itself counts as 1.
    """
    columns = (first, *subtract)
    plain = np.logical_and.reduce([column.plain for column in columns])
    total = first.whole - sum(column.whole for column in subtract)
    if factor is not None:
        plain &= factor.plain & (factor.whole <= SMALL_FACTOR) & (np.abs(total) <= LARGEST // SMALL_FACTOR)
        total = np.where(plain, total, 0) * np.where(plain, factor.whole, 1)
    plain &= total >= 0
    bad: dict[int, tuple[int, str]] = {}
    with localcontext(EXACT):
        for at in np.flatnonzero(~plain).tolist():
            result = _combine_one(at, columns, factor, policy=policy)
            total[at] = result if isinstance(result, int) else -1
            if not isinstance(result, int):
                bad[at] = result
    return total, bad


def _combine_one(
    at: int, columns: Sequence[Column], factor: Column | None, *, policy: Policy
) -> int | tuple[int, str]:
    values: list[Decimal] = []
    for which, column in enumerate(columns):
        value = column.value(at)
        if isinstance(value, str):
            return which, value
        values.append(value)
    times = factor.value(at) if factor is not None else None
    result = whole_number(
        (values[0] - sum(values[1:])) * (times if isinstance(times, Decimal) else 1), policy
    )
    return (RESULT, result) if isinstance(result, str) else result

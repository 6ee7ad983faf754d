"""Quantity text -> whole numbers, exactly; nothing is guessed.

Each distinct text is read once, plain and grouped digits vectorised, the rest with Decimal. Blank is not zero, `1,500` with nothing
declared is ambiguous, and a number cell of a workbook (its text has a decimal point) is read as what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, Inexact, localcontext
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

PLAIN = r"^[0-9]{1,15}$"  # what an int64 holds with room to multiply
GROUPED = r"^[1-9][0-9]{{0,2}}(?:{}[0-9]{{3}}){{1,4}}$"  # likewise
LARGEST_PLAIN = 10**15
LARGEST = 10**18
SMALL_FACTOR = 10**6
LONGEST = 40  # characters of a number that is still read
EXACT = Context(prec=1_000, traps=[Inexact])  # a workbook's smallest numbers have 323 decimals
RESULT = -1
BLANK = "quantity.blank"
READINGS = ((".", ","), (",", "."))
Cell = Decimal | str  # a number, or the code of the reason why not
# The column at fault (0 = first, 1.. = subtract, RESULT = what came out) and the reason code.
Why = tuple[int, str]


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
    distinct = pc.dictionary_encode(pc.utf8_trim_whitespace(cells))
    at_text = distinct.indices.to_numpy(zero_copy_only=False)
    column = Column(*(part[at_text] for part in _read_texts(distinct.dictionary, notation)))
    for at in pointed:
        text = distinct.dictionary[at_text[at]].as_py()
        column.plain[at] = False
        column.odd[at] = BLANK if text in notation.empty else Decimal(text)
    return column


def _read_texts(texts: pa.StringArray, notation: Notation) -> Column:
    """Read distinct texts; whole numbers in any notation become plain, so that rows need no Decimal."""
    blank = pc.is_in(texts, pa.array(sorted(notation.empty), pa.string()))
    bare = _ungrouped(texts, notation.thousands)
    digits = pc.and_not(pc.match_substring_regex(bare, PLAIN), blank)
    whole, plain = np.array(pc.cast(pc.if_else(digits, bare, "0"), pa.int64())), np.array(digits)
    odd = np.empty(len(texts), dtype=np.object_)
    where = np.flatnonzero(~plain)
    for at, text in zip(where.tolist(), texts.take(pa.array(where)).to_pylist(), strict=True):
        value = read_number(text, notation)
        if isinstance(value, Decimal) and abs(value) < LARGEST_PLAIN and value == int(value):
            whole[at], plain[at] = int(value), True
        else:
            odd[at] = value
    return Column(whole, plain, odd)


def _ungrouped(texts: pa.StringArray, thousands: str | None) -> pa.StringArray:
    """Take the declared thousands signs out of whole numbers; every other text stays as it is."""
    if not thousands:
        return texts
    grouped = pc.match_substring_regex(texts, GROUPED.format(re.escape(thousands)))
    return pc.if_else(grouped, pc.replace_substring(texts, thousands, ""), texts)


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
        return Decimal(sign + plain)
    return (
        "quantity.ambiguous" if any(_declared(digits, *reading) for reading in READINGS) else "quantity.text"
    )


def _sign(text: str) -> tuple[str, str]:
    """Split off a minus before the number, or after it as SAP writes it. A plus may mean a change, so it stays."""
    if text.startswith("-"):
        return "-", text[1:].lstrip()
    if text.endswith("-"):
        return "-", text[:-1].rstrip()
    return "", text


def _declared(digits: str, decimal: str | None, thousands: str | None) -> str | None:
    """Read with the declared signs alone; with only thousands declared, the other of `.` and `,` is the decimal sign."""
    decimal = decimal or {".": ",", ",": "."}.get(thousands or "", ".")
    if not _form(decimal, thousands).fullmatch(digits):
        return None
    return digits.replace(thousands or decimal, "" if thousands else ".").replace(decimal, ".")


@cache
def _form(decimal: str, thousands: str | None) -> re.Pattern[str]:
    mark, point = re.escape(thousands or ""), re.escape(decimal)
    groups = rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    return re.compile(rf"(?:{groups})(?:{point}[0-9]*)?|{point}[0-9]+")


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
) -> tuple[npt.NDArray[np.int64], dict[int, list[Why]]]:
    """Work out (first - subtract...) * factor for each row.

    Returns int64[n] (-1 where there is none) and, for each row without a quantity, every reason why. A factor that is
    at fault itself counts as 1.
    """
    columns = (first, *subtract)
    plain = np.logical_and.reduce([column.plain for column in columns])
    total = first.whole - sum(column.whole for column in subtract)
    if factor is not None:
        plain &= factor.plain & (factor.whole <= SMALL_FACTOR) & (np.abs(total) <= LARGEST // SMALL_FACTOR)
        total = np.where(plain, total, 0) * np.where(plain, factor.whole, 1)
    plain &= total >= 0
    bad: dict[int, list[Why]] = {}
    with localcontext(EXACT):
        for at in np.flatnonzero(~plain).tolist():
            result = _combine_one(at, columns, factor, policy=policy)
            total[at] = result if isinstance(result, int) else -1
            if not isinstance(result, int):
                bad[at] = result
    return total, bad


def _combine_one(
    at: int, columns: Sequence[Column], factor: Column | None, *, policy: Policy
) -> int | list[Why]:
    numbers: list[Decimal] = []
    bad: list[Why] = []
    for which, column in enumerate(columns):
        value = column.value(at)
        if isinstance(value, str):
            bad.append((which, value))
        else:
            numbers.append(value)
    if bad:
        return bad
    times = factor.value(at) if factor is not None else None
    result = whole_number(
        (numbers[0] - sum(numbers[1:])) * (times if isinstance(times, Decimal) else 1), policy
    )
    return [(RESULT, result)] if isinstance(result, str) else result

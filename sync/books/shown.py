"""A stored number or moment -> its text as a person sees it, and what is not true about that text.

One rule for workbooks of every kind. Whole numbers come without a point, fractions with at most the 15 digits that a
spreadsheet keeps; a date, a truth value and an error are shown as text, and marked as neither code nor quantity.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal

from sync.books.numberformat import DIGIT, Style

DIGITS_MAX = 15  # a spreadsheet's number has no more
WRITTEN_MAX = 400  # characters in which any number can be written
PLAIN = re.compile(r"0|-?[1-9][0-9]{0,14}")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
FROM_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
FROM_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - likewise
DAYS_MAX = 3_000_000  # more than the days of 8,000 years
LEAP = 60  # the day 29 February 1900, which a spreadsheet counts though it never was

Shown = tuple[str, str | None]  # text, code of the fault


def shown(stored: str | float, style: Style, epoch: datetime) -> Shown:
    """Show a number under its style; `epoch` is FROM_1900 or FROM_1904."""
    text = stored if isinstance(stored, str) else _written(stored)
    if PLAIN.fullmatch(text) and not any(style):
        return text, None
    if len(text) > WRITTEN_MAX or not NUMBER.fullmatch(text.strip()) or not math.isfinite(float(text)):
        return text, "cell.error"
    # 0.1 + 0.2 is 0.3 in a spreadsheet: digits beyond the 15th are noise of binary arithmetic.
    number = Decimal(format(float(text), f".{DIGITS_MAX}g"))
    if style.moment and abs(number) < DAYS_MAX:
        return (duration(float(number) * 86400) if style.duration else _day(number, epoch)), "cell.date"
    if style.moment:
        return format(number, "f"), "cell.date"
    if number != number.to_integral_value():
        return format(number, "f"), "cell.fraction"
    return _whole(text, number, style)


def truth(*, value: bool) -> Shown:
    """Show a truth value."""
    return ("TRUE" if value else "FALSE"), "cell.boolean"


def moment(value: datetime) -> str:
    """Show a day, with the time where there is one."""
    return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")


def duration(seconds: float) -> str:
    """Show a duration as 30:05:00."""
    whole = abs(round(seconds))
    sign = "-" if seconds < 0 and whole else ""
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def _written(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 10**DIGITS_MAX else repr(value)


def _whole(stored: str, number: Decimal, style: Style) -> Shown:
    digits = str(int(number))
    if len(digits.lstrip("-")) > DIGITS_MAX:
        return str(int(Decimal(stored))), "cell.digits"
    if number < 0:
        return digits, None
    return (_masked(digits, style.mask) if style.mask else digits.zfill(style.zeros)), None


def _masked(digits: str, mask: str) -> str:
    """Put digits in their places, from the right; the first place takes what is left over."""
    pieces = mask.split(DIGIT)
    places = len(pieces) - 1
    digits = digits.zfill(places)
    surplus = len(digits) - places
    filled = [digits[: surplus + 1], *digits[surplus + 1 :], ""]
    return "".join(piece + digit for piece, digit in zip(pieces, filled, strict=True))


def _day(number: Decimal, epoch: datetime) -> str:
    days, seconds = int(number // 1), round(float(number % 1) * 86400)
    if number < 0:
        return format(number, "f")
    if number < 1:
        return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    try:
        before_leap = epoch == FROM_1900 and days < LEAP
        return moment(epoch + timedelta(days=days + before_leap, seconds=seconds))
    except OverflowError:
        return format(number, "f")

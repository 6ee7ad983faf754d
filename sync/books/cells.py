"""One stored cell of a workbook -> its text as a person sees it, and what is not true about that text.

Whole numbers come without a point, fractions with at most the 15 digits that a spreadsheet keeps; a date, a truth value
and an error are shown as text, and marked as neither code nor quantity.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel

from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sync.books.sheetxml import RawCell

DIGITS_MAX = 15  # a spreadsheet's number has no more
ZEROS = re.compile("0{2,}")  # the number format that shows 42 as 00042
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
PLAIN = re.compile(r"0|-?[1-9][0-9]{0,14}")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
# Built-in formats of East Asian Excel: dates, which openpyxl does not list.
EAST_ASIAN_DATES = {*range(27, 37), *range(50, 59)}

Shown = tuple[str, str | None]  # text, code of the fault


class Style(NamedTuple):
    """What a cell style does to a number: shows it as a moment or a duration, or with leading zeros."""

    moment: bool = False
    duration: bool = False
    zeros: int = 0


def style(number_format: int, declared: Mapping[int, str]) -> Style:
    """Read a number format, by its id and the formats that the workbook declares."""
    code = declared.get(number_format, BUILTIN_FORMATS.get(number_format, "General"))
    east_asian = number_format in EAST_ASIAN_DATES and number_format not in declared
    zeros = len(code) if ZEROS.fullmatch(code) else 0
    return Style(east_asian or is_date_format(code), is_timedelta_format(code), zeros)


@dataclass(frozen=True, slots=True)
class CellReader:
    """Knows a workbook's shared texts, its styles and the day from which it counts."""

    texts: Sequence[str]
    styles: Sequence[Style]
    epoch: datetime

    def read(self, cell: RawCell) -> Shown:
        """Give the text of a cell and the code of its fault, None where there is none."""
        text = cell.text
        if text is None:
            return "", "cell.formula" if cell.formula else None
        if cell.kind == "n":
            return self._number(text, cell.style)
        if cell.kind == "s":
            return _plain_text(self._shared(text)), None
        return _other(cell.kind, text)

    def _shared(self, index: str) -> str:
        try:
            return self.texts[int(index)]
        except (IndexError, ValueError) as error:
            raise SetAside(
                "The workbook is damaged: a cell's text is not in it. Open it and save it anew."
            ) from error

    def _number(self, text: str, style_id: int) -> Shown:
        style = self._style(style_id)
        if not any(style) and PLAIN.fullmatch(text):
            return text, None
        if not NUMBER.fullmatch(text.strip()) or not math.isfinite(float(text)):
            return text, "cell.error"
        # 0.1 + 0.2 is 0.3 in a spreadsheet: digits beyond the 15th are noise of binary arithmetic.
        number = Decimal(format(float(text), f".{DIGITS_MAX}g"))
        if style.moment:
            return _moment(number, self.epoch, duration=style.duration), "cell.date"
        if number != number.to_integral_value():
            return format(number, "f"), "cell.fraction"
        return _whole(text, number, style.zeros)

    def _style(self, style_id: int) -> Style:
        if not style_id and not self.styles:
            return Style()
        try:
            return self.styles[style_id]
        except IndexError as error:  # then a date cannot be told from a number
            raise SetAside(
                "The workbook is damaged: a cell's style is not in it. Open it and save it anew."
            ) from error


def _whole(stored: str, number: Decimal, zeros: int) -> Shown:
    digits = str(int(number))
    if len(digits.lstrip("-")) > DIGITS_MAX:
        return str(int(Decimal(stored))), "cell.digits"
    return (digits.zfill(zeros) if number >= 0 else digits), None


def _moment(number: Decimal, epoch: datetime, *, duration: bool) -> str:
    try:
        value = from_excel(float(number), epoch, timedelta=duration)
    except (OverflowError, ValueError):
        return format(number, "f")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time() == time()
            else value.isoformat(sep=" ", timespec="seconds")
        )
    return value.isoformat(timespec="seconds") if isinstance(value, time) else str(value)


def _other(kind: str, text: str) -> Shown:
    if kind == "b":
        return ("FALSE" if text.strip() in {"0", "false"} else "TRUE"), "cell.boolean"
    if kind == "e":
        return text, "cell.error"
    if kind == "d":
        return text.removesuffix("T00:00:00"), "cell.date"
    return _plain_text(text), None


def _plain_text(text: str) -> str:
    """Undo the workbook's way of writing characters that XML cannot hold: _x000D_ is a carriage return."""
    return ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escaped: re.Match[str]) -> str:
    character = chr(int(escaped[1], 16))
    return escaped[0] if "\ud800" <= character <= "\udfff" else character

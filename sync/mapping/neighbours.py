"""A whole column of codes -> those that its other codes show to be damaged: dates, `123.0`, lost leading zeros.

A `Census` counts while the column goes by, block after block; only where it finds a reason does a `Verdict` look again,
at distinct texts. A catalogue of mixed forms is normal: nothing is judged without strong evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync.gtin import is_gtin
from sync.mapping import dates
from sync.mapping.signs import BEYOND_ASCII, COMMA, DATE_MARK, DIGIT, OTHER, SMALL, SPACE, signs

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

DIGITS = r"^[0-9]+$"
POINT = r"^[0-9]+[.,]0$"
FRACTION = r"^[0-9]+[.,][0-9]+$"
MOST = 0.2  # of a column may be damaged; more is its own way of writing
OWN_FORM = 0.8  # of the codes in a date's form must be dates
FEWEST_WHOLE = 5  # whole numbers that show what `123.0` was
SHORTEST_WHOLE = 3  # digits before `.0` where all codes end so
ALL = 0.9
FEWEST_WIDE = 20  # codes of one width
FEWEST_ZEROS = 3  # of them that begin with 0
FEWEST_DEEP = 2  # of them that begin with as many zeros as a short one would have lost
WIDEST = 64


class Damage(NamedTuple):
    """What is wrong with a code: the reason's code, and what a person is shown."""

    code: str
    shown: str


class Looked(NamedTuple):
    """One look at the codes of a block: how many distinct ones, those of digits only, those that look odd."""

    filled: int
    digits: pa.StringArray
    odd: pa.StringArray  # what may be a date or a number with a point
    worded: pa.StringArray  # what may name a total


def look(texts: pa.StringArray) -> Looked:
    """Look at a column of a block: its distinct texts, trimmed."""
    texts = _where(texts, pc.not_equal(texts, "").to_numpy(zero_copy_only=False))
    kinds = signs(texts)
    number = kinds & ~np.uint8(DIGIT | DATE_MARK | COMMA | SPACE | OTHER) == 0
    month = (kinds & (SMALL | BEYOND_ASCII) != 0) & (kinds & (SPACE | DATE_MARK) != 0)
    words = (kinds & DIGIT == 0) | (kinds & (SPACE | BEYOND_ASCII) != 0)
    return Looked(
        filled=len(texts),
        digits=_where(texts, kinds == DIGIT),
        odd=_where(texts, (number | month) & (kinds & DIGIT != 0) & (kinds != DIGIT)),
        worded=_where(texts, words),
    )


def _where(texts: pa.StringArray, these: npt.NDArray[np.bool_]) -> pa.StringArray:
    return texts if these.all() else texts.filter(pa.array(these))


class Census:
    """What the distinct codes of one column look like, counted block by block."""

    def __init__(self, *, text_file: bool) -> None:
        self.text_file = text_file  # in a workbook a date is a date cell
        self.filled = 0
        self.forms = np.zeros(len(dates.FORMS), np.int64)
        self.points = self.fractions = 0
        self.widths, self.zero_led = np.zeros(WIDEST + 1, np.int64), np.zeros(WIDEST + 1, np.int64)

    def add(self, looked: Looked) -> None:
        """Count the codes of one block."""
        self.filled += looked.filled
        self.widths += _widths(looked.digits)
        if len(looked.digits):
            self.zero_led += _widths(looked.digits.filter(pc.starts_with(looked.digits, "0")))
        odd = looked.odd
        if len(odd):
            self.forms += [_count(odd, form) for form in dates.FORMS]
            self.points += _count(odd, POINT)
            self.fractions += _count(odd, FRACTION) - _count(odd, POINT)

    def reasons(self) -> Iterator[str]:
        """Name the patterns of the texts that deserve a second look."""
        if self.text_file:
            for form, count in zip(dates.FORMS, self.forms.tolist(), strict=True):
                if 0 < count <= MOST * self.filled:
                    yield form
        if self.points and not self.fractions:
            yield POINT
        if self._may_have_lost_zeros():
            yield DIGITS

    def _may_have_lost_zeros(self) -> bool:
        width = int(np.argmax(self.widths))
        shorter = int(self.widths[:width].sum())
        return bool(
            self.widths[width] >= FEWEST_WIDE
            and self.zero_led[width] >= FEWEST_ZEROS
            and not self.widths[width + 1 :].any()
            and 0 < shorter <= MOST * self.widths[width]
            and not self.zero_led[:width].any()
            and self.widths.sum() >= ALL * self.filled
        )


def _widths(texts: pa.StringArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    lengths = np.minimum(pc.binary_length(texts).to_numpy(zero_copy_only=False), WIDEST)
    return np.bincount(lengths, minlength=WIDEST + 1).astype(np.int64)


def _count(texts: pa.StringArray, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(texts, pattern)).as_py() or 0)


class Verdict:
    """The second look at one column: distinct texts of the suspected patterns, and what is wrong with which."""

    def __init__(self, census: Census, patterns: list[str]) -> None:
        self.census = census
        self.texts: dict[str, set[str]] = {pattern: set() for pattern in patterns}

    def add(self, cells: pa.StringArray) -> None:
        """Take in the codes of one block; they are trimmed."""
        for pattern, texts in self.texts.items():
            mask = (
                pc.ascii_is_decimal(cells) if pattern == DIGITS else pc.match_substring_regex(cells, pattern)
            )
            texts.update(pc.unique(cells.filter(mask)).to_pylist())

    def damaged(self) -> dict[str, Damage]:
        """Give the codes that are damaged."""
        found: dict[str, Damage] = {}
        for pattern, texts in self.texts.items():
            if pattern == DIGITS:
                found |= _without_zeros(texts)
            elif pattern == POINT:
                found |= {text: Damage("code.damaged", text) for text in _with_point(texts, self.census)}
            else:
                found |= {text: Damage("code.damaged", text) for text in _dated(texts, pattern)}
        return found


def _dated(texts: set[str], form: str) -> set[str]:
    """Give the dates among the texts of one form, where nearly all of them are dates."""
    if form == dates.FORMS[-1]:
        found = {text for text in texts if dates.is_numeric_date(text)}
    else:
        months = {text: dates.month(text) for text in texts}
        sure = any(name in dates.SURE for name in months.values())
        found = {text for text, name in months.items() if name and (sure or name in dates.SURE)}
    return found if len(found) >= OWN_FORM * len(texts) else set()


def _with_point(texts: set[str], census: Census) -> set[str]:
    """Give the `123.0` that whole numbers of the column, or all its codes together, show to be 123."""
    widths = np.flatnonzero(census.widths)
    if census.widths.sum() >= FEWEST_WHOLE:
        return {text for text in texts if widths[0] <= len(text) - 2 <= widths[-1]}
    if census.points >= max(FEWEST_WHOLE, ALL * census.filled):
        return {text for text in texts if len(text) - 2 >= SHORTEST_WHOLE}
    return set()


def _without_zeros(texts: set[str]) -> dict[str, Damage]:
    """Give the short codes that have lost leading zeros, as those of full width show that still have theirs."""
    width = max(map(len, texts))
    wide = [text for text in texts if len(text) == width]
    short = [text for text in texts if len(text) < width]
    zeros = np.array([width - len(text.lstrip("0")) for text in wide])
    if len(wide) < FEWEST_WIDE or np.count_nonzero(zeros) < FEWEST_ZEROS or len(short) > MOST * len(wide):
        return {}
    lost = [text for text in short if not is_gtin(text)]
    deep = [np.count_nonzero(zeros >= many) for many in range(width + 1)]
    lost = [text for text in lost if deep[width - len(text)] >= FEWEST_DEEP]
    twice = {text for text in lost if text.rjust(width, "0") in texts}
    if len(twice) * 2 < len(lost):  # a few short codes beside long ones that end alike: both are meant
        lost = [text for text in lost if text not in twice]
    example = max(wide, key=lambda text: (len(text) - len(text.lstrip("0")), text))
    return {
        text: Damage("code.zeros", f"{text}, where the others have {width} digits, as {example}")
        for text in lost
    }

"""A spreadsheet's number format -> what it does to a number: shows it as a moment, a duration, or a padded code."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

# Formats that a workbook uses without declaring them.
DATES = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}  # 27.. and 50..: of East Asian Excel
DURATIONS = {46}

# What a format holds besides its letters: "text", \x a literal, _x a gap, *x a filling, [colour], [condition] ...
LITERALS = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[[^\]]*\]|(AM/PM|A/P)', re.IGNORECASE | re.DOTALL)
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
CONDITION = re.compile(r"\[[<>=]")
DATE_LETTERS = re.compile("[dmyhs]|ggge|aaa", re.IGNORECASE)
WORDS = {"", "@", "general", "standard", "text"}  # formats by name that show a value as it is
BARE = "-/ ():'"  # signs that need no quotes
MASK_MAX = 60

DIGIT = "\0"  # in a mask: the place of a digit


class Style(NamedTuple):
    """What a cell style does to a number.

    `mask` is there where a code's format holds more than zeros: 000-000 shows 42 as 000-042.
    """

    moment: bool = False
    duration: bool = False
    zeros: int = 0
    mask: str = ""


PLAIN = Style()


def style_of(number_format: int, declared: Mapping[int, str]) -> Style:
    """Read a number format, by its id and the formats that the workbook declares."""
    if number_format in declared:
        return style(declared[number_format])
    return Style(moment=number_format in DATES, duration=number_format in DURATIONS)


@lru_cache(1024)
def style(code: str) -> Style:
    """Read a number format as people write it: yyyy-mm-dd, 00000, [h]:mm ..."""
    if code.strip().casefold() in WORDS:
        return PLAIN
    section = _first_section(code)
    elapsed = bool(ELAPSED.search(section))
    bare = LITERALS.sub("", section)
    if elapsed or DATE_LETTERS.search(bare):
        return Style(moment=True, duration=elapsed)
    if re.fullmatch("0{2,}", section):
        return Style(zeros=len(section))
    return Style(mask=_mask(section))


def _first_section(code: str) -> str:
    """Take what holds for positive numbers: all up to the first semicolon that is no literal."""
    found = re.match(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])*', code, re.DOTALL)
    return found[0] if found else code


def _mask(section: str) -> str:
    """Give the mask of a format that is made for codes.

    Those have several zeros, or letters before the only one: SKU-0. A unit behind it (0 "pcs") makes no code of a
    quantity.
    """
    mask = ""
    for part in re.finditer(r'"([^"]*)"|\\(.)|[_*].|\[[^\]]*\]|(.)', section, re.DOTALL):
        bare = part[3]
        if CONDITION.match(part[0]):
            return ""
        if bare is not None and bare != "0" and bare not in BARE:
            return ""
        mask += DIGIT if bare == "0" else part[1] or part[2] or bare or ""
    before, _, _ = mask.partition(DIGIT)
    made_for_codes = mask.count(DIGIT) > 1 or (DIGIT in mask and any(map(str.isalnum, before)))
    return mask if made_for_codes and len(mask) <= MASK_MAX else ""

"""One cell of an HTML table -> its text as a person sees it, and what is not true about it.

What is shown wins over what Excel has written beside it (x:num), but for a number that is shown rounded.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from sync.books.errorwords import is_error
from sync.books.numberformat import PLAIN, style
from sync.books.shown import FROM_1900, Shown, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

SPACES = re.compile("[ \t\r\n\f]+")
# Signs for a line that ends and for a block of lines; the line ends of the page's source are but spaces.
LINE, BLOCK = "\x03", "\x04"
GROUPED = re.compile(r"[+-]?(?:[0-9]{1,18}|[0-9]{1,3}(?:[., '\xa0\u202f][0-9]{3}){1,5})")


def looks(pieces: list[str]) -> str:
    """Show pieces of text as a browser does."""
    blocks = SPACES.sub(" ", "".join(pieces)).split(BLOCK)
    lines = ["\n".join(line.strip(" \xa0") for line in block.split(LINE)).strip("\n") for block in blocks]
    return "\n".join(block for block in lines if block)


def seen(attributes: Mapping[str, str | None], text: str) -> Shown:
    """Show a cell that reads `text`."""
    if is_error(text) or "x:err" in attributes:
        return text or attributes.get("x:err") or "#N/A", "cell.error"
    if "x:bool" in attributes:
        return text, "cell.boolean"
    stored = attributes.get("x:num") or attributes.get("sdval")  # of Excel, of LibreOffice
    if stored and _is_moment(attributes.get("sdnum") or ""):
        return text, "cell.date"
    return (_rounded(text, stored) if stored else None) or (text, None)


def _is_moment(format_of_cell: str) -> bool:
    """Tell whether LibreOffice shows a number as a date or a time: language;flag;format."""
    return style(format_of_cell.split(";", 2)[-1]).moment


def _rounded(text: str, stored: str) -> Shown | None:
    """Give the number where what is shown is a whole one that it was rounded to."""
    if not GROUPED.fullmatch(text):
        return None
    number, fault = shown(stored, PLAIN, FROM_1900)
    whole = int(re.sub("[^0-9+-]", "", text))
    return (number, fault) if fault == "cell.fraction" and abs(Decimal(number) - whole) < 1 else None

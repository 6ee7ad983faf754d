"""One stored cell of an .xlsx workbook -> its text as a person sees it, and what is not true about that text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync.books.numberformat import PLAIN, Style
from sync.books.shown import Shown, shown, truth
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
KNOWN_MAX = 50_000  # numbers whose looks are remembered: the same ones come again and again


@dataclass(frozen=True, slots=True)
class CellReader:
    """Knows a workbook's shared texts, its styles and the day from which it counts."""

    texts: Sequence[str]
    styles: Sequence[Style]
    epoch: datetime
    known: dict[tuple[str, int], Shown] = field(default_factory=dict)

    def read(self, kind: str, style: int, text: str | None, *, formula: bool) -> Shown:
        """Give the text of a cell and the code of its fault, None where there is none."""
        if text is None:
            return "", "cell.formula" if formula else None
        if kind == "n":
            return self.known.get((text, style)) or self._number(text, style)
        if kind == "s":
            return _plain_text(self._shared(text)), None
        return _other(kind, text)

    def _shared(self, index: str) -> str:
        if not (index.isascii() and index.strip().isdecimal() and int(index) < len(self.texts)):
            raise SetAside("The workbook is damaged: a cell's text is not in it. Open it and save it anew.")
        return self.texts[int(index)]

    def _number(self, text: str, style: int) -> Shown:
        looks = shown(text, self._style(style), self.epoch)
        if len(self.known) < KNOWN_MAX:
            self.known[text, style] = looks
        return looks

    def _style(self, style: int) -> Style:
        if not style and not self.styles:
            return PLAIN
        if not 0 <= style < len(self.styles):  # then a date cannot be told from a number
            raise SetAside("The workbook is damaged: a cell's style is not in it. Open it and save it anew.")
        return self.styles[style]


def _other(kind: str, text: str) -> Shown:
    if kind == "b":
        return truth(value=text.strip() not in {"0", "false"})
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

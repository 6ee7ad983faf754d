"""A table of sentences -> what is said: with numbers, moments and the reasons of rejected rows in the staff's language."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from sync import reasons
from sync.staff.language import key, table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ENDS = (".", "!", "?", "…")
LOST = "\N{REPLACEMENT CHARACTER}"
# What stages say in English inside a value, by the sentence of [shown] that says it in another language.
SAID = {
    "cells_beyond": re.compile(r"(?P<found>\d+) cells instead of (?P<wanted>\d+), beyond it: (?P<text>.*)", re.DOTALL),
    "cells": re.compile(r"(?P<found>\d+) cells instead of (?P<wanted>\d+)"),
    "returned": re.compile(r"(?P<now>.*), it was (?P<before>.*)", re.DOTALL),
    "merged": re.compile(r"(?P<cell>[A-Z]{1,3}\d+): merged with (?P<other>\S+)"),
    "zeros": re.compile(r"(?P<code>\S+), where the others have (?P<width>\d+) digits, as (?P<example>\S+)"),
    "more": re.compile(r"(?P<listed>[\d, ]+) and (?P<n>\d+) more"),
}  # fmt: skip
SAYING = {"row.", "code", "cell", "pair"}  # codes whose values are ours and not what stands in a cell


class Words:
    """What staff are told, in one language."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._sentences = sentences

    @property
    def code(self) -> str:
        """The language as a web page names it."""
        return self.say("about", "code")

    def say(self, *place: str, **values: str | int) -> str:
        """Say a sentence; whole numbers are written as people write them."""
        shown = {
            name: self.number(value) if isinstance(value, int) else value for name, value in values.items()
        }
        return self._sentences[key(*place)].format(**shown)

    def knows(self, *place: str) -> bool:
        """Tell whether there is such a sentence."""
        return key(*place) in self._sentences

    def number(self, value: int) -> str:
        """Write a whole number with the language's mark for thousands."""
        return f"{value:,}".replace(",", self._sentences["about.thousands"])

    def rows(self, count: int) -> str:
        """Write a number of rows."""
        return self.say("count", "row" if count == 1 else "rows", n=count)

    def already(self, count: int) -> list[str]:
        """Tell of rows that were not sent because nothing changed, if there are any."""
        return [self.say("count", "already", rows=self.rows(count))] if count else []

    def age(self, days: int) -> str:
        """Write for how long something has been so."""
        if days < 1:
            return self.say("count", "less_than_a_day")
        return self.say("count", "day" if days == 1 else "days", n=days)

    def moment(self, when: datetime) -> str:
        """Write a moment."""
        return when.strftime(self._sentences["about.moment"])

    def current(self, quantity: int, day: str) -> str:
        """Say what the tenant has for a pair, and since when; `day` as 2026-11-20."""
        shown = date.fromisoformat(day).strftime(self._sentences["about.day"])
        return self.say("shown", "current", quantity=str(quantity), day=shown)

    @lru_cache(maxsize=4096)  # noqa: B019 - a file's rejects mostly have the same few reasons; Words are few and stay
    def reason(self, code: str, field: str | None, value: str) -> str:
        """Say what is wrong with a row and what to do about it, on one line."""
        if not self.knows("reasons", code, "sentence"):
            return one_line(f"{reasons.sentence(code, field, value)} {reasons.remedy(code)}")
        said = self.say(
            *("reasons", code, "sentence"),
            field=field or self.say("shown", "no_column"),
            value=self._shown(code, value),
        )
        stop = "" if said.endswith(ENDS) else "."
        return one_line(f"{said}{stop} {self.say('reasons', code, 'remedy')}")

    def _shown(self, code: str, value: str) -> str:
        """Say in this language what a stage said in English of a cell; the rest of a value is the cell itself."""
        if code[:4] not in SAYING:
            return value
        for name, pattern in SAID.items():
            found = pattern.fullmatch(value)
            if found:
                return self.say("shown", name, **found.groupdict())
        return value


def load(language: str) -> Words:
    """Give the words of a language: en, tr, or the path of a file of one's own.

    Raises:
        FixSetup: the file cannot be used.
    """
    return _load(language)


@lru_cache(maxsize=8)
def _load(language: str) -> Words:
    return Words(table(language))


def one_line(text: str) -> str:
    """Keep what files and tenants say from steering anything: one line of what can be printed."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join(letter if letter.isprintable() else LOST for letter in line)

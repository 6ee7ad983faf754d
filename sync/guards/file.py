"""The guards that judge a file as one: how it ends, how old it is, how much is in it, whether anything is known of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sync.guards.limits import Trip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sync.guards.limits import Limits

AHEAD = timedelta(minutes=10)  # by which clocks may differ
UNTOLD = timedelta(days=2)  # so old a file may be in the watched folder where nothing was sent before
FULL = {"xls": 65_536, "xlsx": 1_048_576, "xlsb": 1_048_576, "ods": 1_048_576}  # rows of a sheet


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file beside its rows; `last_row` as a person sees it."""

    format: str
    rows: int
    last_row: int
    as_of: datetime
    now: datetime
    ended: bool | None = None  # with a line end; None: it has no lines
    others_ended: bool = False  # so did the last file of the mapping
    last_is_short: bool = False  # the last record has fewer cells than the header, or an open quotation mark
    part: bool = False  # rows of a file that was judged before
    watched: bool = False  # it was dropped, and nobody looks
    real: bool = True  # the tenant is not the sandbox
    history: bool = False  # a file of the mapping went to this tenant before
    tenant: str = ""
    mapping: str = ""


def is_cut(facts: Facts) -> bool:
    """Tell a file that ends in the middle of a row."""
    return facts.ended is False and (facts.last_is_short or facts.others_ended)


def trips(facts: Facts, limits: Limits) -> Iterator[Trip]:
    """Name what trips; of rows of a file that was judged before, only how they end."""
    yield from _cut(facts) if limits.cut else ()
    if facts.part:
        return
    yield from _moment(facts, limits)
    if facts.rows < limits.min_rows:
        numbers = f"{facts.rows:,} rows, and a file of this mapping has {limits.min_rows:,} or more"
        yield Trip("min_rows", None, numbers, {"rows": facts.rows, "least": limits.min_rows})
    if facts.watched and facts.real and not facts.history:
        numbers = f"it is the first file of the mapping {facts.mapping} for {facts.tenant}: {facts.rows:,} rows; a person looks once, and the next ones go by themselves"
        yield Trip("first", None, numbers, {"rows": facts.rows})


def _cut(facts: Facts) -> Iterator[Trip]:
    if is_cut(facts):
        why = (
            "the row is not whole"
            if facts.last_is_short
            else "it has no line end, and the last file of the mapping had one"
        )
        numbers = f"the file ends in the middle of a row (line {facts.last_row:,}): {why}"
        yield Trip("cut", None, numbers, {"line": facts.last_row})
    if facts.last_row == FULL.get(facts.format):
        numbers = f"the file ends at its format's limit: {facts.last_row:,} rows, and .{facts.format} can hold no more; the rest may be missing"
        yield Trip("limit", None, numbers, {"rows": facts.last_row})


def _moment(facts: Facts, limits: Limits) -> Iterator[Trip]:
    shown = f"{facts.as_of:%Y-%m-%dT%H:%M:%SZ}"
    if facts.as_of > facts.now + AHEAD:
        numbers = f"its stock is that of {shown}, which is still to come (it is {facts.now:%Y-%m-%dT%H:%M:%SZ} now): look at the clock of the machine that wrote it"
        yield Trip("as_of.future", None, numbers, {"as_of": shown})
    most, age = limits.max_age, facts.now - facts.as_of
    if most is not None and age > most:
        numbers = f"its stock is that of {shown}, {_days(age)} days ago (the limit is {_days(most)} days{_untold(facts, most)})"
        yield Trip("max_age", None, numbers, {"days": _days(age), "most": _days(most)})


def _untold(facts: Facts, most: timedelta) -> str:
    words = f"; no file of the mapping {facts.mapping} is known here: was the state folder lost?"
    return words if most == UNTOLD and not facts.history else ""


def _days(lasting: timedelta) -> str:
    return f"{lasting / timedelta(days=1):.1f}".removesuffix(".0")

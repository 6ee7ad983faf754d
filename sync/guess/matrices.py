"""The columns of a table -> a matrix, one column a location, where the headers name places instead of one column doing so.

Three forms: a frame around the place (`inventory_X`, `In stock [X]`, `X Qty`), headers that are places themselves
(`Warehouse 1`), and columns of counts under names that mean nothing else (`POPTOYS`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sync.guess import quantities
from sync.guess.shapes import Matrix
from sync.lexicon import Meaning, meaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.guess.shapes import Column

COUNTED = {"stock", "count", "onhand", "available"}
NOT_PLACES = {
    "uom", "packed", "unit", "price", "value", "date", "minimum", "reserved", "transit", "moved", "blocked", "pack",
    "measure", "total", "variant", "physical", "available", "onhand", "count", "stock", "category", "lot", "id", "code",
}  # fmt: skip
PERIODS = re.compile(
    r"(?:19|20)\d\d|\b(?:q[1-4]|jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек|ene|abr|ago|dic|day|week|month)\w*\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
FEW_DECIMALS = 0.2


class Frame(NamedTuple):
    """A header taken apart: known words before and after, and what they stand around."""

    before: str
    after: str
    inside: str


def framed(columns: Sequence[Column]) -> Matrix | None:
    """Find the family of columns whose headers say stock around different places."""
    families: dict[tuple[str, str], list[tuple[Column, str]]] = defaultdict(list)
    for column in columns:
        if quantities.is_count(column) and (column.meaning.unknown or column.has("place")):
            for frame in _frames(column.header):
                families[frame.before.casefold(), frame.after.casefold()].append((column, frame.inside))
    found = [(words, kept) for words, members in families.items() if (kept := _family(members, columns))]
    if not found:
        return None
    _, members = max(found, key=lambda item: (_rank_of(item[0]), len(item[1])))
    before, after = next(
        (frame.before, frame.after)
        for frame in _frames(members[0][0].header)
        if frame.inside == members[0][1]
    )
    pattern = _pattern(before, after)
    why = f"{len(members)} columns have the form `{_shown(before, after)}`"
    return Matrix(tuple(column for column, _ in members), tuple(place for _, place in members), pattern, why)


def _frames(header: str) -> Iterator[Frame]:
    """Take a header apart in every way in which its ends say stock and its inside may be a place."""
    bounds = [(match.start(), match.end()) for match in WORD.finditer(header)]
    for size in range(1, min(4, len(bounds))):
        for before, after in ((size, 0), (0, size)):
            start, end = bounds[before][0], bounds[len(bounds) - 1 - after][1]
            outside = f"{header[:start]} {header[end:]}"
            inside = header[start:end]
            if inside and _says_stock(meaning(outside)):
                yield Frame(header[:start], header[end:], inside)


def _family(members: list[tuple[Column, str]], columns: Sequence[Column]) -> list[tuple[Column, str]]:
    """Keep the members of a family that may be places; a name that all others are like may hold a word like any."""
    sure = [member for member in members if may_be_place(member[1])]
    alike = [member for member in members if member in sure or _has_a_name(member[1])]
    if sure and len(alike) > 1:
        return alike
    return sure if sure and _has_siblings(sure[0][1], sure[0][0], columns) else []


def _has_a_name(text: str) -> bool:
    return meaning(text).unknown > 0 and not PERIODS.search(text)


def _says_stock(said: Meaning) -> bool:
    return said.role in ("quantity", "available") and said.unknown == 0 and bool(said.kinds & COUNTED)


def may_be_place(text: str) -> bool:
    """Tell whether a text may be the name of a place: it names nothing else, and is no period of time."""
    said = meaning(text)
    if "place" in said.kinds:
        return not said.kinds & (NOT_PLACES - {"code", "id"})
    if not any(sign.isalpha() for sign in text) or PERIODS.search(text):
        return False
    return (
        said.unknown > 0
        and not said.kinds & NOT_PLACES
        and said.role not in ("sku", "barcode", "name", "serial")
    )


def _has_siblings(place: str, column: Column, columns: Sequence[Column]) -> bool:
    """Tell whether other columns speak of the same place in brackets: price [X] beside stock [X]."""
    return f"[{place}]" in column.header and any(
        other is not column and f"[{place}]" in other.header for other in columns
    )


def _rank_of(words: tuple[str, str]) -> float:
    kinds = meaning(" ".join(words)).kinds
    return 3.0 * ("onhand" in kinds) + 2.0 * bool(kinds & {"count", "stock"}) - 2.0 * ("available" in kinds)


def _pattern(before: str, after: str) -> str:
    start, end = (re.escape(part).replace(r"\ ", " ").replace(r"\-", "-") for part in (before, after))
    return f"(?i)^{start}(?P<value>.+){end}$"


def _shown(before: str, after: str) -> str:
    return f"{before}...{after}"


def named(columns: Sequence[Column]) -> Matrix | None:
    """Find two or more columns of counts whose headers are places themselves."""
    found = [
        column
        for column in columns
        if column.meaning.role == "location" and quantities.is_count(column) and _differs(column)
    ]
    if len(found) < 2:  # noqa: PLR2004 - one is a column of location numbers
        return None
    found += [column for column in columns if column not in found and nameless(column)]
    found.sort(key=lambda column: column.at)
    why = f"{len(found)} columns of counts have places as headers"
    return Matrix(tuple(found), tuple(column.header for column in found), None, why)


def _differs(column: Column) -> bool:
    """Tell a place's own name (Warehouse 1, Store Leeds) from the name of a column of places."""
    said = meaning(column.header)
    return not said.kinds & {"code", "name", "id"} and (
        said.unknown > 0
        or any(sign.isdecimal() for sign in column.header)
        or said.kinds <= {"place", "anyplace", "plant"}
    )


def _one_place(column: Column) -> bool:
    """Tell a column of counts under the name of one place, as Main Warehouse; Warehouse alone may hold its numbers."""
    said = meaning(column.header)
    more = said.unknown > 0 or len(WORD.findall(column.header)) > 1
    return said.role == "location" and more and _differs(column) and quantities.is_count(column)


def nameless(column: Column) -> bool:
    """Tell a column of whole counts whose header means nothing but, perhaps, a place."""
    profile = column.profile
    return (
        quantities.is_count(column)
        and column.meaning.role is None
        and may_be_place(column.header)
        and profile.share("padded") == 0
        and profile.forms["money"] == 0
        and (profile.forms["point"] + profile.forms["comma"] + profile.faults["cell.fraction"])
        <= FEW_DECIMALS * profile.filled
    )


def unnamed(columns: Sequence[Column], after: int) -> Matrix | None:
    """Find columns of counts, right of the SKU, under names that mean nothing else."""
    found = [column for column in columns if column.at > after and (nameless(column) or _one_place(column))]
    if not found:
        return None
    names = "these names mean" if len(found) > 1 else "this name means"
    why = f"no column is called quantity; {names} nothing else, stand right of the SKU and hold whole numbers"
    return Matrix(tuple(found), tuple(column.header for column in found), None, why)

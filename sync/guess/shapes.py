"""What a draft is made of: columns with their words and values, choices with evidence, questions with candidates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from sync.lexicon import Meaning, meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.profile import Profile

Subject = Literal["sheet", "header", "location", "sku", "quantity", "numbers", "rows", "columns"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: what its header says and what stands in it."""

    at: int  # from 0
    header: str  # as the loader gives it
    said: str  # with the names that span it from above
    meaning: Meaning
    profile: Profile

    @property
    def shown(self) -> str:
        """Its name for a person."""
        return f"`{self.header}`" if self.header else f"column {self.at + 1} (no header)"

    def has(self, *kinds: str) -> bool:
        """Tell whether its header names one of these kinds of things."""
        return not self.meaning.kinds.isdisjoint(kinds)


def columns(header: Sequence[str], names: Sequence[str], profiled: Sequence[Profile]) -> list[Column]:
    """Put headers, their full names and profiles together."""
    said = [names[at] if at < len(names) and names[at] else name for at, name in enumerate(header)]
    return [
        Column(at, header[at], said[at], meaning(said[at]), profile) for at, profile in enumerate(profiled)
    ]


class Choice(NamedTuple):
    """What was chosen for a part of an inventory row, why, and what else there was."""

    columns: tuple[Column, ...]
    why: str
    others: tuple[Column, ...] = ()

    @property
    def column(self) -> Column:
        """The first, and mostly the only one."""
        return self.columns[0]


class Question(NamedTuple):
    """What the file does not prove; `decides` = nothing may go before a person has answered."""

    about: Subject
    text: str
    candidates: tuple[str, ...] = ()
    decides: bool = False


@dataclass(slots=True)
class Roles:
    """Which columns are what."""

    sku: Choice | None = None
    quantity: Choice | None = None
    location: Choice | None = None
    matrix: Matrix | None = None
    questions: list[Question] = field(default_factory=list)
    not_stock: str = ""  # why this is no stock file at all


@dataclass(frozen=True, slots=True)
class Matrix:
    """One column a location: the columns, their locations, and a pattern of their headers where they have a form."""

    columns: tuple[Column, ...]
    locations: tuple[str, ...]
    pattern: str | None
    why: str

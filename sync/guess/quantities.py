"""The columns of a table -> the one that holds the stock on hand, by its words and its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.guess.shapes import Choice, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.shapes import Column, Roles

COUNTABLE = 0.8  # of what is filled in a quantity column is a number
ON_HAND, PLAIN, FREE, HELD, SUM, LENGTH = 9.0, 8.0, 6.0, 4.5, 5.0, 3.0
TRAPS = (
    "price",
    "value",
    "date",
    "minimum",
    "reserved",
    "transit",
    "moved",
    "pack",
    "code",
    "name",
    "id",
    "flag",
)
THIN = 0.9  # of the fullest column of numbers
NEAR = 0.25  # two columns that are nearer than this cannot be told apart


def rank(column: Column) -> float | None:
    """Say how much a header speaks for the stock on hand; None = it does not."""
    kinds = column.meaning.kinds
    found = _base(column)
    if found is None:
        return None
    found += 0.5 * ("physical" in kinds) + 0.3 * ("onhand" in kinds and bool(kinds & {"count", "stock"}))
    found -= 1.5 * ("packed" in kinds) + 0.2 * min(column.meaning.unknown, 3) + 0.5 * ("total" in kinds)
    return found - 1.0 * any(sign.isdecimal() for sign in column.header)


def _base(column: Column) -> float | None:
    kinds, said = column.meaning.kinds, column.meaning.role
    if said == "quantity":
        if "total_held" in kinds:
            return HELD
        return ON_HAND if "onhand" in kinds else SUM if "amount" in kinds else PLAIN
    if said == "available":
        return FREE
    if "measure" in kinds and kinds & {"stock", "onhand"} and not kinds & set(TRAPS):
        return LENGTH
    return None


def is_count(column: Column) -> bool:
    """Tell whether the cells of a column can be quantities."""
    profile = column.profile
    return bool(profile.meant) and profile.countable >= COUNTABLE and profile.share("date") < 1 - COUNTABLE


def choose(columns: Sequence[Column], roles: Roles) -> None:
    """Choose the column of the stock on hand; two that look alike are a question."""
    named = [(found, column) for column in columns if (found := rank(column)) is not None]
    usable = sorted(
        ((found - _thin(column, columns), column) for found, column in named if is_count(column)),
        key=lambda item: -item[0],
    )
    if not usable:
        roles.questions.append(_nothing([column for _, column in named]))
        return
    best, chosen = usable[0]
    rivals = [column for found, column in usable[1:] if best - found < NEAR]
    others = tuple(column for _, column in usable[1:])
    roles.quantity = Choice((chosen,), _why(chosen, best), others)
    if rivals:
        shown = tuple(column.shown for column in (chosen, *rivals))
        roles.questions.append(
            Question(
                "quantity", "which of these is the stock on hand?", shown, decides=not _alike(chosen, rivals)
            )
        )
    roles.questions += _doubts(chosen, best)


def _thin(column: Column, columns: Sequence[Column]) -> float:
    """Weigh a column that is blank where others of the same rank are filled."""
    fullest = max((other.profile.filled for other in columns if is_count(other)), default=1)
    return 1.0 if column.profile.filled < THIN * fullest else 0.0


def _nothing(named: Sequence[Column]) -> Question:
    shown = tuple(column.shown for column in named)
    text = "no column holds counted quantities" + (
        ": these are named so, but hold no numbers" if shown else ""
    )
    return Question("quantity", f"{text}; which one is the stock on hand?", shown, decides=True)


def _alike(chosen: Column, rivals: Sequence[Column]) -> bool:
    """Tell columns that hold the same numbers, as far as their profiles tell."""
    mine = chosen.profile
    return all(
        rival.profile.forms == mine.forms and rival.profile.examples == mine.examples for rival in rivals
    )


def _why(column: Column, found: float) -> str:
    kinds = column.meaning.kinds
    said = (
        "its name says on hand"
        if "onhand" in kinds
        else "its name says available, and no column says on hand"
        if found <= FREE
        else "its name says quantity"
    )
    profile = column.profile
    return f"{said}; {profile.numbers:,} of {profile.filled:,} filled cells are numbers (as {', '.join(profile.examples)})"


def _doubts(column: Column, found: float) -> list[Question]:
    if found <= LENGTH:
        text = (
            f"{column.shown} is a measure (length, weight ...), not a count: is that what the tenant keeps?"
        )
        return [Question("quantity", text, decides=True)]
    if column.has("available") and not column.has("onhand"):
        text = f"the tenant expects what is on hand; {column.shown} says what is available: is there no other report?"
        return [Question("quantity", text)]
    if column.profile.share("united") > 0.5:  # noqa: PLR2004 - most
        text = f"the cells of {column.shown} hold a unit behind the number (as {column.profile.examples[0]!r}), which no mapping reads: export it without"
        return [Question("quantity", text, decides=True)]
    return []

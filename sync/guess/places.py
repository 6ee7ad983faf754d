"""The columns of a table -> the one that says where the stock is, or the question which place it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.guess.shapes import Choice, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.shapes import Column, Roles

CODE, PLACE, NAME, BIN, COUNTRY = 10.0, 9.0, 8.0, 5.0, 2.0
HALF, FULL, EACH = 0.5, 0.8, 0.85
MANY = 20
NO_LOCATION = "no location column: say which location this stock is in"


def rank(column: Column) -> float | None:
    """Say how much a column speaks for the location; None = not at all."""
    found = _base(column)
    profile = column.profile
    if found is None or (profile.full < HALF and found < PLACE):
        return None
    if not profile.filled or profile.share("date") > HALF or (profile.share("prose") > HALF and found <= BIN):
        return None
    if (
        profile.forms["point"] + profile.forms["comma"] + profile.faults["cell.fraction"]
        > HALF * profile.filled
    ):
        return None
    found -= (
        0.2 * min(column.meaning.unknown, 3) + 0.6 * column.has("anyplace", "plant") + 1.0 * column.has("id")
    )
    return found - 2.0 * (profile.full < HALF)


def _base(column: Column) -> float | None:
    kinds = column.meaning.kinds
    if column.meaning.role == "bin":
        return BIN if _holds_stock(column) else None
    if column.meaning.role != "location":
        return None
    if "place" not in kinds:
        return COUNTRY
    return NAME if "name" in kinds else CODE if "code" in kinds else PLACE


def _holds_stock(column: Column) -> bool:
    """Tell bins that hold several items from an item's shelf: one for all, another one for each, or left blank."""
    profile = column.profile
    if profile.filled <= MANY:
        return True
    return profile.full >= FULL and 1 < profile.distinct < EACH * profile.filled


def choose(columns: Sequence[Column], roles: Roles, taken: Sequence[Column]) -> None:
    """Choose the column of the locations."""
    ranked = [
        (found, column) for column in columns if column not in taken and (found := rank(column)) is not None
    ]
    ranked.sort(key=lambda item: (-item[0], item[1].at))
    if not ranked:
        roles.questions.append(Question("location", NO_LOCATION))
        return
    chosen = ranked[0][1]
    others = tuple(column for _, column in ranked if column is not chosen)
    roles.location = Choice((chosen,), _why(chosen), others)
    if others and not chosen.has("bin"):
        rivals = tuple(other.shown for other in others if other.meaning.role == "location")
        if rivals:
            text = f"{chosen.shown} is taken for the location; the file also has {', '.join(rivals)}: is that the tenant's location, or both joined?"
            roles.questions.append(Question("location", text, (chosen.shown, *rivals)))
    if chosen.meaning.role == "bin":
        text = f"{chosen.shown} names places inside a warehouse, and nothing names the warehouse: are these the tenant's locations?"
        roles.questions.append(Question("location", text, (chosen.shown,)))


def _why(column: Column) -> str:
    profile = column.profile
    said = "its name says a bin" if column.meaning.role == "bin" else "its name says a place"
    return f"{said}; {profile.distinct:,} different in {profile.filled:,} filled cells (as {', '.join(profile.examples)})"

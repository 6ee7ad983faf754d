"""The columns of a table -> the one that identifies the item, by its words and its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.guess.shapes import Choice, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.shapes import Column, Roles

OWN, CODE, MODEL, RECORD, THEIRS, BARCODE, NAMED, NAME, ID, SERIAL = (
    10.0,
    8.0,
    7.0,
    6.5,
    6.0,
    5.0,
    4.5,
    3.0,
    3.5,
    1.5,
)
SURE = 9.0  # a column of this rank is meant even where it is empty
LEAST = 1.0
HALF, MOST = 0.5, 0.95
MANY = 3
EMPTY = -2.0
REPEATED, TOO_FEW = 0.2, 4.0
NEAR = 0.2


def rank(column: Column) -> float | None:
    """Say how much header and values speak for a column of SKUs; None = not at all."""
    found = _base(column)
    if found is None:
        return None
    found -= 0.2 * min(column.meaning.unknown, 3) + 0.4 * column.has("category", "order", "person")
    return found + _by_values(column, found)


def _base(column: Column) -> float | None:
    said, kinds = column.meaning.role, column.meaning.kinds
    if said == "sku":
        return _of_codes(column)
    if said == "barcode":
        return BARCODE
    if said == "serial":
        return SERIAL
    if said == "name":
        return NAMED if "good" in kinds and "name" not in kinds else NAME + 0.3 * ("good" in kinds)
    return None


def _of_codes(column: Column) -> float:
    kinds = column.meaning.kinds
    numbered = column.has("id") or column.header.casefold().rstrip("* ").endswith("id")
    if "sku" in kinds and not (numbered and "stock" not in kinds and "sku" not in column.header.casefold()):
        return OWN + 0.5 * ("sku" in column.header.casefold())
    if kinds & {"id"} or numbered:
        return RECORD if kinds & {"good", "stock", "sku"} else ID
    if "theirs" in kinds:
        return THEIRS
    if "model" in kinds:
        return MODEL
    return CODE + 0.8 * bool(kinds & {"good", "stock"})


def _by_values(column: Column, found: float) -> float:
    """Weigh what stands in the cells: codes are there in every row, differ, and are neither prose nor amounts."""
    profile = column.profile
    if not profile.filled:
        return EMPTY if found >= SURE else -found
    change = 0.0 if profile.full >= MOST else -1.0 if profile.full >= HALF else -3.0
    change -= 4.0 * (profile.distinct == 1 and profile.filled > MANY)
    change -= 6.0 * (max(profile.share("date"), profile.share("money")) > HALF)
    change -= 2.0 * (profile.share("prose") > HALF and found > NAME + 1)
    change -= 6.0 * (_counts_rows(column) and found < SURE)
    coded = profile.share("code") > MOST and profile.distinct > MANY
    return change + (1.0 if column.meaning.role == "name" else 0.2) * coded


def _counts_rows(column: Column) -> bool:
    """Tell a column that numbers the rows."""
    profile = column.profile
    starts = next(iter(profile.examples), "") in ("0", "1")
    return (
        starts
        and profile.filled > MANY
        and profile.sequence >= profile.filled - 1
        and not column.has("sku", "id")
    )


def choose(columns: Sequence[Column], roles: Roles, taken: Sequence[Column]) -> None:
    """Choose the column of the SKUs."""
    ranked = [
        (found, column)
        for column in columns
        if column not in taken and (found := rank(column)) is not None and found >= LEAST
    ]
    ranked = [(found - _too_few(column, [other for _, other in ranked]), column) for found, column in ranked]
    ranked.sort(key=lambda item: (-item[0], item[1].at))
    if not ranked:
        text = (
            "no column holds codes or names of items; which column, or which columns together, make the SKU?"
        )
        shown = tuple(
            column.shown
            for column in columns
            if column not in taken and column.profile.share("letters") > HALF
        )
        roles.questions.append(Question("sku", text, shown, decides=True))
        return
    best, chosen = ranked[0]
    others = tuple(column for _, column in ranked[1:])
    roles.sku = Choice((chosen,), _why(chosen, best), others)
    roles.questions += _doubts(chosen, others, single=_all_ones(roles))


def _too_few(column: Column, all_of_them: Sequence[Column]) -> float:
    """Weigh a column of few different values where another one tells every row apart."""
    profile = column.profile
    told = any(other.profile.distinct >= MOST * max(other.profile.rows, 1) for other in all_of_them)
    return TOO_FEW if told and profile.filled > MANY and profile.distinct < REPEATED * profile.filled else 0.0


def _why(column: Column, found: float) -> str:
    profile = column.profile
    said = (
        "its name says code of an item"
        if found > BARCODE + 1
        else "a bar code, and no column of the shop's own codes"
        if column.meaning.role == "barcode"
        else "the best there is: no column of codes"
    )
    return f"{said}; {profile.distinct:,} different in {profile.filled:,} filled cells (as {', '.join(profile.examples)})"


def _all_ones(roles: Roles) -> bool:
    """Tell a table that counts nothing: each row is one thing."""
    profile = roles.quantity.column.profile if roles.quantity else None
    return profile is None or (profile.distinct == 1 and profile.examples == ("1",))


def _doubts(column: Column, others: Sequence[Column], *, single: bool) -> list[Question]:
    shown = tuple(other.shown for other in others)
    if not column.profile.filled:
        text = f"{column.shown} is empty in every row: without SKUs nothing can go"
        return [Question("sku", text, shown, decides=True)]
    coded = column.has("good") and not column.has("name") and column.profile.share("code") > MOST
    if column.meaning.role in ("name", "barcode", "serial") and not coded:
        text = f"is {column.shown} what the tenant calls the SKU? There is no column of item codes"
        return [Question("sku", text, shown, decides=column.meaning.role == "serial" and single)]
    return []

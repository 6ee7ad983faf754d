"""The number forms of the quantity columns -> decimal and thousands signs, as far as the columns prove them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sync.guess.forms import SPACE
from sync.guess.shapes import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.shapes import Column

OTHER = {".": ",", ",": "."}
NAMES = {".": "point", ",": "comma"}


class Notation(NamedTuple):
    """What is declared, why, and what stays open."""

    decimal: str | None = None
    thousands: str | None = None
    why: str = ""
    question: Question | None = None


def notation(columns: Sequence[Column]) -> Notation:
    """Prove the signs from the cells; where two readings stand, ask."""
    forms: Counter[str] = Counter()
    for column in columns:
        forms.update(column.profile.forms)
    decimals = [sign for sign in OTHER if forms[NAMES[sign]]]
    thousands = [sign for sign in (*OTHER, *SPACE) if forms[f"grouped_{NAMES.get(sign, sign)}"]]
    unclear = [sign for sign in OTHER if forms[f"unclear_{NAMES[sign]}"]]
    told = {*decimals, *(OTHER[sign] for sign in thousands if sign in OTHER)}
    if len(told) > 1 or len(thousands) > 1:
        return Notation(question=_mixed(columns))
    if told:
        decimal = told.pop()
        grouping = thousands or [sign for sign in unclear if sign != decimal]
        return Notation(decimal, grouping[0] if grouping else None, _why(forms, decimal, grouping))
    if unclear:
        return Notation(question=_unclear(columns, unclear))
    return Notation(None, thousands[0] if thousands else None, _why(forms, None, thousands))


def _why(forms: Counter[str], decimal: str | None, thousands: Sequence[str]) -> str:
    said = []
    if decimal and forms[NAMES[decimal]]:
        said.append(f"{forms[NAMES[decimal]]:,} cells can only be read with `{decimal}` as the decimal sign")
    if thousands:
        said.append(f"`{thousands[0]}` stands between thousands")
    return "; ".join(said)


def _mixed(columns: Sequence[Column]) -> Question:
    shown = ", ".join(column.shown for column in columns[:3])
    return Question(
        "numbers", f"{shown} holds numbers of two notations (1.5 and 1,5): which is meant?", decides=True
    )


def _unclear(columns: Sequence[Column], signs: Sequence[str]) -> Question:
    shown = ", ".join(column.shown for column in columns[:3])
    example = f"1{signs[0]}500"
    text = f"does {example} in {shown} mean 1500 or 1.5? Nothing in the column proves it; declare decimal and thousands"
    return Question("numbers", text, (f'decimal: "{signs[0]}"', f'thousands: "{signs[0]}"'), decides=True)

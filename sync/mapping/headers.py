"""How headers are compared: any case (Turkish too), outer spaces and the two ways of writing an accent ignored."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AnyOf = tuple[str, ...]


def fold(text: str) -> str:
    """Give the form in which two headers or file names are the same."""
    folded = unicodedata.normalize("NFC", text).strip().casefold()
    return folded.replace("i\u0307", "i").replace(
        "\u0131", "i"
    )  # Turkish: i with a dot from above, i without one


def missing(wanted: Iterable[AnyOf], cells: Iterable[str]) -> list[AnyOf]:
    """List the wanted headers that none of the cells is."""
    there = {fold(cell) for cell in cells}
    return [any_of for any_of in wanted if there.isdisjoint(map(fold, any_of))]


def doubled(wanted: Iterable[AnyOf], cells: Sequence[str]) -> list[str]:
    """List the wanted headers of which it cannot be told which column is meant."""
    there = [fold(cell) for cell in cells]
    found = [next((name for name in any_of if fold(name) in there), "") for any_of in wanted]
    return list(dict.fromkeys(name for name in found if there.count(fold(name)) > 1))

"""A checked file that was judged by a draft -> every quantity that the draft reads, and what would become of it.

A draft has no say yet in what is rejected: a person who decides about it must see the numbers below zero and the
fractions beside those that would go. Nothing here is ever sent.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

from sync.mapping.quantity import read_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.mapping.quantity import Notation
    from sync.rows import Reject

    SendRow = tuple[str, str, int, int]  # location, SKU, quantity, row

GOES, SAME = "go", "merged"
# The row could be read truthfully: what the tenant would not take of it, or another row of its pair.
READABLE = {
    "quantity.negative",
    "quantity.fraction",
    "quantity.range",
    "pair.incomplete",
    "pair.duplicate",
    "pair.overflow",
}


class Shown(NamedTuple):
    """One row of the preview."""

    location_code: str
    sku_code: str
    quantity: str
    row: int
    verdict: str  # `go`, or the codes of the reasons why it is rejected


def shown(
    going: Iterable[SendRow], merged: Iterable[SendRow], rejects: Iterable[Reject], notation: Notation
) -> Iterator[Shown]:
    """Walk what would go, what is the same again, and what would be rejected although it can be read."""
    for verdict, rows in ((GOES, going), (SAME, merged)):
        for location, sku, quantity, row in rows:
            yield Shown(location, sku, str(quantity), row, verdict)
    for reject in rejects:
        codes = {problem.code for problem in reject.problems}
        number = _number(reject, notation) if codes <= READABLE else None
        if number is not None:
            verdict = ";".join(sorted(codes))
            yield Shown(reject.location_code, reject.sku_code, f"{number:f}", reject.row, verdict)


def _number(reject: Reject, notation: Notation) -> Decimal | None:
    """Read the quantity of a rejected row as its mapping does; a number cell of a workbook is what it is."""
    text = reject.cells[reject.column].strip()
    pointed = any(fault.column == reject.column and fault.code == "cell.fraction" for fault in reject.faults)
    try:
        number = Decimal(text) if pointed else read_number(text, notation)
    except InvalidOperation:
        return None
    return number if isinstance(number, Decimal) else None

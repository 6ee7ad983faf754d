"""Pairs that an earlier request without an answer may have changed, or may still change -> what the tenant holds of them.

Such a request can be carried out late, after a newer value, or have been carried out before its row was refused (api.md A16).
So those pairs are read back before their run is called done. Where the key may not read, the answer is believed; what cannot
be read now is told apart, as the next command may; what somebody else changed is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.deliver.doubts import ReadBack
from sync.errors import StopAndFix
from sync.run.stock import MayNotReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sync.run.stock import Reader, Stock

    Pair = tuple[str, str]

MANY = 50  # locations that are read at a time; the next command reads the others
UNREAD = "an earlier request without an answer may have been carried out, or may still be, and it cannot be read back"


class LookingBack:
    """Reads the tenant for a delivery; `open_reader` is called when it is first needed."""

    def __init__(self, open_reader: Callable[[], Reader]) -> None:
        self._open = open_reader
        self._reader: Reader | None = None

    def __call__(self, pairs: Iterable[Pair]) -> ReadBack:
        """Tell what the tenant holds for pairs, and what could not be read."""
        wanted = set(pairs)
        places = sorted({location for location, _ in wanted})
        back, unread = ReadBack(), set(places[MANY:])
        if unread:
            back.words.append(f"{UNREAD}: more than {MANY} locations are concerned")
        for number, place in enumerate(places[:MANY]):
            try:
                stock = self._look_up(place)
            except StopAndFix as error:
                back.words.append(f"{UNREAD}: {error}")
                unread = set() if isinstance(error, MayNotReadError) else {*unread, *places[number:]}
                break
            back.found |= {pair: quantity for pair, quantity in stock.rows.items() if pair in wanted}
            if stock.broken:
                back.words.append(f"{UNREAD}: {stock.broken}")
                unread.add(place)
        back.later = {pair for pair in wanted - back.found.keys() if pair[0] in unread}
        back.words = [*dict.fromkeys(back.words)]
        return back

    def _look_up(self, place: str) -> Stock:
        self._reader = self._reader or self._open()
        return self._reader.look_up(place, "location")

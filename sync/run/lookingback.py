"""Pairs that an earlier request without an answer may have changed, or may still change -> what the tenant holds of them.

Such a request can be carried out late, after a newer value, or have been carried out before its row was refused (api.md A16).
So those pairs are read back before their run is called done. What cannot be read is believed; what somebody else changed is
left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import StopAndFix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sync.run.stock import Reader, Stock

    Pair = tuple[str, str]

MANY = 50  # locations that are read for one run; more are believed
UNREAD = "an earlier request without an answer may have been carried out, or may still be, and it cannot be read back"


class LookingBack:
    """Reads the tenant for a delivery; `open_reader` is called when it is first needed."""

    def __init__(self, open_reader: Callable[[], Reader]) -> None:
        self._open = open_reader
        self._reader: Reader | None = None

    def __call__(self, pairs: Iterable[Pair]) -> tuple[dict[Pair, int], list[str]]:
        """Tell what the tenant holds for pairs, and what could not be read."""
        wanted = set(pairs)
        places = sorted({location for location, _ in wanted})
        found: dict[Pair, int] = {}
        unread: dict[str, None] = {}
        try:
            for place in places[:MANY]:
                stock = self._look_up(place)
                if stock.broken:
                    unread[f"{UNREAD}: {stock.broken}"] = None
                found |= {pair: quantity for pair, quantity in stock.rows.items() if pair in wanted}
        except StopAndFix as error:
            unread[f"{UNREAD}: {error}"] = None
        if places[MANY:]:
            unread[f"{UNREAD}: more than {MANY} locations are concerned; `verify` reads them all"] = None
        return found, list(unread)

    def _look_up(self, place: str) -> Stock:
        self._reader = self._reader or self._open()
        return self._reader.look_up(place, "location")

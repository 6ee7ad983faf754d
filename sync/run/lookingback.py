"""Pairs that an older request may still overwrite -> whether the tenant holds what was sent last.

A request that brought no clear answer may be carried out late, after the newer value (api.md A16). So those pairs are read
back before their run is called done. What cannot be read is believed; what somebody else changed is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import StopAndFix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sync.run.stock import Reader, Stock

    Pair = tuple[str, str]

MANY = 50  # locations that are read for one run; more are believed
UNREAD = (
    "an older request without an answer may still reach the tenant after this one, and it cannot be read back"
)


class LookingBack:
    """Reads the tenant for a delivery; `open_reader` is called when it is first needed. `warnings` tell what was believed."""

    def __init__(self, open_reader: Callable[[], Reader]) -> None:
        self._open = open_reader
        self._reader: Reader | None = None
        self.warnings: dict[str, None] = {}

    def __call__(self, pairs: Iterable[Pair]) -> dict[Pair, int]:
        """Tell what the tenant holds for pairs, as far as it lets itself be read."""
        wanted = set(pairs)
        places = sorted({location for location, _ in wanted})
        found: dict[Pair, int] = {}
        try:
            for place in places[:MANY]:
                stock = self._look_up(place)
                if stock.broken:
                    self.warnings[f"{UNREAD}: {stock.broken}"] = None
                found |= {pair: quantity for pair, quantity in stock.rows.items() if pair in wanted}
        except StopAndFix as error:
            self.warnings[f"{UNREAD}: {error}"] = None
        if places[MANY:]:
            self.warnings[f"{UNREAD}: more than {MANY} locations are concerned; `verify` reads them all"] = (
                None
            )
        return found

    def _look_up(self, place: str) -> Stock:
        self._reader = self._reader or self._open()
        return self._reader.look_up(place, "location")

"""The files of one mapping, one a night, as guards see them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.desks import Desk

HEADER = "Depot,Item,Pieces"
Row = tuple[str, str, object]


def rows(places: str = "AB", each: int = 100, quantity: object = 5) -> list[Row]:
    """Give as many rows for each location."""
    return [(place, f"S{number}", quantity) for place in places for number in range(each)]


class Night:
    """Writes tonight's file, each a minute newer than the last."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._moment = datetime(2026, 11, 1, tzinfo=UTC)

    def file(self, content: str, name: str = "stock.csv") -> Path:
        """Write a file."""
        path = self.desk.folder / name
        path.write_bytes(content.encode())
        self._moment += timedelta(minutes=1)
        os.utime(path, (self._moment.timestamp(),) * 2)
        return path

    def text(self, lines: Iterable[Row]) -> str:
        """Write rows as CSV."""
        return "\n".join((HEADER, *(f"{place},{sku},{quantity}" for place, sku, quantity in lines), ""))

    def run(self, content: str | list[Row], *options: str) -> dict[str, Any]:
        """Send tonight's file."""
        path = self.file(content if isinstance(content, str) else self.text(content))
        return self.desk.report("run", path, *options)

    def check(self, content: str | list[Row]) -> dict[str, Any]:
        """Ask what would become of it."""
        return self.desk.report(
            "check", self.file(content if isinstance(content, str) else self.text(content))
        )


def guards(report: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Name what holds a run, and where."""
    return [(guard["guard"], guard["location"]) for guard in (report["held"] or {"guards": []})["guards"]]

"""A folder with a configuration, one mapping and a sandbox, and the command line in it."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from sync.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conftest import Cli, Ended

KEY = "sk_live_c0ffee5eed1234567890"
MAPPING = """
version: 1
name: stock
match: {filename: ["stock*"]}
columns:
  location_code: {column: Depot}
  sku_code: {column: Item}
  quantity: {column: Pieces}
"""
UNGUARDED = "guards: {rejected: off, fewer_rows: off, zeroed: off, jump: off, unknown: off, cut: off}\n"
ROWS = [
    ("Depot", "Item", "Pieces"),
    ("A", "S1", "5"),
    ("A", "S2", "1,500"),
    ("B", "00123", "0"),
    ("B", "", "7"),
    ("", "", ""),
]
GOOD = [("Depot", "Item", "Pieces"), ("A", "S1", "5"), ("B", "S2", "6")]


class Desk:
    """A folder with a configuration, one mapping and files."""

    def __init__(self, folder: Path, cli: Cli) -> None:
        self.folder, self.cli = folder, cli
        (folder / "mappings").mkdir()
        (folder / "mappings" / "stock.yaml").write_text(MAPPING)
        self.configure({"url": "sandbox"})

    def configure(self, tenant: dict[str, Any], **more: Any) -> None:
        """Write the configuration."""
        quick = {"retry": {"attempts": 2, "base": 0.01, "max": 0.01, "deadline": 5}, "timeout": 5}
        (self.folder / "inventory-sync.yaml").write_text(json.dumps({"tenant": {**quick, **tenant}, **more}))

    def unguarded(self) -> None:
        """Have nothing held, whatever the files look like."""
        (self.folder / "mappings" / "stock.yaml").write_text(MAPPING + UNGUARDED)

    def file(self, rows: Sequence[tuple[str, ...]], name: str = "stock.csv") -> Path:
        """Write a stock file."""
        path = self.folder / name
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    def __call__(self, *arguments: str | Path) -> Ended:
        """Type one command."""
        return self.cli(arguments[0], "--config", self.folder / "inventory-sync.yaml", *arguments[1:])

    def report(self, *arguments: str | Path) -> dict[str, Any]:
        """Type one command and give the report of its only run."""
        (report,) = self(*arguments, "--json").json["runs"]
        assert isinstance(report, dict)
        return report

    def stock(self) -> dict[tuple[str, str], int]:
        """Give what the sandbox holds."""
        with Store(self.folder / "state" / "sandbox.db") as store:
            return {
                (row.location_code, row.sku_code): row.quantity
                for place in "AB"
                for row in store.at_location(place)
            }


def four_parts(words: str) -> bool:
    """Tell whether a message has what happened, what is safe, what happens by itself, and the command."""
    return all(part in words for part in ("Safe:", "By itself:", "To do:"))

"""A watched folder, files in it, and passes over it."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conftest import Ended
    from tests.desks import Desk

HEAD = ("Depot", "Item", "Pieces")
PLACES = ("inbox", "processed", "held", "failed", "rejects")


class Drop:
    """The watched folder of a desk; files settle at once unless a test says otherwise."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.root = desk, desk.folder / "drop"
        self.inbox = self.root / "inbox"
        self.configure()
        self.inbox.mkdir(parents=True)

    def configure(self, tenant: dict[str, Any] | None = None, **watch: Any) -> None:
        """Write the configuration."""
        self.desk.configure(tenant or {"url": "sandbox"}, watch={"settle": 0, "poll": 0.2, **watch})

    def put(self, name: str = "stock.csv", quantity: str = "5", sku: str = "S1") -> Path:
        """Drop a file of one row."""
        return self.rows([HEAD, ("A", sku, quantity)], name)

    def rows(self, rows: Sequence[tuple[str, ...]], name: str = "stock.csv") -> Path:
        """Drop a file."""
        path = self.inbox / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    def once(self, *more: str) -> Ended:
        """Make one pass."""
        return self.desk("watch", "--once", *more)

    def report(self) -> dict[str, Any]:
        """Make one pass and give the report of its only run."""
        (report,) = self.once("--json").json["runs"]
        assert isinstance(report, dict)
        return report

    def files(self, place: str) -> list[Path]:
        """List the files of a place, notes apart."""
        return sorted(path for path in (self.root / place).iterdir() if path.suffix != ".txt")

    def kept(self) -> dict[str, int]:
        """Count the files of each place where there are any; `.work` is what is claimed and not put away."""
        counts = {
            place: len([path for path in self._all(place) if path.suffix != ".txt"]) for place in PLACES
        }
        counts[".work"] = len([path for path in (self.inbox / ".work").rglob("*") if _is_file(path)])
        return {place: count for place, count in counts.items() if count}

    def _all(self, place: str) -> list[Path]:
        return [
            path
            for path in (self.root / place).rglob("*")
            if ".work" not in path.parts and not path.name.startswith(".") and _is_file(path)
        ]

    def pass_time(self, seconds: float) -> None:
        """Let time go by for what the looks before this one have seen."""
        for path in (self.desk.folder / "state" / "watch").glob("*.json"):
            known = json.loads(path.read_text())
            known["seen"] = {key: [*mark[:4], mark[4] - seconds] for key, mark in known["seen"].items()}
            path.write_text(json.dumps(known))


def _is_file(path: Path) -> bool:
    return path.is_symlink() or not path.is_dir()

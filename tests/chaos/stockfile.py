"""A seed -> a stock file, and what must become of each of its rows before anything is sent: rules of our own.

The quantity is generation x 1,000,000 + line, so that a value seen anywhere names the file and the line that it came from.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADER = ("Depot", "Item", "Pieces", "Note")
LOCATIONS = ("DEP-A", "DEP-B", "DEP-C")
SKUS = tuple(f"ART-{letter}{number}" for number in range(10, 16) for letter in "KLMN")
UNKNOWN = ("NEW-X1", "NEW-Y2")  # until the tenant gets to know them
STRANGE = "DEP-Z"  # a location that the tenant never has
POISON = ("ART-K10", "ART-M13")  # while the tenant chokes on them
GENERATION = 1_000_000
LEFT_OUT = "closed"
WHOLE = re.compile("[0-9]+")
BAD_QUANTITIES = ("many", "-7", "1.5", "", "2147483648")

Pair = tuple[str, str]


@dataclass(frozen=True)
class Policy:
    """What the mapping of a plan says."""

    duplicates: str = "reject"
    blank: str = "reject"
    unknown: str = "reject"
    delimiter: str = ","
    as_of: str = "name"  # name, option or mtime


@dataclass(frozen=True)
class Row:
    """One data row; the outcome is go, merged, rejected, blank or excluded."""

    line: int
    cells: tuple[str, ...]
    outcome: str = "go"
    pair: Pair | None = None
    quantity: int = -1


@dataclass(frozen=True)
class StockFile:
    """A file as it was dropped."""

    name: str
    content: bytes
    rows: tuple[Row, ...]

    def count(self, *outcomes: str) -> int:
        """Count the rows with these outcomes."""
        return sum(row.outcome in outcomes for row in self.rows)

    @property
    def going(self) -> list[Row]:
        """The rows that are to be sent."""
        return [row for row in self.rows if row.outcome == "go"]


def made(spec: dict[str, Any], policy: Policy, name: str) -> StockFile:
    """Make the file of a generation up."""
    dice = Random(spec["seed"])  # noqa: S311 - the same seed gives the same file
    skus = SKUS[: spec["skus"]]
    pairs = [(place, sku) for place in LOCATIONS[: spec["places"]] for sku in skus]
    chosen = dice.sample(pairs, min(len(pairs), spec["size"]))
    lines = [[*pair, "", ""] for pair in chosen]
    _mess_up(lines, dice, spec["mess"])
    first = spec["generation"] * GENERATION
    for number, line in enumerate(lines, 2):
        if line[2] == "" and line[:2] != ["", ""]:
            line[2] = str(first + number)
    _spoil(lines, dice, spec["mess"])
    return written(name, lines, policy)


def _mess_up(lines: list[list[str]], dice: Random, mess: int) -> None:
    """Add rows that the tenant will refuse, rows without anything, and rows that are left out."""
    strange = [
        *([place, sku, "", ""] for place in LOCATIONS[:1] for sku in UNKNOWN),
        [STRANGE, "ART-L10", "", ""],
        ["", "", "", ""],
        ["DEP-A", "OLD-1", "", LEFT_OUT],
    ]
    for line in dice.sample(strange, min(mess, len(strange))):
        lines.insert(dice.randrange(len(lines) + 1), line)


def _spoil(lines: list[list[str]], dice: Random, mess: int) -> None:
    """Spoil cells, and repeat rows; only rows that are good so far, each once."""
    good = [line for line in lines if line[3] == "" and line[0]]
    for line in dice.sample(good, min(len(good) // 2, mess)):
        kind = dice.choice(("quantity", "quantity", "place", "sku", "same", "other", "incomplete"))
        if kind == "quantity":
            line[2] = dice.choice(BAD_QUANTITIES)
        elif kind == "place":
            line[0] = ""
        elif kind == "sku":
            line[1] = ""
        else:
            copies = {"same": line[2], "other": str(int(line[2]) + 500_000), "incomplete": "few"}
            lines.append([*line[:2], copies[kind], ""])


def written(
    name: str, lines: Iterable[Sequence[str]], policy: Policy, header: Sequence[str] = HEADER
) -> StockFile:
    """Write lines down as a file of the plan's dialect, and judge them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=policy.delimiter, lineterminator="\n")
    kept = [list(line) for line in lines]
    writer.writerows([header, *kept])
    rows = judged(
        [Row(number, tuple(plain(cell) for cell in line[:4])) for number, line in enumerate(kept, 2)], policy
    )
    return StockFile(name, text.getvalue().encode(), rows)


def plain(cell: str) -> str:
    """Take the apostrophe off that a reject file puts before what a spreadsheet would take for a formula."""
    return cell[1:] if re.match("'+[=+\\-@]", cell) else cell


def judged(rows: Sequence[Row], policy: Policy) -> tuple[Row, ...]:
    """Say what must become of each row of a file."""
    alone = [_alone(row, policy) for row in rows]
    together: dict[Pair, list[int]] = defaultdict(list)
    for at, row in enumerate(alone):
        if row.pair and row.outcome in {"go", "rejected"}:
            together[row.pair].append(at)
    for places in together.values():
        for at, outcome in zip(places, _outcomes([alone[at] for at in places], policy), strict=True):
            alone[at] = replace(alone[at], outcome=outcome)
    return tuple(alone)


def _alone(row: Row, policy: Policy) -> Row:
    place, sku, quantity, note = row.cells
    if not any(row.cells):
        return replace(row, outcome="blank")
    if note == LEFT_OUT:
        return replace(row, outcome="excluded")
    pair = (place, sku) if place and sku else None
    if pair and not quantity:
        return replace(row, outcome="blank" if policy.blank == "skip" else "rejected", pair=pair)
    fits = WHOLE.fullmatch(quantity) and int(quantity) < 2**31
    if not pair or not fits:
        return replace(row, outcome="rejected", pair=pair)
    return replace(row, pair=pair, quantity=int(quantity))


def _outcomes(group: Sequence[Row], policy: Policy) -> list[str]:
    """Judge the rows of one pair together."""
    if any(row.outcome == "rejected" for row in group):
        return ["rejected"] * len(group)
    if len({row.quantity for row in group}) == 1:
        return ["go", *["merged"] * (len(group) - 1)]
    if policy.duplicates == "last":
        return [*["merged"] * (len(group) - 1), "go"]
    return ["rejected"] * len(group)

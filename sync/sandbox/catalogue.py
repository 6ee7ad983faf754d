"""Which locations and SKUs exist: a CSV file with the header `kind,code`, kind being `location` or `sku`.

    kind,code
    location,A-101
    sku,RUG-5X7-BLU

A kind of which the file names no code is not restricted: then every code of that kind exists. Codes are compared as
they are, letter case included.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

HEADER = ["kind", "code"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The codes that exist, by kind; None: all do."""

    locations: frozenset[str] | None = None
    skus: frozenset[str] | None = None


def read_catalogue(path: Path) -> Catalogue:
    """Read the file; ValueError names every line that is wrong."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        codes: dict[str, set[str]] = {"location": set(), "sku": set()}
        problems = [f"{path}:{problem}" for problem in _sort_in(csv.reader(lines), codes)]
    if problems:
        raise ValueError("\n".join(problems))
    return Catalogue(frozenset(codes["location"]) or None, frozenset(codes["sku"]) or None)


def _sort_in(rows: Iterable[list[str]], codes: dict[str, set[str]]) -> Iterator[str]:
    """Put each code with its kind; yield what is wrong with the others."""
    number = 0
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if number == 1:
            if cells != HEADER:
                yield f"1: the header must be kind,code, not {','.join(cells)}"
                return
        elif len(cells) == len(HEADER) and cells[0] in codes and cells[1]:
            codes[cells[0]].add(cells[1])
        elif any(cells):
            yield f"{number}: expected location,CODE or sku,CODE, found {','.join(cells)}"
    if number == 0:
        yield "1: the file is empty; the header must be kind,code"

"""One mapping and the heads of a file's sheets -> the sheets and header rows that have what the mapping wants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sync.headings import joined
from sync.mapping.headers import AnyOf, fold, missing
from sync.mapping.sections import ByPattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.mapping.model import Mapping
    from sync.rows import Sheet


@dataclass(frozen=True, slots=True)
class Head:
    """A sheet with the rows that may be its header."""

    sheet: Sheet
    rows: tuple[int, ...]  # as a person counts; () where columns go by number
    cells: tuple[str, ...]
    missing: tuple[str, ...]  # what the mapping wants and these cells are not


@dataclass(frozen=True, slots=True)
class Look:
    """What came of looking at a file with one mapping's eyes."""

    mapping: Mapping
    named: bool  # the file's name fits
    holds: tuple[Head, ...] = ()  # one for each sheet that has everything
    nearest: Head | None = None
    unreadable: tuple[str, ...] = ()  # why the file cannot be read as the mapping says


def look(mapping: Mapping, sheets: Sequence[Sheet], *, named: bool) -> Look:
    """Find the header in each sheet that the mapping may mean."""
    holds: list[Head] = []
    nearest: Head | None = None
    for sheet in eligible(mapping, sheets):
        for head in _heads(mapping, sheet):
            if nearest is None or _distance(head) < _distance(nearest):
                nearest = head
            if not head.missing:
                holds.append(head)
                break
    return Look(mapping, named, tuple(holds), nearest)


def _distance(head: Head) -> tuple[int, int]:
    """Fewer missing is nearer; of two alike the fuller row looks more like a header."""
    return len(head.missing), -sum(bool(cell.strip()) for cell in head.cells)


def fits_name(filename: str, mapping: Mapping) -> bool:
    """Tell whether the file's name is one of the mapping's, where it has any."""
    globs = mapping.match.filename
    return globs is None or any(fnmatchcase(fold(filename), fold(glob)) for glob in globs)


def eligible(mapping: Mapping, sheets: Sequence[Sheet]) -> list[Sheet]:
    """List the sheets that may be meant: those of the mapping's name or glob, else the visible ones."""
    wanted = mapping.read.sheet
    visible = [sheet for sheet in sheets if sheet.visible]
    if wanted is None:
        return visible
    exact = [sheet for sheet in sheets if sheet.name is not None and fold(sheet.name) == fold(wanted)]
    return exact or [
        sheet for sheet in visible if sheet.name is None or fnmatchcase(fold(sheet.name), fold(wanted))
    ]


def _heads(mapping: Mapping, sheet: Sheet) -> Iterator[Head]:
    rows = dict(sheet.rows)
    wanted_rows = mapping.read_hints().header_rows
    if wanted_rows == ():
        width = max(map(len, rows.values()), default=0)
        numbers = tuple(str(number + 1) for number in range(width))
        yield Head(sheet, (), numbers, _lacking(mapping, numbers))
    elif wanted_rows is not None:
        cells = joined([rows.get(row, ()) for row in wanted_rows])
        yield Head(sheet, wanted_rows, cells, _lacking(mapping, cells))
    else:
        for row, cells in sheet.rows:
            yield Head(sheet, (row,), cells, _lacking(mapping, cells))


def _lacking(mapping: Mapping, cells: tuple[str, ...]) -> tuple[str, ...]:
    lacking = [shown(any_of) for any_of in missing(mapping.wanted_headers(), cells)]
    locations = mapping.matrix.locations if mapping.matrix else None
    if isinstance(locations, ByPattern) and not any(re.search(locations.pattern, cell) for cell in cells):
        lacking.append(f"a column like {locations.pattern}")
    return tuple(lacking)


def shown(any_of: AnyOf) -> str:
    """Name a wanted header for a person."""
    return " or ".join(f"`{name}`" for name in any_of)

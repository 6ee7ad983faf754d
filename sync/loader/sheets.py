"""The sheets of a workbook -> the one that is meant: by name, by glob, or the only one that can be seen."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.books.shapes import SheetInfo


def named(sheets: Sequence[SheetInfo], wanted: str) -> list[SheetInfo]:
    """Find the sheet of exactly this name, else those that fit it as a glob, in any case."""
    pattern = wanted.strip().casefold()
    exact = [sheet for sheet in sheets if sheet.name == wanted]
    return exact or [sheet for sheet in sheets if fnmatchcase(sheet.name.strip().casefold(), pattern)]


def only_named(sheets: Sequence[SheetInfo], wanted: str) -> SheetInfo:
    """Choose the one sheet of this name or glob."""
    found = named(sheets, wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise SetAside(f"Several sheets fit {wanted!r}: {_names(found)}. Name one in read.sheet.")
    raise SetAside(
        f"The workbook has no sheet {wanted!r}, but {_names(sheets)}. Correct read.sheet in the mapping."
    )


def only_visible(sheets: Sequence[SheetInfo], has_rows: Callable[[SheetInfo], bool]) -> SheetInfo:
    """Choose the one sheet that a person sees; of several, the one that is not empty."""
    seen = [sheet for sheet in sheets if sheet.visible]
    found = list(filter(has_rows, seen)) if len(seen) > 1 else seen
    if len(found) == 1:
        return found[0]
    if found:
        raise SetAside(f"The workbook has several sheets with rows: {_names(found)}. Name one in read.sheet.")
    raise SetAside(
        f"No sheet that can be seen has rows (sheets: {_names(sheets)}). Show, or name, the one that is meant."
    )


def _names(sheets: Sequence[SheetInfo]) -> str:
    return ", ".join(repr(sheet.name) for sheet in sheets) or "none"

"""What a parser comes upon, one thing after the other -> sheets, each with its rows and merged cells.

A document that holds all its sheets is read once, from its start to its end; nothing of it is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.books.shapes import Merge, Row, SheetContent, SheetInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

Event = SheetInfo | Row | Merge  # of a sheet: first its info, then rows and merges as they come


def by_sheet(events: Iterator[Event]) -> Iterator[SheetContent]:
    """Give each sheet with its rows; these are to be walked to their end before the next sheet is asked for."""
    following = [event for event in (next(events, None),) if isinstance(event, SheetInfo)]
    while following:
        merges: list[Merge] = []
        yield SheetContent(following.pop(), _rows(events, merges, following), merges)


def _rows(events: Iterator[Event], merges: list[Merge], following: list[SheetInfo]) -> Iterator[Row]:
    for event in events:
        if isinstance(event, SheetInfo):
            following.append(event)
            return
        if isinstance(event, Merge):
            merges.append(event)
        else:
            yield event

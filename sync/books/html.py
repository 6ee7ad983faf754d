"""A web page (.html, often named .xls) -> its tables, as a person sees them: each that holds anything is a sheet."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from sync.books import charset
from sync.books.events import by_sheet
from sync.books.htmlpage import Page
from sync.books.shapes import Merge, Row, SheetInfo
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from sync.books.events import Event
    from sync.books.htmlpage import Found
    from sync.books.htmltable import Table
    from sync.books.shapes import SheetContent

CHUNK = 1 << 18
WAITING_MAX = 500_000  # cells of tables that stand inside the table that is being read


def sheets(stream: BinaryIO, encoding: str | None = None) -> Iterator[SheetContent]:
    """Read all tables, one after the other; they are numbered as their first rows end."""
    page = Page()
    count = 0
    for content in by_sheet(_in_turn(_found(stream, page, _encoding(stream, encoding)))):
        count += 1
        yield content
    if not count:
        raise SetAside(_no_table(page))


def _encoding(stream: BinaryIO, declared: str | None) -> str:
    if declared is None:
        return charset.encoding_of(stream)
    found = charset.known(declared)
    if not found:
        raise SetAside(f"There is no encoding {declared!r}. Correct it in the mapping.")
    return found


def _no_table(page: Page) -> str:
    if page.has_frames:
        return (
            "This is a web page that only shows others, in frames: the sheets are in files beside it. Open it in "
            "a spreadsheet program and save it as .xlsx."
        )
    return "This is a web page (HTML) without a table that holds anything. Export the stock list again."


def _found(stream: BinaryIO, page: Page, encoding: str) -> Iterator[Found]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    stream.seek(0)
    chunk = b"<"
    while chunk:
        chunk = stream.read(CHUNK)
        page.read(decoder.decode(chunk, final=not chunk))
        ready, page.ready = page.ready, []
        yield from ready
    page.end()


def _in_turn(found: Iterator[Found]) -> Iterator[Event]:
    """Give one table after the other: rows of a table inside the one that is being read wait for its end."""
    count = 0
    now: Table | None = None
    waiting = Waiting()
    for table, row, merges in found:
        if now is None and row:
            now, count = table, count + 1
            yield _sheet(table, count)
        if table is not now:
            waiting.add(table, [row] if row else merges)
        elif row:
            yield row
        else:
            yield from merges
            now = None
            for inner, events in waiting.take():
                count += 1
                yield _sheet(inner, count)
                yield from events


def _sheet(table: Table, count: int) -> SheetInfo:
    return SheetInfo(f"Table {count}", table.visible, "")


class Waiting:
    """Tables that are complete, in the order of their first rows; those without a row are left out."""

    def __init__(self) -> None:
        self._tables: dict[Table, list[Row | Merge]] = {}
        self._cells = 0

    def add(self, table: Table, events: Sequence[Row | Merge]) -> None:
        """Keep what was found in a table."""
        self._cells += sum(len(event.cells) if isinstance(event, Row) else 1 for event in events)
        if self._cells > WAITING_MAX:
            raise SetAside(
                f"A table of the web page holds tables of more than {WAITING_MAX} cells. Save it as .xlsx."
            )
        if table in self._tables or any(isinstance(event, Row) for event in events):
            self._tables.setdefault(table, []).extend(events)

    def take(self) -> list[tuple[Table, list[Row | Merge]]]:
        """Give them all."""
        tables, self._tables = self._tables, {}
        self._cells = 0
        return list(tables.items())

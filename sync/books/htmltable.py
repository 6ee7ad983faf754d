"""One table of a web page, tag by tag -> its rows; tags that are left open are closed as a browser closes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.books.bounds import TEXT_MAX
from sync.books.htmlcell import looks, seen
from sync.books.htmlgrid import Grid
from sync.errors import SetAside

if TYPE_CHECKING:
    from sync.books.shapes import Merge, Row

ACROSS_MAX, DOWN_MAX = 1000, 65534  # a browser allows no more
COUNT = re.compile(r"\s*([0-9]{1,9})")
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*(all|screen)", re.IGNORECASE)
NOT_MERGED = re.compile(
    r"mso-ignore\s*:\s*(colspan|rowspan)", re.IGNORECASE
)  # Excel: blanks beside each other

Attributes = dict[str, str | None]


def is_hidden(attributes: Attributes) -> bool:
    """Tell whether an element is one that nobody sees."""
    return "hidden" in attributes or bool(HIDDEN.search(attributes.get("style") or ""))


class Table:
    """Rows that are complete lie in `ready`; those of the foot, which may stand before the others, come at the end."""

    def __init__(self, *, visible: bool) -> None:
        self.visible = visible
        self.ready: list[Row] = []
        self._body = self._grid = Grid()
        self._foot = Grid()
        self._foot_rows: list[Row] = []
        self._group_is_hidden = False
        self._cell: Attributes | None = None
        self._pieces: list[str] = []
        self._length = 0

    def start_group(self, tag: str, attributes: Attributes) -> None:
        """Begin a group of rows: thead, tbody or tfoot."""
        self.end_group()
        self._grid = self._foot if tag == "tfoot" else self._body
        self._group_is_hidden = is_hidden(attributes)

    def end_group(self) -> None:
        """End it."""
        self.end_row()
        self._grid.end_group()
        self._grid = self._body
        self._group_is_hidden = False

    def start_row(self, attributes: Attributes) -> None:
        """Begin a row."""
        self.end_row()
        self._grid.start_row(hidden=self._group_is_hidden or is_hidden(attributes))

    def end_row(self) -> None:
        """End it."""
        self.end_cell()
        row = self._grid.end_row() if self._grid.row_is_open else None
        if row:
            (self._foot_rows if self._grid is self._foot else self.ready).append(row)

    def start_cell(self, attributes: Attributes) -> None:
        """Begin a cell."""
        self.end_cell()
        if not self._grid.row_is_open:
            self.start_row({})
        self._cell = attributes
        self._pieces = []
        self._length = 0

    def end_cell(self) -> None:
        """End it."""
        if self._cell is not None:
            shown = seen(self._cell, looks(self._pieces))
            across, down = _count(self._cell, "colspan", ACROSS_MAX), _count(self._cell, "rowspan", DOWN_MAX)
            merged = not NOT_MERGED.search(self._cell.get("style") or "")
            self._cell = None
            self._grid.add(shown, across=across, down=down, merged=merged)

    def text(self, characters: str) -> None:
        """Take a piece of text."""
        if self._cell is not None:
            self._length += len(characters)
            if self._length > TEXT_MAX:
                raise SetAside(
                    f"A cell of the web page holds more than {TEXT_MAX} characters: this is no stock file."
                )
            self._pieces.append(characters)

    def end(self) -> list[Merge]:
        """End the table; give its merged cells."""
        self.end_group()
        above = self._body.row
        self._foot.end_group()
        self.ready += [row._replace(number=row.number + above) for row in self._foot_rows]
        return self._body.merges + [
            merge._replace(first_row=merge.first_row + above, last_row=merge.last_row + above)
            for merge in self._foot.merges
        ]


def _count(attributes: Attributes, name: str, most: int) -> int:
    found = COUNT.match(attributes.get(name) or "")
    return min(max(int(found[1]), 1), most) if found else 1

"""The rows and cells of one HTML table -> each cell in its column, with the cells that span several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.books.bounds import COLUMNS_MAX
from sync.books.shapes import Cell, Merge, Row
from sync.errors import SetAside

if TYPE_CHECKING:
    from sync.books.shown import Shown

MERGED_MAX = 10_000_000  # places that merged cells take


class Grid:
    """Counts the rows of a table as a person does, and keeps the places that cells above hold."""

    def __init__(self) -> None:
        self.merges: list[Merge] = []
        self.row = 0
        self._column = 0
        self._hidden = False
        self._cells: list[Cell] = []
        self._held: dict[int, int] = {}  # column -> the last row that a cell above holds
        self._tall: list[Merge] = []
        self._area = 0
        self.row_is_open = False

    def start_row(self, *, hidden: bool) -> None:
        """Begin a row."""
        self.row += 1
        self._column = 0
        self._hidden = hidden
        self._cells = []
        self.row_is_open = True

    def add(self, shown: Shown, *, across: int, down: int, merged: bool) -> None:
        """Put a cell into the next free place; not all that reaches over several is merged."""
        while self._held.get(self._column, 0) >= self.row:
            self._column += 1
        first, self._column = self._column, self._column + across
        if self._column > COLUMNS_MAX:
            raise SetAside(
                f"A table of the web page has more than {COLUMNS_MAX} columns: this is no stock file."
            )
        if any(shown):
            self._cells.append(Cell(first, *shown))
        if across > 1 or down > 1:
            self._hold(Merge(self.row, self.row + down - 1, first, self._column - 1), merged=merged)

    def _hold(self, merge: Merge, *, merged: bool) -> None:
        self._area += (merge.last_row - merge.first_row + 1) * (merge.last_column - merge.first_column + 1)
        if self._area > MERGED_MAX:
            raise SetAside(
                f"A table of the web page merges more than {MERGED_MAX} cells: this is no stock file."
            )
        if merged:
            (self._tall if merge.last_row > merge.first_row else self.merges).append(merge)
        for column in range(merge.first_column, merge.last_column + 1):
            self._held[column] = merge.last_row

    def end_row(self) -> Row | None:
        """End the row; give it where it holds anything."""
        self.row_is_open = False
        return Row(self.row, self._hidden, self._cells) if self._cells else None

    def end_group(self) -> None:
        """End a group of rows, beyond which no cell reaches."""
        self.merges += [merge._replace(last_row=min(merge.last_row, self.row)) for merge in self._tall]
        self._tall = []
        self._held = {}

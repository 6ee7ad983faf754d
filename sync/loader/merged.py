"""Merged cells of a sheet -> its rows as a person sees them: what is merged downwards is filled in, or is a fault.

Only what is merged with a cell above it hides a value from a row. Cells merged sideways are titles and notes; in a
header of several rows they are groups, and stand over all their columns.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.books.address import address
from sync.books.shapes import Cell, Row
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.books.shapes import Merge

COLUMNS_MAX = 5_000_000  # in all, of the merged cells that matter


@dataclass(slots=True)
class _Column:
    """Walks the merged cells of one column downwards."""

    column: int
    merges: list[Merge]
    at: int = 0
    upper: Cell | None = None  # what the merged cells at hand show

    def hidden(self, row: int, cells: dict[int, Cell]) -> tuple[Merge, Cell] | None:
        """Say what hides this column's cell in the next row."""
        while self.at < len(self.merges) and self.merges[self.at].last_row < row:
            self.at += 1
            self.upper = None
        if self.at == len(self.merges):
            return None
        merge = self.merges[self.at]
        if row == merge.first_row:
            self.upper = cells.get(merge.first_column)
        elif self.upper and self.column not in cells:
            return merge, self.upper
        return None


class Merged:
    """Knows which cells of a sheet others hide."""

    def __init__(self, merges: Sequence[Merge]) -> None:
        self._merges = merges
        downwards = sorted(merge for merge in merges if merge.last_row > merge.first_row)
        _bound(downwards)
        self._columns: dict[int, list[Merge]] = {}
        for merge in downwards:
            for column in range(merge.first_column, merge.last_column + 1):
                self._columns.setdefault(column, []).append(merge)

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns in which cells are merged downwards."""
        return tuple(sorted(self._columns))

    def hider(self, row: int, column: int) -> str:
        """Name the cell that hides this one."""
        merges = self._columns[column]
        merge = merges[bisect_right(merges, row, key=lambda merge: merge.first_row) - 1]
        return address(merge.first_row, merge.first_column)

    def rows(self, source: Iterable[Row], *, after: int, width: int, fill: bool) -> Iterator[Row]:
        """Walk rows in which hidden cells show what hides them (`fill`), or are faults.

        Nothing is filled with what stands in the header, whose last row is `after`. A row that has no cell of its own in
        the table, which is `width` columns wide, gets none.
        """
        columns = [_Column(column, merges) for column, merges in self._columns.items() if column < width]
        if not columns:
            yield from source
            return
        for row in source:
            shown = _shown(row, columns, after=after, fill=fill)
            yield shown if row.cells[0].column < width else row

    def header(self, source: Iterable[Row], wanted: Sequence[int]) -> Iterator[Row]:
        """Walk rows in which those of the header are as a person sees them: groups stand over all their columns."""
        over = [merge for merge in self._merges if any(_covers(merge, row) for row in wanted)]
        _bound(over)
        starts = {(merge.first_row, merge.first_column): merge for merge in over}
        tops: list[tuple[Merge, Cell]] = []
        for row in source:
            tops += [(starts[at], cell) for cell in row.cells if (at := (row.number, cell.column)) in starts]
            yield _spread(row, tops, wanted) if row.number in wanted else row


def _shown(row: Row, columns: Sequence[_Column], *, after: int, fill: bool) -> Row:
    cells = {cell.column: cell for cell in row.cells}
    found = [(each.column, each.hidden(row.number, cells)) for each in columns]
    hidden = [
        Cell(column, upper.text, upper.fault or "cell.merged")
        if fill and merge.first_row > after and merge.first_column == column
        else Cell(column, "", "cell.merged")
        for column, (merge, upper) in ((column, by) for column, by in found if by)
    ]
    return row._replace(cells=sorted([*row.cells, *hidden], key=_column)) if hidden else row


def _column(cell: Cell) -> int:
    return cell.column


def _covers(merge: Merge, row: int) -> bool:
    return merge.first_row <= row <= merge.last_row


def _spread(row: Row, tops: Iterable[tuple[Merge, Cell]], wanted: Sequence[int]) -> Row:
    cells = {cell.column: cell for cell in row.cells}
    for merge, cell in tops:
        for column in _columns_of(merge, row.number, wanted):
            cells.setdefault(column, cell._replace(column=column))
    return row._replace(cells=sorted(cells.values(), key=_column))


def _columns_of(merge: Merge, row: int, wanted: Sequence[int]) -> range:
    """Give the columns in which a header row shows a merged cell that holds its text elsewhere."""
    if not _covers(merge, row):
        return range(0)
    if row == merge.first_row:
        group = merge.last_row < wanted[-1]  # has header rows below it; what reaches to the last is one name
        return range(merge.first_column, merge.last_column + 1 if group else merge.first_column + 1)
    named_above = merge.first_row in wanted
    return range(0) if named_above else range(merge.first_column, merge.first_column + 1)


def _bound(merges: Iterable[Merge]) -> None:
    if sum(merge.last_column - merge.first_column + 1 for merge in merges) > COLUMNS_MAX:
        raise SetAside(f"The sheet has more than {COLUMNS_MAX} merged cells: this is no stock file.")

"""A small workbook, before it is written as one kind or another."""

from __future__ import annotations

from typing import NamedTuple

from sync.books.shapes import Merge


class Value(NamedTuple):
    """What is put into a cell: its kind, what is stored, the number format, and how a program shows it."""

    kind: str  # text | number | day | truth | error | formula
    stored: str = ""
    format: str = "General"
    shown: str = ""


class Line(NamedTuple):
    """A row: its cells by their columns, from 0."""

    cells: dict[int, Value]
    hidden: bool = False


class Tab(NamedTuple):
    """A sheet: its rows by their numbers, from 1."""

    name: str
    lines: dict[int, Line]
    visible: bool = True
    merges: tuple[Merge, ...] = ()

    def merge_at(self, row: int, column: int) -> Merge:
        """Tell which cells are shown as one with this one: at least itself."""
        found = (merge for merge in self.merges if (merge.first_row, merge.first_column) == (row, column))
        return next(found, Merge(row, row, column, column))


def line(*cells: str | Value, hidden: bool = False) -> Line:
    """Make a row of cells that stand side by side; an empty text is no cell."""
    values = {at: Value("text", cell) if isinstance(cell, str) else cell for at, cell in enumerate(cells)}
    return Line({at: value for at, value in values.items() if value != Value("text")}, hidden)


def tab(*lines: Line, name: str = "Stock") -> Tab:
    """Make a sheet of rows that stand one below the other."""
    return Tab(name, dict(enumerate(lines, start=1)))


def formats(tabs: tuple[Tab, ...]) -> list[str]:
    """List the number formats of a workbook; General is the first."""
    values = [value for tab in tabs for line in tab.lines.values() for value in line.cells.values()]
    return list(dict.fromkeys(["General", *(value.format for value in values)]))

"""A workbook -> a web page of tables."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bookmakers.model import Line, Tab, Value


def make(tabs: tuple[Tab, ...]) -> bytes:
    """Write a workbook."""
    return page("".join(map(_table, tabs)))


def page(body: str, head: str = "<meta charset='utf-8'>", encoding: str = "utf-8") -> bytes:
    """Write a page."""
    return f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding)


def table(rows: str) -> bytes:
    """Write a page of one table."""
    return page(f"<table>{rows}</table>")


def cell(cell: str) -> bytes:
    """Write a page of one table of one cell."""
    return table(f"<tr>{cell}</tr>")


def _table(tab: Tab) -> str:
    rows = ""
    for row in range(1, max(tab.lines, default=0) + 1):
        line = tab.lines.get(row)
        hidden = ' style="display:none"' if line and line.hidden else ""
        rows += f"<tr{hidden}>{_cells(tab, row, line) if line else ''}</tr>"
    return f"<table{'' if tab.visible else ' hidden'}>{rows}</table>"


def _cells(tab: Tab, row: int, line: Line) -> str:
    cells, column = "", 0
    from_above = [merge for merge in tab.merges if merge.first_row < row <= merge.last_row]
    covered = {at for merge in from_above for at in range(merge.first_column, merge.last_column + 1)}
    for at, value in line.cells.items():
        merge = tab.merge_at(row, at)
        spans = f'rowspan="{merge.last_row - row + 1}" colspan="{merge.last_column - at + 1}"'
        cells += "<td></td>" * len({*range(column, at)} - covered) + f"<td {spans}>{_shown(value)}</td>"
        column = merge.last_column + 1
    return cells


def _shown(value: Value) -> str:
    shown = value.shown or (value.stored.upper() if value.kind == "truth" else value.stored)
    return escape(shown).replace("\n", "<br>")

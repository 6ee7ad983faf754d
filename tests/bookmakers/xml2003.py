"""A workbook -> XML Spreadsheet 2003."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tests.bookmakers.model import formats

if TYPE_CHECKING:
    from tests.bookmakers.model import Tab, Value

SPREADSHEET, EXCEL = "urn:schemas-microsoft-com:office:spreadsheet", "urn:schemas-microsoft-com:office:excel"
TYPES = {"text": "String", "number": "Number", "day": "DateTime", "truth": "Boolean", "error": "Error"}


def make(tabs: tuple[Tab, ...]) -> bytes:
    """Write a workbook."""
    known = formats(tabs)
    return workbook("".join(_sheet(tab, known) for tab in tabs), known)


def workbook(sheets: str, known: list[str], more: str = "") -> bytes:
    """Write the XML of sheets into a workbook; its styles are called s0, s1 ... in the order of their formats."""
    styles = "".join(
        f'<Style ss:ID="s{at}"><NumberFormat ss:Format="{escape(code)}"/></Style>'
        for at, code in enumerate(known)
    )
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        f'<Workbook xmlns="{SPREADSHEET}" xmlns:ss="{SPREADSHEET}" xmlns:x="{EXCEL}" '
        f'xmlns:html="http://www.w3.org/TR/REC-html40">{more}<Styles>{styles}</Styles>{sheets}</Workbook>'
    ).encode()


def sheet(rows: str, *known: str, more: str = "") -> bytes:
    """Write a workbook of one sheet with the XML of these rows and columns."""
    table = f'<Worksheet ss:Name="Stock"><Table>{rows}</Table></Worksheet>'
    return workbook(table, ["General", *known], more)


def cell(cell: str, *known: str, more: str = "") -> bytes:
    """Write a workbook of one cell."""
    return sheet(f"<Row>{cell}</Row>", *known, more=more)


def _sheet(tab: Tab, known: list[str]) -> str:
    rows = ""
    for row, line in tab.lines.items():
        cells = "".join(_cell(value, tab, row, at, known) for at, value in line.cells.items())
        rows += f'<Row ss:Index="{row}" ss:Hidden="{int(line.hidden)}">{cells}</Row>'
    visible = "" if tab.visible else "<x:Visible>SheetHidden</x:Visible>"
    options = f"<x:WorksheetOptions>{visible}</x:WorksheetOptions>"
    return f'<Worksheet ss:Name="{escape(tab.name)}"><Table>{rows}</Table>{options}</Worksheet>'


def _cell(value: Value, tab: Tab, row: int, column: int, known: list[str]) -> str:
    merge = tab.merge_at(row, column)
    down, across = merge.last_row - row, merge.last_column - column
    said = f'ss:Index="{column + 1}" ss:StyleID="s{known.index(value.format)}"'
    said += f' ss:MergeDown="{down}" ss:MergeAcross="{across}"' if down or across else ""
    if value.kind == "formula":
        return f'<Cell {said} ss:Formula="=1+1"/>'
    stored = (
        {"true": "1", "false": "0"}.get(value.stored, value.stored) if value.kind == "truth" else value.stored
    )
    return f'<Cell {said}><Data ss:Type="{TYPES[value.kind]}">{escape(stored)}</Data></Cell>'

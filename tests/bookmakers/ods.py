"""A workbook -> OpenDocument, zipped or flat."""

from __future__ import annotations

from html import escape
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

if TYPE_CHECKING:
    from tests.bookmakers.model import Line, Tab, Value

NAMES = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text", "style")
}
NAMES["calcext"] = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
HIDDEN = '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>'

MIME = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" m:version="1.3">'
    f'<m:file-entry m:full-path="/" m:version="1.3" m:media-type="{MIME}"/>'
    '<m:file-entry m:full-path="content.xml" m:media-type="text/xml">{}</m:file-entry></m:manifest>'
)

KINDS = {"text": "string", "number": "float", "day": "date", "truth": "boolean", "error": "string"}
STORED = {"number": "value", "day": "date-value", "truth": "boolean-value"}
ERROR = 'calcext:value-type="error" table:formula="of:=1/0"'


def make(tabs: tuple[Tab, ...]) -> bytes:
    """Write a workbook."""
    return packed("".join(map(_table, tabs)))


def make_flat(tabs: tuple[Tab, ...]) -> bytes:
    """Write a workbook as one XML document."""
    return _office("document", "".join(map(_table, tabs))).encode()


def packed(tables: str, of_content: str = "") -> bytes:
    """Pack the XML of tables; the manifest may say more of it."""
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIME)
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(of_content))
        archive.writestr("content.xml", _office("document-content", tables))
    return held.getvalue()


def sheet(rows: str) -> bytes:
    """Pack a workbook of one sheet with the XML of these rows."""
    return packed(f'<table:table table:name="Stock">{rows}</table:table>')


def cell(cell: str) -> bytes:
    """Pack a workbook of one cell."""
    return sheet(f"<table:table-row>{cell}</table:table-row>")


def _office(root: str, tables: str) -> str:
    names = " ".join(f'xmlns:{name}="{uri}"' for name, uri in NAMES.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:{root} {names} office:version="1.3" office:mimetype="{MIME}">'
        f"<office:automatic-styles>{HIDDEN}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:{root}>"
    )


def _table(tab: Tab) -> str:
    style = "" if tab.visible else ' table:style-name="off"'
    rows, before = "", 0
    for row, line in tab.lines.items():
        rows += _gap("row", "rows", row - before - 1)
        hidden = ' table:visibility="collapse"' if line.hidden else ""
        rows += f"<table:table-row{hidden}>{_cells(tab, row, line)}</table:table-row>"
        before = row
    return f'<table:table table:name="{escape(tab.name)}"{style}>{rows}</table:table>'


def _cells(tab: Tab, row: int, line: Line) -> str:
    cells, before = "", -1
    for column, value in line.cells.items():
        cells += _gap("cell", "columns", column - before - 1)
        merge = tab.merge_at(row, column)
        down, across = merge.last_row - row + 1, merge.last_column - column + 1
        cells += _cell(value, f'table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"')
        before = column
    return cells


def _gap(what: str, them: str, times: int) -> str:
    return f'<table:table-{what} table:number-{them}-repeated="{times}"/>' if times else ""


def _cell(value: Value, spans: str) -> str:
    if value.kind == "formula":
        return f'<table:table-cell table:formula="of:=1+1" {spans}/>'
    said = [f'office:value-type="{KINDS[value.kind]}"', spans]
    if value.kind in STORED:
        said.append(f'office:{STORED[value.kind]}="{value.stored}"')
    if value.kind == "error":
        said.append(ERROR)
    lines = escape(value.shown or value.stored).split("\n")
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in lines)
    return f"<table:table-cell {' '.join(said)}>{paragraphs}</table:table-cell>"

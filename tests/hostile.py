"""Builds workbooks that were made to hurt who opens them; small ones, of the same kinds and ratios as the large."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
MEGA = 1_000_000
ROW = b"<row><c><v>1</v></c><c><v>2</v></c></row>"
HEAD = b'<row r="1"><c r="A1" t="str"><v>sku</v></c><c r="B1" t="str"><v>qty</v></c></row>'

PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def xlsx(path: Path, *rows: bytes, before: str = "", after: bytes = b"", **parts: Iterable[bytes]) -> Path:
    """Write a workbook of one sheet; `parts` are further ones of xl/, as sharedStrings."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        start = f'{before}<worksheet xmlns="{MAIN}"><sheetData>'.encode()
        _stream(archive, SHEET, [start, *rows, b"</sheetData>", after, b"</worksheet>"])
        for part, chunks in parts.items():
            _stream(archive, f"xl/{part}.xml", chunks)
    return path


def _stream(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes]) -> None:
    with archive.open(name, "w") as part:
        for chunk in chunks:
            part.write(chunk)


def cell(place: str, text: str = "x") -> bytes:
    return f'<c r="{place}" t="str"><v>{text}</v></c>'.encode()


def row(number: int, *cells: bytes) -> bytes:
    return f'<row r="{number}">'.encode() + b"".join(cells) + b"</row>"


def shared(*items: bytes) -> list[bytes]:
    return [f'<sst xmlns="{MAIN}">'.encode(), *items, b"</sst>"]


def ods(path: Path, body: str, manifest: str = "") -> Path:
    """Write an OpenDocument spreadsheet of one table."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="m">{manifest}</manifest:manifest>'
        )
        archive.writestr("content.xml", f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="S">{body}</table:table></office:spreadsheet></office:body></office:document-content>')  # fmt: skip
    return path


def forged(path: Path) -> Path:
    """Make the directory of an archive say that the sheet is small."""
    content = bytearray(path.read_bytes())
    at = content.rfind(SHEET.encode()) - 46
    struct.pack_into("<L", content, at + 24, 1000)
    path.write_bytes(content)
    return path


def overlapping(path: Path, count: int) -> Path:
    """Name the sheet's bytes again and again in the directory."""
    content = path.read_bytes()
    end = content.rfind(b"PK\5\6")
    at, start = content.rfind(SHEET.encode()) - 46, struct.unpack_from("<L", content, end + 16)[0]
    again = b"".join(content[at : at + 46] + b"xl/worksheets/%06d.xml" % number for number in range(count))
    members = count + struct.unpack_from("<H", content, end + 10)[0]
    directory = content[start:end] + again
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, members, members, len(directory), start, 0)
    path.write_bytes(content[:start] + directory + tail)
    return path


def endless_directory(path: Path, count: int) -> Path:
    """Write an archive that names so many parts and holds one."""
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 6, 0) + b"000000"
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)
    directory = b"".join(entry + b"%06d" % number for number in range(count))
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65_535, 65_535, len(directory), len(local), 0)
    path.write_bytes(local + directory + tail)
    return path

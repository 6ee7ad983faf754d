"""A workbook -> BIFF12 in a package, by its own words."""

from __future__ import annotations

import struct
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from tests.bookmakers.model import formats

if TYPE_CHECKING:
    from tests.bookmakers.model import Tab, Value

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/book/all.bin" '
    'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
)
ERRORS = {"#DIV/0!": 7, "#REF!": 23, "#N/A": 42}
DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
FORMAT_0 = 164  # the first number of a format that is declared


def make(tabs: tuple[Tab, ...]) -> bytes:
    """Write a workbook."""
    known = formats(tabs)
    texts: list[str] = []
    sheets = [_sheet(tab, known, texts) for tab in tabs]
    return package(
        [(tab.name, 0 if tab.visible else 1, sheet) for tab, sheet in zip(tabs, sheets, strict=True)],
        b"".join(record(19, b"\0" + wide(text)) for text in texts),
        styles(known),
    )


def package(
    sheets: list[tuple[str, int, bytes]],
    texts: bytes = b"",
    styles: bytes = b"",
    *,
    settings: bytes = b"",
    kind: str = "worksheet",
) -> bytes:
    """Pack sheets (name, state, records); their parts and relations have unusual names."""
    tabs = b"".join(
        record(156, struct.pack("<II", state, at) + wide(f"id{at}") + wide(name))
        for at, (name, state, _) in enumerate(sheets)
    )
    related = [(kind, f"id{at}", f"cells{at}.bin") for at in range(len(sheets))]
    related += [("sharedStrings", "t", "Texts.bin"), ("styles", "y", "/book/looks.bin")]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": _relations([("officeDocument", "b", "book/all.bin")]),
        "book/all.bin": settings + tabs,
        "book/_rels/all.bin.rels": _relations(related),
        "book/texts.bin": texts,
        "book/looks.bin": styles,
        **{f"book/cells{at}.bin": content for at, (_, _, content) in enumerate(sheets)},
    }
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def _relations(found: list[tuple[str, str, str]]) -> str:
    inner = "".join(
        f'<Relationship Type="{TYPES}/{kind}" Id="{reference}" Target="{part}"/>'
        for kind, reference, part in found
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def record(kind: int, body: bytes = b"") -> bytes:
    """Write a record: its kind and size in bytes of seven bits, then its body."""
    return _varying(kind) + _varying(len(body)) + body


def _varying(value: int) -> bytes:
    more, low = divmod(value, 128)
    return bytes([low | 128]) + _varying(more) if more else bytes([low])


def wide(text: str) -> bytes:
    """Write a text."""
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    """Write a row of cells."""
    return record(0, struct.pack("<IIHBBB", number - 1, 0, 300, 0, 16 if hidden else 0, 0)) + b"".join(cells)


def cell(kind: int, column: int, body: bytes, style: int = 0) -> bytes:
    """Write a cell."""
    return record(kind, struct.pack("<II", column, style) + body)


def styles(known: list[str]) -> bytes:
    """Write the styles of cells: one for each of these formats, after one of another sort."""
    declared = b"".join(
        record(44, struct.pack("<H", FORMAT_0 + at) + wide(code)) for at, code in enumerate(known) if at
    )
    used = b"".join(
        record(47, struct.pack("<HH", 0, FORMAT_0 + at if at else 0) + bytes(12)) for at in range(len(known))
    )
    return declared + record(626) + record(47, bytes(16)) + record(627) + record(617) + used + record(618)


def _sheet(tab: Tab, known: list[str], texts: list[str]) -> bytes:
    rows = b"".join(
        row(
            number,
            *(_cell(value, at, known.index(value.format), texts) for at, value in line.cells.items()),
            hidden=line.hidden,
        )
        for number, line in tab.lines.items()
    )
    merges = b"".join(
        record(176, struct.pack("<IIII", first - 1, last - 1, left, right))
        for first, last, left, right in tab.merges
    )
    return record(145) + rows + record(146) + merges


def _cell(value: Value, column: int, style: int, texts: list[str]) -> bytes:
    if value.kind == "text":
        texts.append(value.stored)
        return cell(7, column, struct.pack("<I", len(texts) - 1), style)
    if value.kind == "truth":
        return cell(4, column, bytes([value.stored == "true"]), style)
    if value.kind == "error":
        return cell(3, column, bytes([ERRORS[value.stored]]), style)
    return cell(5, column, struct.pack("<d", _double(value)), style)


def _double(value: Value) -> float:
    if value.kind == "day":
        return (datetime.fromisoformat(value.stored) - DAY_0).total_seconds() / 86400
    return float(value.stored)

"""Writes small .xls workbooks record by record, also such as no program would write."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END = 0x0A
FORMAT, XF, BOUNDSHEET, CODEPAGE, DATEMODE, FILEPASS = 0x41E, 0xE0, 0x85, 0x42, 0x22, 0x2F
ROW, MERGED = 0x208, 0xE5


def record(code: int, data: bytes = b"") -> bytes:
    """Write one record."""
    return struct.pack("<HH", code, len(data)) + data


def number(row: int, column: int, value: float, form: int = 0) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, form, value))


def text(row: int, column: int, value: str) -> bytes:
    """Write a text cell of BIFF8."""
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + value.encode("utf-16-le"))


def boolean(row: int, column: int, *, value: bool) -> bytes:
    return record(0x205, struct.pack("<HHHBB", row, column, 0, value, 0))


def error(row: int, column: int, code: int) -> bytes:
    return record(0x205, struct.pack("<HHHBB", row, column, 0, code, 1))


def formula(row: int, column: int, result: bytes) -> bytes:
    r"""Write a formula; `result` is a double, or b"\\3" for an empty text."""
    stored = result if len(result) > 1 else result + bytes(5) + b"\xff\xff"
    return record(0x06, struct.pack("<HHH", row, column, 0) + stored + struct.pack("<HIH", 0, 0, 0))


def hidden_row(row: int) -> bytes:
    return record(ROW, struct.pack("<HHHHHHI", row, 0, 9, 255, 0, 0, 0x20 | 0x100))


def merged(*areas: tuple[int, int, int, int]) -> bytes:
    """Write merged cells: first and last row, first and last column, from 0."""
    return record(
        MERGED, struct.pack("<H", len(areas)) + b"".join(struct.pack("<4H", *area) for area in areas)
    )


@dataclass
class Sheet:
    """A sheet: its name, its records, and whether it is hidden."""

    name: str
    records: bytes
    hidden: int = 0


@dataclass
class Xls:
    """A workbook of Excel 97 to 2003."""

    sheets: list[Sheet]
    formats: list[str] = field(default_factory=list)  # form 1 and on
    settings: bytes = b""  # records behind the first one

    def stream(self) -> bytes:
        """Write it as the bare stream."""
        formats = b"".join(
            record(FORMAT, struct.pack("<HHB", 164 + at, len(code), 1) + code.encode("utf-16-le"))
            for at, code in enumerate(self.formats)
        )
        keys = [0, *(164 + at for at in range(len(self.formats)))]
        looks = b"".join(record(XF, struct.pack("<HHH", 0, key, 0) + bytes(14)) for key in keys)
        start = _begin(0x05) + self.settings + formats + looks
        bodies = [_begin(0x10) + sheet.records + record(END) for sheet in self.sheets]
        position = len(start) + sum(12 + 2 * len(sheet.name) for sheet in self.sheets) + 4
        listed = b""
        for sheet, body in zip(self.sheets, bodies, strict=True):
            about = struct.pack("<IBBBB", position, sheet.hidden, 0, len(sheet.name), 1)
            listed += record(BOUNDSHEET, about + sheet.name.encode("utf-16-le"))
            position += len(body)
        return start + listed + record(END) + b"".join(bodies)


def _begin(kind: int) -> bytes:
    return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x10D3, 0x7CC, 0, 6))


def ole(stream: bytes, name: str = "Workbook") -> bytes:
    """Pack a stream into an OLE container."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // 512)
    chain = [-3, -2, *range(3, 2 + count), -2]  # the table itself, the directory, the stream
    header = OLE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    table = struct.pack(f"<{len(chain)}i", *chain)
    directory = _entry("Root Entry", 5, 1, -2, 0) + _entry(name, 2, -1, 2, len(stream))
    sectors = (table.ljust(512, b"\xff"), directory.ljust(512, b"\0"), stream.ljust(count * 512, b"\0"))
    return header.ljust(512, b"\xff") + b"".join(sectors)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    about = struct.pack("<HBBiii", len(coded), kind, 1, -1, -1, child)
    return coded.ljust(64, b"\0") + about + bytes(36) + struct.pack("<iII", start, size, 0)

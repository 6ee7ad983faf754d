"""The records of a binary part (.bin), and the values that stand in them: BIFF12, [MS-XLSB] 2.1.4 and 2.5."""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING, NamedTuple

from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

CHUNK = 1 << 16
RECORD_MAX = 1 << 23  # bytes; the longest text of a cell takes 65,536
MORE = 0x80  # of a byte: another one follows
NO_TEXT = 0xFFFFFFFF  # instead of a length
SIGN = 0x80000000
HEAD_MAX = 6  # bytes of a record's type and size

UINT = struct.Struct("<I")
DOUBLE = struct.Struct("<d")


class Record(NamedTuple):
    """A record of a part."""

    kind: int
    body: bytes


def records(part: IO[bytes], wanted: Collection[int]) -> Iterator[Record]:
    """Stream the records of these kinds."""
    held, at = b"", 0
    while True:
        if len(held) - at < HEAD_MAX:
            held, at = held[at:] + part.read(CHUNK), 0
            if not held:
                return
        kind, start = _varying(held, at, 2)
        size, start = _varying(held, start, 4)
        if size > RECORD_MAX:
            raise SetAside(
                f"The workbook holds a record of more than {RECORD_MAX} bytes: this is no stock file."
            )
        missing = start + size - len(held)
        if missing > 0:
            held, start, at = held[start:] + part.read(max(missing, CHUNK)), 0, 0
            if len(held) < size:
                raise EOFError("a record is cut off")
        at = start + size
        if kind in wanted:
            yield Record(kind, held[start:at])


def _varying(held: bytes, at: int, longest: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the last byte without the eighth; and where it ends."""
    value = 0
    for shift in range(longest):
        if at >= len(held):
            raise EOFError("a record is cut off")
        byte = held[at]
        at += 1
        value |= (byte & ~MORE) << 7 * shift
        if not byte & MORE:
            break
    return value, at


def uint(body: bytes, at: int) -> int:
    """Read an unsigned number of four bytes."""
    value: int = UINT.unpack_from(body, at)[0]
    return value


def double(body: bytes, at: int) -> float:
    """Read a number with a fraction."""
    value: float = DOUBLE.unpack_from(body, at)[0]
    return value


def rk(body: bytes, at: int) -> float:
    """Read a number that is packed into four bytes: whole or not, perhaps a hundredth of what is written."""
    packed = uint(body, at)
    if packed & 2:
        value = float((packed ^ SIGN) - SIGN >> 2)
    else:
        value = double(b"\0\0\0\0" + UINT.pack(packed & ~3), 0)
    return value / 100 if packed & 1 else value


def text(body: bytes, at: int) -> str:
    """Read a text: how many characters of two bytes, then these."""
    start = at + UINT.size
    end = start + 2 * uint(body, at)
    if end > len(body):
        raise EOFError("a text is cut off")
    return body[start:end].decode("utf-16-le")


def text_end(body: bytes, at: int) -> int:
    """Tell where a text ends, which may be none at all (length 0xFFFFFFFF)."""
    length = uint(body, at)
    return at + UINT.size + (0 if length == NO_TEXT else 2 * length)

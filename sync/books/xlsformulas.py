"""The records of a BIFF stream -> the formulas that no program has ever calculated.

The stream has no word for it: a writer that does not calculate stores 0 or an empty text. Where every formula of the
workbook holds nothing else, none of those is believed.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMULAS = {0x0006, 0x0206, 0x0406}
END = 0x000A
BEGIN = 0x0009  # the last byte of every version's
EMPTY = b"\3"  # a result that is an empty text: this, five bytes, and
SPECIAL = b"\xff\xff"
ZERO = bytes(8)

Place = tuple[int, int]  # row and column, from 0


def unsolved(stream: bytes, positions: Sequence[int]) -> list[frozenset[Place]]:
    """Give, for each sheet that begins at one of `positions`, the formulas without a value; [] = they have values."""
    found = []
    for position in positions:
        places = set()
        for place, result in _formulas(stream, position):
            if not _is_nothing(result):
                return []
            places.add(place)
        found.append(frozenset(places))
    return found


def _is_nothing(result: bytes) -> bool:
    return result == ZERO or (result.startswith(EMPTY) and result.endswith(SPECIAL))


def _formulas(stream: bytes, position: int) -> Iterator[tuple[Place, bytes]]:
    begin = 7 if stream[position : position + 2] == b"\x09\x00" else 6  # BIFF2 keeps three bytes of looks
    for code, at in _records(stream, position):
        if code in FORMULAS:
            row, column = struct.unpack_from("<HH", stream, at)
            yield (row, column), bytes(stream[at + begin : at + begin + 8])


def _records(stream: bytes, position: int) -> Iterator[tuple[int, int]]:
    """Walk the records of one sheet: their codes, and where their data begins."""
    depth = 0
    while 0 <= position <= len(stream) - 4:
        code, length = struct.unpack_from("<HH", stream, position)
        depth += (code & 0xFF == BEGIN) - (code == END)
        if depth <= 0:
            return
        yield code, position + 4
        position += 4 + length

"""Texts -> which kinds of signs stand in each, as bits; one look at the bytes of a column instead of many patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

DIGIT, SMALL, CAPITAL, SPACE, DATE_MARK, COMMA, BEYOND_ASCII, OTHER = (1 << bit for bit in range(8))
_KINDS = {
    DIGIT: b"0123456789",
    SMALL: b"abcdefghijklmnopqrstuvwxyz",
    CAPITAL: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    SPACE: b" ",
    DATE_MARK: b"-./",
    COMMA: b",",
    BEYOND_ASCII: bytes(range(128, 256)),
}


def _table() -> npt.NDArray[np.uint8]:
    table = np.full(256, OTHER, dtype=np.uint8)
    for kind, signs in _KINDS.items():
        table[list(signs)] = kind
    return table


_TABLE = _table()


def signs(texts: pa.StringArray) -> npt.NDArray[np.uint8]:
    """Give the kinds of signs in each text; none of them may be empty."""
    if not len(texts):
        return np.empty(0, dtype=np.uint8)
    _, offsets, data = texts.buffers()
    edges = np.frombuffer(offsets, dtype=np.int32, count=len(texts) + texts.offset + 1)[texts.offset :]
    kinds = _TABLE[np.frombuffer(data, dtype=np.uint8, count=int(edges[-1]))[edges[0] :]]
    return np.asarray(np.bitwise_or.reduceat(kinds, edges[:-1] - edges[0]))

"""Rows of a send list -> half-open ranges of it, bounded by count and bytes.

Loses, adds and reorders nothing: the ranges stand one after the other. Pure; knows neither the tenant nor how a body
is written, only how large a row of it can get.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt
    import pyarrow as pa

    Ranks = npt.NDArray[np.int8] | npt.NDArray[np.int64]

LONGEST_QUANTITY = 2_147_483_647
ESCAPED = r'[\x00-\x1f"\\]'
SPACE, QUOTE, BACKSLASH = b' "\\'
LONGEST_ESCAPE = len(r"\u001f") - 1  # what one such character adds at most
OWN_NAMES: Mapping[str, str] = MappingProxyType({})


def cuts(
    sizes: npt.NDArray[np.int64], ranks: Ranks | None, *, rows_max: int, bytes_max: int, start: int = 0
) -> Iterator[tuple[int, int]]:
    """Cut the rows from `start` on into ranges of at most `rows_max` rows whose sizes add up to at most `bytes_max`.

    `bytes_max` is for the rows alone: take the size of a body without rows off first. A single row over `bytes_max`
    goes alone. A range never spans a change of rank, so pairs that differ only by case do not share a body (api.md
    A10). Looks no further ahead than the next range, so it may be asked anew with other bounds at every step.
    """
    while start < len(sizes):
        window = slice(start, start + max(1, rows_max))
        fitting = int(np.searchsorted(np.cumsum(sizes[window]), bytes_max, side="right"))
        if ranks is not None:
            fitting = min(fitting, _leading(ranks[window]))
        stop = start + max(1, fitting)
        yield start, stop
        start = stop


def row_bytes(
    locations: pa.StringArray, skus: pa.StringArray, *, names: Mapping[str, str] = OWN_NAMES
) -> npt.NDArray[np.int64]:
    """Give the size of each row in a body, with its comma: never too small, and at most nine bytes too large.

    (Larger only for codes with quotes, backslashes or control characters.) `names` renames the fields.
    """
    fields = (names.get(field, field) for field in ("location_code", "sku_code", "quantity"))
    bare = dict(zip(fields, ("", "", LONGEST_QUANTITY), strict=True))
    frame = len(json.dumps(bare, ensure_ascii=False, separators=(",", ":")).encode()) + len(",")
    return frame + _text_bytes(locations) + _text_bytes(skus)


def _leading(ranks: Ranks) -> int:
    """Count the rows before the rank first changes."""
    changes = np.flatnonzero(ranks != ranks[0])
    return int(changes[0]) if len(changes) else len(ranks)


def _text_bytes(codes: pa.StringArray) -> npt.NDArray[np.int64]:
    """Measure codes as UTF-8 JSON text without its quotes."""
    _, ends, text = codes.buffers()
    bounds = np.frombuffer(ends, dtype=np.int32)[codes.offset : codes.offset + len(codes) + 1]
    plain = np.diff(bounds).astype(np.int64)
    signs = np.frombuffer(text or b"", dtype=np.uint8)[bounds[0] : bounds[-1]]
    suspects = (signs < SPACE) | (signs == QUOTE) | (signs == BACKSLASH)
    if not suspects.any():  # far cheaper than to count them
        return plain
    escapes = pc.count_substring_regex(codes, ESCAPED).to_numpy(zero_copy_only=False)
    return np.asarray(plain + LONGEST_ESCAPE * escapes.astype(np.int64))

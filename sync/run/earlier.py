"""What an earlier file came to, from the columns that are kept of it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa

from sync import staging
from sync.guards.measures import Measured

if TYPE_CHECKING:
    from pathlib import Path


def measures_of(folder: Path) -> Measured | None:
    """Read what a run's file came to in each location; None where its folder is gone or damaged."""
    try:
        return _measures(folder / "measures")
    except (OSError, pa.ArrowException, LookupError):
        return None


@lru_cache(maxsize=64)  # a pass with many files of a mapping compares each with the same few before it
def _measures(path: Path) -> Measured:
    """Read what never changes once it is written; LookupError where nothing was."""
    _, batch = next(iter(staging.Reader(path).blocks()), (0, None))
    if batch is None:
        raise LookupError(path)
    return Measured.of(batch)


def known_whole(measured: Measured) -> list[str]:
    """Name the locations of which every row of a file could be read; where one has no location it may be of any."""
    if measured.part("").rejected:
        return []
    parts = ((code, measured.part(code)) for code in measured.locations if code)
    return [code for code, part in parts if part.pairs and not part.rejected]

"""Segments: sorted entries in Arrow files, in blocks, unpacked, so that a look into one reads only what it needs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sync import durable, pairs
from sync.memory.entries import NAMES, Entries, newest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sync.memory.entries import Identity

BLOCK = 1 << 17  # entries that are sorted at once
SPACE = 1 << 64  # of the first half of an identity
SCHEMA = pa.schema([(name, pa.uint64() if name in ("high", "low") else pa.int64()) for name in NAMES])


class UnusableError(Exception):
    """A segment is missing, damaged or was made by another way of hashing: the memory has to be made anew."""


def scheme() -> bytes:
    """Give a hash that changes where the library below hashes in another way."""
    high, low = pairs.identity(pa.array(["A-101", "Ä"]), pa.array(["RUG-5X7-BLU", ""]))
    return " ".join(["us", *(f"{number:016x}" for number in (*high.tolist(), *low.tolist()))]).encode()


def write(path: Path, blocks: Iterable[Entries]) -> int:
    """Write blocks that follow one another in order; give the number of pairs."""
    pairs_written = 0
    with durable.replacing(path) as temporary:
        schema = SCHEMA.with_metadata({"scheme": scheme()})
        with pa.ipc.new_file(str(temporary), schema) as writer:
            for block in blocks:
                pairs_written += len(block)
                writer.write_batch(
                    pa.record_batch({name: getattr(block, name) for name in NAMES}, schema=schema)
                )
    return pairs_written


def read(path: Path) -> tuple[Entries, ...]:
    """Give the blocks of a segment, without reading them yet.

    Raises:
        UnusableError: it cannot be used.
    """
    try:
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        batches = [file.get_batch(at) for at in range(file.num_record_batches)]
    except (OSError, pa.ArrowException) as error:
        raise UnusableError(str(error)) from None
    if (file.schema.metadata or {}).get(b"scheme") != scheme():
        raise UnusableError(f"{path.name} was made with another way of hashing")
    return tuple(
        Entries(*(batch.column(name).to_numpy() for name in NAMES)) for batch in batches if batch.num_rows
    )


def merge(segments: Sequence[Sequence[Entries]]) -> Iterator[Entries]:
    """Fold several segments into one, part of the hash space by part: memory does not grow with them."""
    total = sum(len(block) for segment in segments for block in segment)
    for first, last in parts(total):
        within = [
            piece for segment in segments for block in segment if len(piece := _between(block, first, last))
        ]
        if within:
            yield newest(within)


def parts(total: int) -> list[tuple[int, int]]:
    """Cut the hash space into ranges (first, last) of about BLOCK of `total` pairs."""
    count = max(1, -(-total // BLOCK))
    cuts = [SPACE * at // count for at in range(count + 1)]
    return [(first, last - 1) for first, last in pairwise(cuts)]


def within(identity: Identity, first: int, last: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which pairs lie in a range of the hash space."""
    return (identity[0] >= np.uint64(first)) & (identity[0] <= np.uint64(last))


def _between(block: Entries, first: int, last: int) -> Entries:
    start, stop = (
        np.searchsorted(block.high, np.uint64(first), side="left"),
        np.searchsorted(block.high, np.uint64(last), side="right"),
    )
    return block.take(np.arange(start, stop))

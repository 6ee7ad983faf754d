"""A send list and the locations of which nothing may go yet -> the same list with those at its end, grouped by location.

The order of all others stays, and within a location that of its rows. Memory holds some locations at a time, never the list.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync import durable, staging

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    import numpy.typing as npt

    Places = npt.NDArray[np.int64]
    Held = tuple[str, int, int]  # location, start, stop
    Pieces = tuple[pa.RecordBatch, pa.RecordBatch]  # of the send list, and of its keys

ROWS = 100_000  # of several locations, that are put in order at once
FILES = ("send", "keys")


def hold(folder: Path, locations: Collection[str] | None) -> list[Held]:
    """Put what is held at the end of a send list and its keys (None: everything is); give where each location stands."""
    counts = _counts(staging.Reader(folder / "send"))
    held = {
        code: count for code, count in counts.items() if count and (locations is None or code in locations)
    }
    if not held:
        return []
    _rewrite(folder, held)
    free = sum(counts.values()) - sum(held.values())
    ends = pairwise(accumulate(held.values(), initial=free))
    return [(code, start, stop) for code, (start, stop) in zip(held, ends, strict=True)]


def _counts(send: staging.Reader) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _, batch in send.blocks():
        for item in pc.value_counts(batch.column("location_code")).to_pylist():
            counts[item["values"]] = counts.get(item["values"], 0) + item["counts"]
    return counts


def _rewrite(folder: Path, held: dict[str, int]) -> None:
    """Write both files anew, and put them in the place of the old ones."""
    new = {name: folder / f"{name}.new" for name in FILES}
    with (
        staging.Writer(new["send"]) as send,
        staging.Writer(new["keys"], packed=False) as keys,
    ):
        for pieces in _in_order(folder, held):
            for writer, piece in zip((send, keys), pieces, strict=True):
                writer.add(dict(zip(piece.schema.names, piece.columns, strict=True)))
    for name, path in new.items():
        path.replace(folder / name)
    durable.sync(folder)


def _in_order(folder: Path, held: dict[str, int]) -> Iterator[Pieces]:
    codes = pa.array(list(held), pa.string())
    for pieces, place in _placed(folder, codes):
        free = np.flatnonzero(place < 0)
        if len(free):
            yield _taken(pieces, free)
    for group in _groups(held):
        yield from _grouped(folder, pa.array(group, pa.string()))


def _groups(held: dict[str, int]) -> Iterator[list[str]]:
    """Group locations so that one walk over the list collects about ROWS rows; a larger one is alone."""
    group: list[str] = []
    rows = 0
    for code, count in held.items():
        if group and rows + count > ROWS:
            yield group
            group, rows = [], 0
        group.append(code)
        rows += count
    if group:
        yield group


def _grouped(folder: Path, codes: pa.StringArray) -> Iterator[Pieces]:
    """Give the rows of some locations, one location after the other; of a single one as they come."""
    found: list[tuple[Pieces, Places]] = []
    for pieces, place in _placed(folder, codes):
        here = np.flatnonzero(place >= 0)
        if len(here) and len(codes) == 1:
            yield _taken(pieces, here)
        elif len(here):
            found.append((_taken(pieces, here), place[here]))
    if found:
        send, keys = (
            pa.concat_batches(parts) for parts in zip(*(pieces for pieces, _ in found), strict=True)
        )
        yield _taken((send, keys), np.argsort(np.concatenate([place for _, place in found]), kind="stable"))


def _placed(folder: Path, codes: pa.StringArray) -> Iterator[tuple[Pieces, Places]]:
    """Walk both files together; of each row, which of some locations it is of, -1 for none."""
    send, keys = (staging.Reader(folder / name) for name in FILES)
    for start, batch in send.blocks():
        place = pc.fill_null(pc.index_in(batch.column("location_code"), value_set=codes), -1)
        yield (batch, keys.rows(start, start + batch.num_rows)), place.to_numpy().astype(np.int64)


def _taken(pieces: Pieces, at: Places) -> Pieces:
    send, keys = pieces
    return send.take(pa.array(at)), keys.take(pa.array(at))

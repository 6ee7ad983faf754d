"""A send list -> its rows location by location, as the tenant is read; memory holds some locations of it, never the whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from sync.run.positions import Positions
    from sync.staging import Reader

ROWS = 100_000  # that one walk over the list collects: locations until they are as many
COLUMNS = ("location_code", "sku_code", "quantity", "row")


class Part(NamedTuple):
    """What a send list says for one location, in its order; `positions` are those in the list."""

    location: str
    skus: list[str]
    quantities: list[int]
    rows: list[int]
    positions: npt.NDArray[np.int64]


def by_location(send: Reader, wanted: Positions) -> Iterator[Part]:
    """Walk the wanted rows of a send list, one location after the other."""
    for locations in _passes(_counted(send, wanted)):
        yield from _collected(send, wanted, pa.array(locations, pa.string()))


def _counted(send: Reader, wanted: Positions) -> Counter[str]:
    """Count the wanted rows of each location."""
    counts: Counter[str] = Counter()
    for start, batch in send.blocks():
        codes = batch.column("location_code").filter(pa.array(wanted.mask(start, batch.num_rows)))
        counts.update({item["values"]: item["counts"] for item in pc.value_counts(codes).to_pylist()})
    return counts


def _passes(counts: Counter[str]) -> Iterator[list[str]]:
    """Group the locations, so that one walk collects about ROWS rows."""
    chosen: list[str] = []
    rows = 0
    for location, count in counts.items():
        if chosen and rows + count > ROWS:
            yield chosen
            chosen, rows = [], 0
        chosen.append(location)
        rows += count
    if chosen:
        yield chosen


def _collected(send: Reader, wanted: Positions, locations: pa.StringArray) -> Iterator[Part]:
    """Collect the rows of some locations in one walk."""
    pieces = []
    for start, batch in send.blocks():
        place = pc.index_in(batch.column("location_code"), value_set=locations)
        chosen = np.flatnonzero(
            wanted.mask(start, batch.num_rows) & pc.is_valid(place).to_numpy(zero_copy_only=False)
        )
        if len(chosen):
            columns = [batch.column(name) for name in COLUMNS]
            piece = pa.table([*columns, place], names=[*COLUMNS, "place"]).take(pa.array(chosen))
            pieces.append(piece.append_column("position", pa.array(chosen + start)))
    whole = pa.concat_tables(pieces).combine_chunks()
    places = whole.column("place").to_numpy()
    order = np.argsort(places, kind="stable")
    whole, ends = whole.take(pa.array(order)), np.cumsum(np.bincount(places, minlength=len(locations)))
    begin = 0
    for location, end in zip(locations.to_pylist(), ends.tolist(), strict=True):
        skus, quantities, rows = (
            whole.column(name).slice(begin, end - begin).to_pylist()
            for name in ("sku_code", "quantity", "row")
        )
        yield Part(location, skus, quantities, rows, whole.column("position").to_numpy()[begin:end])
        begin = end

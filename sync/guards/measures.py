"""The rows of a staged file, block by block -> what they come to in each location: rows, rejects, pairs, and quantities.

Quantities are counted by value, of more than three digits by the first three: a median needs no more, and memory does not
grow with the file. What is measured is kept with the run, for the files after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync.rows import GO, REJECTED, SKIP_REASONS, SKIPPED

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Column = dict[str, Any]

MOST = 20_000  # locations that are told apart; a file with more of them has something else in that column
NO_ROWS = [SKIP_REASONS.index(reason) for reason in ("blank", "totals", "excluded", "unknown")]
VALUE_BITS = 32
VALUES = (1 << VALUE_BITS) - 1
POWERS = 10 ** np.arange(3, 10, dtype=np.int64)
NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Part:
    """What some rows come to. `values` ascending, each with how many pairs above 0 have it."""

    rows: int = 0
    rejected: int = 0
    pairs: int = 0
    values: Ints = field(default_factory=lambda: NONE)
    counts: Ints = field(default_factory=lambda: NONE)

    @property
    def positive(self) -> int:
        """How many pairs are above 0."""
        return int(self.counts.sum())

    @property
    def median(self) -> int:
        """The median of the quantities above 0, of three digits; 0 where there are none."""
        if not len(self.counts):
            return 0
        return int(self.values[np.searchsorted(np.cumsum(self.counts), (self.positive + 1) // 2)])


@dataclass(frozen=True, slots=True)
class Measured:
    """What a file comes to in each location; `keys` are place << 32 | value, ascending. "" = not told apart."""

    locations: tuple[str, ...]
    rows: Ints
    rejected: Ints
    pairs: Ints
    keys: Ints
    counts: Ints

    def part(self, location: str) -> Part:
        """Give one location; one that is not in the file has no rows."""
        if location not in self.locations:
            return Part()
        at = self.locations.index(location)
        first, last = np.searchsorted(self.keys, [at << VALUE_BITS, (at + 1) << VALUE_BITS]).tolist()
        rows, rejected, pairs = (int(column[at]) for column in (self.rows, self.rejected, self.pairs))
        return Part(rows, rejected, pairs, self.keys[first:last] & VALUES, self.counts[first:last])

    def whole(self, *, without: Collection[str] = ()) -> Part:
        """Give the file, or what is left of it without some locations."""
        kept = np.array([location not in without for location in self.locations], dtype=np.bool_)
        here = kept[self.keys >> VALUE_BITS] if len(self.keys) else NONE.astype(np.bool_)
        values, counts = _added(self.keys[here] & VALUES, self.counts[here])
        rows, rejected, pairs = (int(column[kept].sum()) for column in (self.rows, self.rejected, self.pairs))
        return Part(rows, rejected, pairs, values, counts)

    def columns(self) -> Column:
        """Give it as columns of one row a location."""
        places = np.arange(len(self.locations) + 1) << VALUE_BITS
        ends = pa.array(np.searchsorted(self.keys, places), pa.int32())
        return {
            "location": pa.array(self.locations, pa.string()),
            "rows": self.rows,
            "rejected": self.rejected,
            "pairs": self.pairs,
            "values": pa.ListArray.from_arrays(ends, pa.array(self.keys & VALUES)),
            "counts": pa.ListArray.from_arrays(ends, pa.array(self.counts)),
        }

    @classmethod
    def none(cls) -> Measured:
        """Measure nothing."""
        return cls((), NONE, NONE, NONE, NONE, NONE)

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> Measured:
        """Read what `columns` gave."""
        place = np.repeat(np.arange(batch.num_rows), pc.list_value_length(batch.column("values")).to_numpy())
        rows, rejected, pairs = (batch.column(name).to_numpy() for name in ("rows", "rejected", "pairs"))
        values, counts = (batch.column(name).flatten().to_numpy() for name in ("values", "counts"))
        locations = tuple(batch.column("location").to_pylist())
        return cls(locations, rows, rejected, pairs, (place << VALUE_BITS) | values, counts)


class Measuring:
    """Takes the blocks of a file."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {"": 0}
        self._numbers = np.zeros((3, 1), dtype=np.int64)  # rows, rejected, pairs
        self._keys, self._counts = NONE, NONE

    def see(self, locations: pa.StringArray, state: npt.NDArray[np.int8], rest: Column) -> None:
        """Take one block; `rest` has `skip` and `quantity`, the final ones."""
        place = self._placed(locations)
        rows = (state != SKIPPED) | ~np.isin(rest["skip"], NO_ROWS)
        rejected, pairs = state == REJECTED, _pairs(state, rest["skip"])
        size = len(self._places)
        grown = np.zeros((3, size), dtype=np.int64)
        grown[:, : self._numbers.shape[1]] = self._numbers
        for number, which in enumerate((rows, rejected, pairs)):
            grown[number] += np.bincount(place[which], minlength=size)
        self._numbers = grown
        quantity = rest["quantity"]
        above = pairs & (quantity > 0)
        keys, counts = np.unique(
            (place[above] << VALUE_BITS) | _three_digits(quantity[above]), return_counts=True
        )
        self._keys, self._counts = _added(
            np.concatenate([self._keys, keys]), np.concatenate([self._counts, counts])
        )

    def measured(self) -> Measured:
        """Tell what it comes to."""
        rows, rejected, pairs = self._numbers
        return Measured(tuple(self._places), rows, rejected, pairs, self._keys, self._counts)

    def _placed(self, locations: pa.StringArray) -> Ints:
        encoded = pc.dictionary_encode(locations)
        places = np.zeros(len(encoded.dictionary), dtype=np.int64)
        for at, code in enumerate(encoded.dictionary.to_pylist()):
            known = self._places.get(code)
            if known is None and len(self._places) < MOST:
                known = self._places[code] = len(self._places)
            places[at] = known or 0
        return np.asarray(places[encoded.indices.to_numpy()])


def _pairs(state: npt.NDArray[np.int8], skip: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Tell the rows that stand for a pair: those that go, and those that an earlier or newer run spoke for."""
    spoken_for = [SKIP_REASONS.index(reason) for reason in ("superseded", "repeat")]
    return np.asarray((state == GO) | ((state == SKIPPED) & np.isin(skip, spoken_for)))


def _three_digits(quantities: Ints) -> Ints:
    scale = 10 ** np.searchsorted(POWERS, quantities, side="right").astype(np.int64)
    return np.asarray(quantities // scale * scale)


def _added(keys: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Add up the counts of equal keys."""
    distinct, which = np.unique(keys, return_inverse=True)
    return distinct, np.bincount(which, weights=counts, minlength=len(distinct)).astype(np.int64)

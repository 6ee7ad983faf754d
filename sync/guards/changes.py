"""What is to be sent and what was last sent, block by block -> what changes in each location: zeroed pairs, jumps, examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from sync.guards.limits import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt
    import pyarrow as pa

    Mask = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]

MOST = 20_000  # locations that are told apart
NEVER = 2.0**62  # times: no quantity is that much more than another


@dataclass(slots=True)
class Changed:
    """What changes of the pairs that were above 0 when they were last sent."""

    above: int = 0
    zeroed: int = 0
    higher: int = 0  # by more than the limit
    lower: int = 0
    zeroes: tuple[str, ...] = ()
    jumps: tuple[str, ...] = ()

    def add(self, other: Changed) -> None:
        """Take another part's changes in."""
        self.above += other.above
        self.zeroed += other.zeroed
        self.higher += other.higher
        self.lower += other.lower
        self.zeroes = (*self.zeroes, *other.zeroes)[:EXAMPLES]
        self.jumps = (*self.jumps, *other.jumps)[:EXAMPLES]


class Changes:
    """Takes the blocks of a send list; `jump` is the limit of that guard, None where it is off."""

    def __init__(self, jump: float | None) -> None:
        self._jump = jump or NEVER
        self._parts: dict[str, Changed] = {}

    def see(self, block: pa.RecordBatch, old: Ints) -> None:
        """Take one block of a send list; `old` is what was last acknowledged of each pair, below 0 for nothing."""
        new = block.column("quantity").to_numpy()
        which = {
            "above": old > 0,
            "zeroed": (old > 0) & (new == 0),
            "higher": (old > 0) & (new > old * self._jump),
            "lower": (old > 0) & (new > 0) & (new * self._jump < old),
        }
        if not which["above"].any():
            return
        encoded = pc.dictionary_encode(block.column("location_code"))
        place, codes = encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
        counts = {name: np.bincount(place[mask], minlength=len(codes)) for name, mask in which.items()}
        for at in np.flatnonzero(counts["above"]).tolist():
            above, zeroed, higher, lower = (int(count[at]) for count in counts.values())
            self._of(codes[at]).add(Changed(above, zeroed, higher, lower))
        examples = _Examples(block, old, place, codes)
        for code, shown in examples.first(which["zeroed"]):
            self._of(code).add(Changed(zeroes=shown))
        for code, shown in examples.first(which["higher"] | which["lower"]):
            self._of(code).add(Changed(jumps=shown))

    def add(self, location: str, changed: Changed) -> None:
        """Take in what changes of a location beside the send list."""
        self._of(location).add(changed)

    def part(self, location: str) -> Changed:
        """Give one location."""
        return self._parts.get(location, Changed())

    def whole(self, *, without: Collection[str] = ()) -> Changed:
        """Give the file, or what is left of it without some locations."""
        total = Changed()
        for location, part in self._parts.items():
            if location not in without:
                total.add(part)
        return total

    def _of(self, location: str) -> Changed:
        known = location if location in self._parts or len(self._parts) < MOST else ""
        return self._parts.setdefault(known, Changed())


class _Examples:
    """Shows some pairs of a block."""

    def __init__(self, block: pa.RecordBatch, old: Ints, place: Ints, codes: Sequence[str]) -> None:
        self._block, self._old, self._place, self._codes = block, old, place, codes

    def first(self, mask: Mask) -> list[tuple[str, tuple[str, ...]]]:
        """Show the first few pairs of each location."""
        at = np.flatnonzero(mask)
        order = at[np.argsort(self._place[at], kind="stable")]
        place = self._place[order]
        nth = np.arange(len(order)) - np.searchsorted(place, place)
        found: dict[int, tuple[str, ...]] = {}
        for here in order[nth < EXAMPLES].tolist():
            where = int(self._place[here])
            found[where] = (*found.get(where, ()), self._shown(here))
        return [(self._codes[where], shown) for where, shown in found.items()]

    def _shown(self, at: int) -> str:
        sku, new = (self._block.column(name)[at].as_py() for name in ("sku_code", "quantity"))
        return f"{self._codes[self._place[at]]}, {sku}: {int(self._old[at])} -> {new}"

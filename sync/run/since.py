"""Pairs of an older run -> what newer runs sent for them since, from their send lists; the newest word counts."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync import staging
from sync.ledger import sent
from sync.run.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sync.ledger.book import Ledger
    from sync.rows import Run

    Pair = tuple[str, str]

CODES = ("location_code", "sku_code", "quantity")


class Word(NamedTuple):
    """What the newest of the newer runs sent for a pair."""

    run: str
    quantity: int


class Newer:
    """The runs whose word counts more than one run's. `gone` are those of which nobody can tell what they sent."""

    def __init__(self, ledger: Ledger, run: Run, state: Path) -> None:
        self._ledger, self._run, self._state = ledger, run, state
        self.gone: set[str] = set()

    def words(self, pairs: Iterable[Pair]) -> dict[Pair, Word]:
        """Find what was sent since for some pairs; asked after the tenant was read, it knows of everything that was seen there."""
        left = set(pairs)
        found: dict[Pair, Word] = {}
        newer = sent.newer(self._ledger, self._run) if left else []
        for run in (name for name, to_send in newer if to_send):
            for pair, quantity in self._sent(run, left):
                found[pair] = Word(run, quantity)
                left.discard(pair)
            if not left:
                break
        return found

    def _sent(self, run: str, pairs: set[Pair]) -> Iterator[tuple[Pair, int]]:
        """Walk those of the pairs that a run has posted."""
        posted = sent.posted(self._ledger, run)
        if not posted:
            return
        reader = open_list(self._state, run, posted[-1][1])
        if reader is None:
            self.gone.add(run)
            return
        wanted = Positions(posted, sent.refused(self._ledger, run))
        skus = pa.array({sku for _, sku in pairs}, pa.string())
        for start, batch in reader.blocks():
            meant = wanted.mask(start, batch.num_rows)
            meant &= pc.is_in(batch.column("sku_code"), value_set=skus).to_numpy(zero_copy_only=False)
            rows = batch.select(CODES).take(pa.array(np.flatnonzero(meant)))
            for location, sku, quantity in zip(*(each.to_pylist() for each in rows.columns), strict=True):
                if (location, sku) in pairs:
                    yield (location, sku), quantity


def open_list(state: Path, run: str, least: int) -> staging.Reader | None:
    """Open the send list of a run; None where it is not kept any more, cannot be read or is too short."""
    for _ in range(2):  # another command may be moving it just now
        with suppress(OSError, pa.ArrowInvalid):
            reader = staging.Reader(staging.of_run(state, run) / "send")
            if len(reader) >= least:
                return reader
    return None

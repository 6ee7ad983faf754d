"""A run's send list -> entries: what of it went out, and what of that the tenant acknowledged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sync import pairs, staging
from sync.ledger import batches, holds, sent
from sync.memory.entries import Entries, newest
from sync.memory.segments import parts, within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from sync.ledger.book import Ledger
    from sync.memory.entries import Identity
    from sync.rows import Run

    Keys = tuple[int, Identity, npt.NDArray[np.int64]]  # position of the first; identities; quantities


FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def moment(text: str) -> int:
    """Turn an as-of of the ledger into microseconds since 1970."""
    return (datetime.fromisoformat(text) - FIRST) // timedelta(microseconds=1)


def keys(folder: Path) -> Iterator[Keys]:
    """Walk the identities and quantities of a send list."""
    kept = folder / "keys"
    for start, batch in staging.Reader(kept if kept.exists() else folder / "send").blocks():
        if kept.exists():
            identity = (batch.column("high").to_numpy(), batch.column("low").to_numpy())
        else:
            identity = pairs.identity(batch.column("location_code"), batch.column("sku_code"))
        yield start, identity, batch.column("quantity").to_numpy()


class Sent:
    """What went out of one run. `begun`: its ranges that may go, and how far each is on record as being sent."""

    def __init__(self, ledger: Ledger, run: Run, folder: Path) -> None:
        self._run, self._folder = run, folder
        self._as_of = moment(run.as_of)
        self.begun = [(start, reached) for start, reached, _ in holds.begun(ledger, run) if start < reached]
        self.settled = batches.tally(ledger, run.run, rejects=False).settled
        self._went = np.array(self.begun, dtype=np.int64).reshape(-1, 2)
        self._settled = np.array(sent.acknowledged(ledger, run.run), dtype=np.int64).reshape(-1, 2)
        self._refused = np.array(sent.refused(ledger, run.run), dtype=np.int64)

    def blocks(self) -> Iterator[Entries]:
        """Give the entries in order, part of the hash space by part."""
        for first, last in parts(sum(stop - start for start, stop in self.begun)):
            end = self.begun[-1][1] if self.begun else 0
            found = [self._entries(block, first, last) for block in keys(self._folder) if block[0] < end]
            if any(map(len, found)):
                yield newest(found)

    def _entries(self, block: Keys, first: int, last: int) -> Entries:
        start, identity, quantities = block
        positions = np.arange(start, start + len(quantities))
        mine = np.flatnonzero(within(identity, first, last) & _inside(positions, self._went))
        entries = Entries.nothing((identity[0][mine], identity[1][mine]))
        entries.as_of[:], entries.seq[:] = self._as_of, self._run.seq
        taken = self._acknowledged(positions[mine])
        entries.known[taken] = quantities[mine][taken]
        entries.known_as_of[taken], entries.known_seq[taken] = self._as_of, self._run.seq
        return entries

    def _acknowledged(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        return np.asarray(_inside(positions, self._settled) & ~np.isin(positions, self._refused))


def _inside(positions: npt.NDArray[np.int64], ranges: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which positions lie in one of some ranges, which come in order; shape int64[n, 2]."""
    if not len(ranges):
        return np.zeros(len(positions), dtype=np.bool_)
    at = np.searchsorted(ranges[:, 0], positions, side="right") - 1
    return np.asarray((at >= 0) & (positions < ranges[at, 1]))


def in_doubt(ledger: Ledger, run: Run, folder: Path) -> Iterator[Entries]:
    """Give what a run posted without a clear answer, by pair, as if it were known."""
    opened = sorted(part for part, tries in batches.open_ranges(ledger, run.run) if tries)
    for start, identity, quantities in keys(folder) if opened else ():
        positions = np.arange(start, start + len(quantities))
        at = np.flatnonzero(_inside(positions, np.array(opened, dtype=np.int64)))
        if len(at):
            entries = Entries.nothing((identity[0][at], identity[1][at]))
            entries.known[:] = quantities[at]
            yield newest([entries])


def raised(run: Run, before: Entries, repeated: int) -> Entries:
    """Give what a repeat of run number `repeated` says anew: the same values, now true for its own as-of.

    `before` is what is remembered of the pairs of the file `repeats`; what another run sent since is left alone.
    """
    same = before.take(np.flatnonzero(before.seq == repeated))
    as_of = np.maximum(same.as_of, moment(run.as_of))
    seq = np.full(len(same), run.seq, dtype=np.int64)
    held = same.acknowledged()
    return newest(
        [
            replace(
                same,
                as_of=as_of,
                seq=seq,
                known_as_of=np.where(held, as_of, same.known_as_of),
                known_seq=np.where(held, seq, same.known_seq),
            )
        ]
    )


def repeats(folder: Path) -> Identity:
    """Give the pairs that a run left out as repeats."""
    reader = staging.Reader(folder / "repeats")
    blocks = [batch for _, batch in reader.blocks()]
    if not blocks:
        none = np.empty(0, dtype=np.uint64)
        return none, none
    high, low = (
        np.concatenate([batch.column(name).to_numpy() for batch in blocks]) for name in ("high", "low")
    )
    return high, low

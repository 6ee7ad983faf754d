"""The memory of one tenant: asks its segments and the runs under way, takes up runs that ended, folds small segments together.

Nothing here is the truth: it is made of the ledger and the send lists, and made anew where it is lost.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sync import pairs, staging
from sync.durable import clear_leftovers
from sync.ledger import batches, runs
from sync.ledger import segments as listed
from sync.memory import segments
from sync.memory.building import Sent, in_doubt, keys, moment, raised, repeats
from sync.memory.entries import NONE, recall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from sync.ledger.book import Ledger
    from sync.ledger.holds import Range
    from sync.memory.entries import Entries, Identity
    from sync.rows import Run

    # pairs, quantities -> for which pairs something newer was sent; which quantities are unchanged, None: nobody asks
    Remembered = Callable[
        [Identity, npt.NDArray[np.int64]], tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_] | None]
    ]

LAST = np.iinfo(np.int64).max  # comes after every run
MANY = 8  # segments of like size that are folded into one
STEP = 4  # how many times larger the next size is
SMALLEST = 1_000  # pairs; all below are of one size


class Memory:
    """What was last sent to a tenant, for each pair; `state` is the state folder."""

    def __init__(self, ledger: Ledger, state: Path, tenant: str) -> None:
        self._ledger, self._state, self._tenant = ledger, state, tenant
        self.folder = state / "memory" / hashlib.sha256(tenant.encode()).hexdigest()[:16]
        self._read: dict[str, tuple[Entries, ...]] = {}
        self._under_way: dict[tuple[str, tuple[Range, ...], int], tuple[Entries, ...]] = {}

    def prepare(self) -> list[str]:
        """Take up runs that ended unseen, and make anew what is lost; to be called under the lock.

        Names the runs of which neither is left, so that nothing of them can be remembered: then nothing is done.
        """
        self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        clear_leftovers(self.folder)
        names = set(listed.of_tenant(self._ledger, self._tenant))
        try:
            for name in names:
                self._segment(name)
        except segments.UnusableError:
            self._read.clear()
            with self._ledger.transaction():
                listed.forget(self._ledger, self._tenant)
            names = set()
        for path in self.folder.iterdir():
            if path.name not in names:
                path.unlink()
        unseen = listed.missing(self._ledger, self._tenant)
        gone = [
            run.run
            for run in unseen
            if not self._folder(run.run).exists() and batches.went(self._ledger, run.run)
        ]
        for run in unseen if not gone else ():
            self.absorb(run)
        return gone

    def recall(self, identity: Identity, *, besides: str = "") -> Entries:
        """Tell what is remembered of each pair, in the order asked; `besides` names a run that does not count."""
        return recall(identity, list(self._all(besides=besides)))

    def telling(self, *, besides: str = "") -> Callable[[Identity], Entries]:
        """Give what tells what is remembered of each pair, for many questions."""
        sources = list(self._all(besides=besides))
        return lambda identity: recall(identity, sources)

    def known(self, codes: Sequence[tuple[str, str]], *, besides: str = "") -> tuple[list[int], list[int]]:
        """Give the newest quantity that the tenant acknowledged for (location, SKU), and the seq of its run; NONE where none is.

        `besides` names a run that does not count.
        """
        columns = [pa.array([pair[at] for pair in codes], pa.string()) for at in (0, 1)]
        told = self.recall(pairs.identity(*columns), besides=besides)
        return told.known.tolist(), told.known_seq.tolist()

    def still(self, seq: int) -> Callable[[Identity], npt.NDArray[np.bool_]]:
        """Give what tells for which pairs run number `seq` was the last that sent anything, and the tenant acknowledged it."""
        sources = list(self._all())

        def told(identity: Identity) -> npt.NDArray[np.bool_]:
            last = recall(identity, sources)
            return np.asarray((last.seq == seq) & last.acknowledged())

        return told

    def before(self, as_of: str, *, changes_only: bool = False, besides: str = "") -> Remembered:
        """Give what tells of pairs, and quantities true for `as_of`, where something newer was sent, and what is unchanged.

        Of equal moments the later taken wins. Unchanged (only with `changes_only`) is what the tenant acknowledged last,
        unless a request without a clear answer may still change it.
        """
        sources, then = list(self._all(besides=besides)), moment(as_of)
        unclear = self._in_doubt(besides=besides) if changes_only else []

        def told(
            identity: Identity, quantities: npt.NDArray[np.int64]
        ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_] | None]:
            last = recall(identity, sources)
            newer = last.newer_than(then, LAST)
            if not changes_only:
                return newer, None
            same = last.acknowledged() & (last.known == quantities) & ~newer
            for block in unclear:
                same &= block.find(identity) == NONE
            return newer, np.asarray(same)

        return told

    def unchanged_at(self, run: Run, ranges: Iterable[Range]) -> list[Range]:
        """Give what need not be posted of some ranges of a run's send list: of each, how far it is unchanged from its start."""
        told = self.before(run.as_of, changes_only=True, besides=run.run)
        found = ((start, start + self._leading(run, (start, stop), told)) for start, stop in ranges)
        return [part for part in found if part[0] < part[1]]

    def superseded(self, run: Run) -> npt.NDArray[np.int64]:
        """Give the positions of a run's send list for whose pairs something newer was sent, ascending."""
        sources = list(self._all(besides=run.run))
        if not sources:
            return np.empty(0, dtype=np.int64)
        as_of = moment(run.as_of)
        found = [
            np.flatnonzero(recall(identity, sources).newer_than(as_of, run.seq)) + start
            for start, identity, _ in keys(self._folder(run.run))
        ]
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

    def doubtful(self, run: Run) -> dict[int, set[int]]:
        """Give the positions of a run's send list for whose pairs an older run posted something without a clear answer, and what.

        Such a request may still be under way to the tenant, and reach it after the newer value.
        """
        unclear = self._in_doubt(besides=run.run)
        found: dict[int, set[int]] = {}
        for start, identity, _ in keys(self._folder(run.run)) if unclear else ():
            for block in unclear:
                at = block.find(identity)
                for here in np.flatnonzero(at != NONE).tolist():
                    found.setdefault(start + here, set()).add(int(block.known[at[here]]))
        return found

    def _in_doubt(self, *, besides: str) -> list[Entries]:
        others = (other for other in runs.under_way(self._ledger, self._tenant) if other.run != besides)
        return [block for other in others for block in in_doubt(self._ledger, other, self._folder(other.run))]

    def _leading(self, run: Run, part: Range, told: Remembered) -> int:
        """Count the positions from the start of a range on that are unchanged."""
        count = 0
        for first, identity, quantities in keys(self._folder(run.run)):
            here = slice(max(part[0] - first, 0), max(part[1] - first, 0))
            if not len(quantities[here]):
                continue
            _, same = told((identity[0][here], identity[1][here]), quantities[here])
            assert same is not None  # noqa: S101 - it was asked for
            if not same.all():
                return count + int(np.argmin(same))
            count += len(same)
        return count

    def absorb(self, run: Run) -> None:
        """Take up a run that ended."""
        name, count = "", 0
        if run.repeats or batches.went(self._ledger, run.run):
            name = _name(run.seq)
            count = segments.write(self.folder / name, self._blocks_of(run))
        with self._ledger.transaction():
            listed.add(self._ledger, name, self._tenant, pairs=count, of=[run.run])
        self._fold()

    def _blocks_of(self, run: Run) -> Iterator[Entries]:
        folder = self._folder(run.run)
        earlier = runs.get(self._ledger, run.repeats) if run.repeats else None
        repeated = repeats(folder)
        if earlier and len(repeated[0]):
            again = raised(run, self.recall(repeated, besides=run.run), earlier.seq)
            yield from segments.merge([tuple(Sent(self._ledger, run, folder).blocks()), (again,)])
        else:
            yield from Sent(self._ledger, run, folder).blocks()

    def _all(self, *, besides: str = "") -> Iterator[Entries]:
        try:
            for segment in [self._segment(name) for name in listed.of_tenant(self._ledger, self._tenant)]:
                yield from segment
            unseen = listed.missing(self._ledger, self._tenant)  # where a segment could not be written
        except segments.UnusableError:  # a command without the lock can mend nothing: it reads the send lists
            unseen = listed.held(self._ledger, self._tenant)
        for run in (*runs.under_way(self._ledger, self._tenant), *unseen):
            if run.run != besides:
                yield from self._of_open(run)

    def _of_open(self, run: Run) -> tuple[Entries, ...]:
        """Give the entries of a run that has not ended, as far as it is on record as being sent."""
        sent = Sent(self._ledger, run, self._folder(run.run))
        key = (run.run, tuple(sent.begun), sent.settled)
        if key not in self._under_way:
            self._under_way = {other: kept for other, kept in self._under_way.items() if other[0] != run.run}
            self._under_way[key] = tuple(sent.blocks())
        return self._under_way[key]

    def _folder(self, run: str) -> Path:
        return staging.of_run(self._state, run)

    def _segment(self, name: str) -> tuple[Entries, ...]:
        if name not in self._read:
            self._read[name] = segments.read(self.folder / name)
        return self._read[name]

    def _fold(self) -> None:
        """Fold segments of like size into one, so that a small file never rewrites what is large."""
        while names := _alike(listed.sizes(self._ledger, self._tenant)):
            merged = _name(int(names[-1].split("-")[0]))
            count = segments.write(
                self.folder / merged, segments.merge([self._segment(name) for name in names])
            )
            with self._ledger.transaction():
                listed.fold(self._ledger, names, merged, self._tenant, pairs=count)
            for name in names:
                self._read.pop(name, None)
                (self.folder / name).unlink(missing_ok=True)


def _name(seq: int) -> str:
    return f"{seq:010d}-{secrets.token_hex(4)}.arrow"


def _alike(sizes: dict[str, int]) -> list[str]:
    """Name the segments of the smallest size of which there are too many, in the order of taking."""
    by_size: dict[int, list[str]] = {}
    for name, count in sorted(sizes.items()):
        size = 0
        while count > SMALLEST * STEP**size:
            size += 1
        by_size.setdefault(size, []).append(name)
    return next((names for _, names in sorted(by_size.items()) if len(names) >= MANY), [])

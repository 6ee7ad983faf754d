"""`absent: zero`: the pairs that a mapping sent before, in the locations of its file, and that are not in the file -> a run of their own to 0.

The file itself keeps its own numbers. Where a row was rejected or is held, nobody knows what is gone: such a location is left alone.
What a killed command had no time for, the next file finds again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync import pairs, staging
from sync.guards.changes import Changed
from sync.guards.limits import EXAMPLES
from sync.ledger import history
from sync.mapping.model import Mapping
from sync.mapping.plan import make_plan
from sync.memory.building import moment
from sync.rows import Block, Origin, ReadAs, SourceTable
from sync.run.earlier import known_whole
from sync.run.journal import record
from sync.stage.holding import hold
from sync.stage.whole import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from sync.guards.measures import Measured
    from sync.ledger.book import Ledger
    from sync.memory.book import Memory
    from sync.memory.entries import Entries, Identity
    from sync.rows import Run
    from sync.run.desk import Desk
    from sync.stage.shapes import Staged

FILE = "absent"  # in the run's folder: location_code, sku_code
HEADER = ("location_code", "sku_code", "quantity")
COLUMNS = {name: {"column": name} for name in HEADER}
OWN = Mapping.model_validate({"version": 1, "name": FILE, "columns": COLUMNS})
LAST = np.iinfo(np.int64).max  # comes after every run


@dataclass(slots=True)
class Absent:
    """How many pairs are gone in each location, and a few of them."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def changes(self) -> Iterator[tuple[str, Changed]]:
        """Give what they change, by location."""
        for code, count in self.counts.items():
            yield code, Changed(above=count, zeroed=count, zeroes=self.examples[code])


@dataclass(frozen=True, slots=True)
class Looking:
    """Where it is known what was sent before."""

    ledger: Ledger
    memory: Memory
    state: Path


def find(run: Run, staged: Staged, measured: Measured, looking: Looking) -> Absent:
    """Find the pairs that are gone, and write them beside the run's other files."""
    absent = Absent()
    locations = pa.array(known_whole(measured), pa.string())
    if not len(locations):
        return absent
    here, told = _pairs_of(staged.folder), looking.memory.telling(besides=run.run)
    with staging.Writer(staged.folder / FILE) as writer:
        for folder, seqs in _sent_before(run, looking):
            for _, batch in staging.Reader(folder / "send").blocks():
                mine = batch.filter(pc.is_in(batch.column("location_code"), value_set=locations))
                gone = _gone(mine, here, _last(told, seqs, moment(run.as_of)))
                if gone.num_rows:
                    writer.add({name: gone.column(name) for name in HEADER[:2]})
                    _count(absent, gone)
    return absent


def _pairs_of(folder: Path) -> npt.NDArray[np.uint64]:
    """Give one half of the identity of every pair in a file, whatever became of its row; ascending."""
    found = [
        pairs.identity(batch.column("location_code"), batch.column("sku_code"))[0]
        for _, batch in staging.Reader(folder / "candidates").blocks()
    ]
    return np.unique(np.concatenate(found))


def _sent_before(run: Run, looking: Looking) -> Iterator[tuple[Path, list[int]]]:
    """Walk what the mapping sent lately: the folder of each run, and the numbers under which its pairs are remembered."""
    earlier = history.senders(looking.ledger, run)
    for sender in earlier:
        again = [other.seq for other in earlier if other.repeats == sender.run]
        yield staging.of_run(looking.state, sender.run), [sender.seq, *again]


def _last(
    told: Callable[[Identity], Entries], seqs: Collection[int], as_of: int
) -> Callable[[Identity], tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]]:
    """Give what tells for which pairs one of some runs was the last to send anything, and what is known to be there."""

    def ask(identity: Identity) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
        last = told(identity)
        ours = np.isin(last.seq, list(seqs)) & (last.known > 0) & ~last.newer_than(as_of, LAST)
        return np.asarray(ours), last.known

    return ask


def _gone(
    batch: pa.RecordBatch,
    here: npt.NDArray[np.uint64],
    last: Callable[[Identity], tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]],
) -> pa.RecordBatch:
    """Give the rows of a send list whose pairs are not in the file, with what is known to be there as `quantity`."""
    identity = pairs.identity(*(batch.column(name) for name in HEADER[:2]))
    ours, known = last(identity)
    at = np.flatnonzero(ours & ~np.isin(identity[0], here))
    columns = [batch.column(name).take(pa.array(at)) for name in HEADER[:2]]
    return pa.record_batch([*columns, pa.array(known[at])], names=list(HEADER))


def _count(absent: Absent, gone: pa.RecordBatch) -> None:
    for item in pc.value_counts(gone.column("location_code")).to_pylist():
        absent.counts[item["values"]] += item["counts"]
    wanted = (code for code in absent.counts if len(absent.examples.get(code, ())) < EXAMPLES)
    for code in list(wanted):
        rows = gone.filter(pc.equal(gone.column("location_code"), code)).slice(0, EXAMPLES).to_pylist()
        shown = (f"{code}, {row['sku_code']}: {row['quantity']} -> 0 (not in the file)" for row in rows)
        absent.examples[code] = (*absent.examples.get(code, ()), *shown)[:EXAMPLES]


def send_zeros(
    desk: Desk, run: Run, child: Run, locations: Collection[str], *, held: Collection[str]
) -> None:
    """Put what is gone in some locations on record as the run `child`; what is gone where the file is held is held with it."""
    source = desk.staging / run.run / FILE
    folder = desk.staging / child.run
    folder.mkdir(mode=0o750)
    plan = make_plan(OWN, HEADER, Origin(run.origin.filename))
    table = SourceTable(HEADER, ReadAs("csv", header_row=1), _blocks(source, locations))
    staged = stage(table, plan, folder, neighbours=False, remembered=desk.memory.before(run.as_of))
    waiting = hold(folder, held) if held else []
    record(
        desk, _described(run, child, held=sum(stop - start for _, start, stop in waiting)), staged, waiting
    )


def _blocks(source: Path, locations: Collection[str]) -> Iterator[Block]:
    first, wanted = 2, pa.array(list(locations), pa.string())
    for _, batch in staging.Reader(source).blocks():
        kept = batch.filter(pc.is_in(batch.column("location_code"), value_set=wanted))
        count = kept.num_rows
        if count:
            codes = [kept.column(name) for name in HEADER[:2]]
            yield Block(np.arange(first, first + count), (*codes, pa.array(["0"] * count)))
        first += count


def _described(run: Run, child: Run, *, held: int) -> Run:
    """Say of the new run what it shares with the file's."""
    words = f"pairs that {run.file} (run {run.run}) no longer has: they go to 0 (absent: zero)"
    return replace(
        child,
        parent=run.run,
        zeroes=True,
        held=held,
        guards=run.guards if held else (),
        mapping=run.mapping,
        mapping_sha256=run.mapping_sha256,
        as_of=run.as_of,
        source=run.source,
        notes=run.notes.replace(run.run, child.run),
        content=hashlib.sha256(f"{run.run} {FILE}".encode()).hexdigest(),
        header=HEADER,
        read_as=ReadAs("csv", header_row=1),
        origin=run.origin,
        unknown="skip",  # what the tenant does not know has no stock there
        warnings=(words,),
    )

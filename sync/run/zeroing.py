"""What is gone from a file goes after the file's own rows, not where the tenant refused one of them; and no older file brings it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync import report, staging
from sync.ledger import batches, history, rejected, runs
from sync.run.earlier import known_whole, measures_of

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from sync.ledger.book import Ledger
    from sync.rows import Run

WAITS = "pairs that are gone from the file go to 0 once its own rows are settled"
LEFT = "{n:,} pairs that are gone from the file were left as they are: the tenant refused a row of their location, which may be one of them"


def of_file(ledger: Ledger, run: str) -> list[Run]:
    """List the runs of what is gone from a run's file."""
    found = (runs.get(ledger, name) for name in runs.family(ledger, run))
    return [child for child in found if child and child.zeroes]


def waits(ledger: Ledger, run: Run) -> bool:
    """Tell whether rows of the file itself are still pending."""
    parent = runs.get(ledger, run.parent or "") if run.zeroes else None
    return parent is not None and report.pending(parent, batches.tally(ledger, parent.run, rejects=False)) > 0


def left_out(ledger: Ledger, run: Run, state: Path) -> npt.NDArray[np.int64]:
    """Give the positions of a run's send list that are not to go for what another file says of their location, ascending.

    What is gone from a file is left where the tenant refused a row of the file; and a pair that a newer file no longer has
    stays as that file left it, though nothing newer was ever sent for it.
    """
    if run.zeroes:
        places = set(rejected.places(ledger, run.parent, stage="tenant")) if run.parent else set()
    else:
        places = _spoken_for(ledger, run, state)
    wanted = pa.array(sorted(places), pa.string())
    send = staging.of_run(state, run.run) / "send"
    found = [
        np.flatnonzero(
            pc.is_in(batch.column("location_code"), value_set=wanted).to_numpy(zero_copy_only=False)
        )
        + start
        for start, batch in (staging.Reader(send).blocks() if places else ())
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _spoken_for(ledger: Ledger, run: Run, state: Path) -> set[str]:
    """Name the locations of which a newer file said what is there and what is gone."""
    found = set[str]()
    for newer in history.speaking_since(ledger, run):
        measured = measures_of(staging.of_run(state, newer.run))
        refused = rejected.places(ledger, newer.run, stage="tenant")
        found.update(set(known_whole(measured)).difference(refused) if measured else ())
    return found

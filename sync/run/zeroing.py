"""The run of what is gone from a file: it goes after the file's own rows, and not where the tenant refused one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync import report, staging
from sync.ledger import batches, rejected, runs

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
    return parent is not None and report.pending(parent, batches.tally(ledger, parent.run)) > 0


def left_out(ledger: Ledger, run: Run, folder: Path) -> npt.NDArray[np.int64]:
    """Give the positions of its send list that lie where the tenant refused a row of the file, ascending."""
    places = rejected.places(ledger, run.parent, stage="tenant") if run.zeroes and run.parent else []
    wanted = pa.array(places, pa.string())
    found = [
        np.flatnonzero(
            pc.is_in(batch.column("location_code"), value_set=wanted).to_numpy(zero_copy_only=False)
        )
        + start
        for start, batch in (staging.Reader(folder / "send").blocks() if places else ())
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

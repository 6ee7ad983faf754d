"""Rows that an earlier run settled -> skipped as repeats, before they can take part in a pair."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sync import pairs
from sync.rows import GO, REJECTED, SKIP_REASONS, SKIPPED, Candidates
from sync.stage.shapes import cell_keys

if TYPE_CHECKING:
    import numpy.typing as npt

    from sync.stage.shapes import Settled

REPEAT = SKIP_REASONS.index("repeat")


def without_repeats(
    found: Candidates, parents: npt.NDArray[np.int64], settled: tuple[Settled, ...]
) -> Candidates:
    """Leave out what `settled` does not name to be judged again; `parents` is the parent's row of each candidate.

    A cell of a returned line that its parent did not reject is left out even where it would be rejected now.
    """
    repeated = np.zeros(len(found.row), dtype=bool)
    for earlier in settled:
        rows = parents if earlier.by_parent else found.row
        judged = np.isin(cell_keys(rows, found.column), earlier.judged)
        if earlier.by_parent:
            judged |= parents == 0
        if earlier.still:
            judged |= ~earlier.still(pairs.identity(found.location_code, found.sku_code))
        repeated |= ~judged & np.isin(found.state, [GO, REJECTED] if earlier.by_parent else [GO])
    if not repeated.any():
        return found
    return replace(
        found,
        state=np.where(repeated, np.int8(SKIPPED), found.state),
        skip=np.where(repeated, np.int8(REPEAT), found.skip),
        found=tuple(item for item in found.found if not repeated[item.at]),
    )

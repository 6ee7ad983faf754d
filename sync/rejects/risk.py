"""Which rejected rows come first: those for which the tenant still shows stock that may be gone, so that it could be oversold.

Rows of one pair keep together and in order: which of them is the last may decide what is sent.
"""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from sync.rejects.lines import Known, Line
    from sync.rows import Reject

FEWER, UNREAD, OTHERS = RANKS = (
    0,
    1,
    2,
)  # the file says less; nobody can tell what it says; no risk is known
WHOLE = re.compile(r"-?[0-9]{1,18}")


def ranks(lines: Iterable[Line]) -> npt.NDArray[np.int8]:
    """Rank the lines of a reject file; memory is a few bytes a line."""
    found, pairs, skus, columns = array("b"), array("q"), array("q"), set[int]()
    for line in lines:
        found.append(min(map(risk, line.rejects, line.known)))
        columns.update(reject.column for reject in line.rejects)
        pairs.append(hash((line.rejects[0].location_code, line.rejects[0].sku_code)))
        skus.append(hash(line.rejects[0].sku_code))
    own = np.array(found, dtype=np.int8)
    if not len(own) or (own == OTHERS).all():
        return own
    _, which = np.unique(np.array(skus if len(columns) > 1 else pairs), return_inverse=True)
    least = np.full(which.max() + 1, OTHERS, dtype=np.int8)
    np.minimum.at(least, which, own)
    return least[which]


def risk(reject: Reject, known: Known | None) -> int:
    """Rank one rejected value."""
    if known is None or known.quantity <= 0:
        return OTHERS
    text = reject.cells[reject.column].strip() if reject.column < len(reject.cells) else ""
    if not WHOLE.fullmatch(text):
        return UNREAD
    return FEWER if int(text) < known.quantity else OTHERS

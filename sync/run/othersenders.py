"""Pairs of a file that another mapping sent a few days ago -> a warning that names both: each undoes what the other did."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from sync.ledger import history
from sync.run.moment import utc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import numpy.typing as npt

    from sync.ledger.book import Ledger
    from sync.rows import Run

LATELY = timedelta(days=7)


class OtherSenders:
    """Counts which runs sent the pairs of a file last."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def see(self, seqs: npt.NDArray[np.int64]) -> None:
        """Take the numbers of the runs that sent some pairs last, below 0 where none did."""
        numbers, counts = np.unique(seqs[seqs >= 0], return_counts=True)
        self._counts.update(dict(zip(numbers.tolist(), counts.tolist(), strict=True)))

    def warnings(self, ledger: Ledger, run: Run, now: datetime) -> Iterator[str]:
        """Say how many pairs each other mapping sent lately."""
        since = utc(now - LATELY)
        pairs: Counter[str] = Counter()
        last: dict[str, str] = {}
        for seq, taken in sorted(history.taken(ledger, self._counts.keys()).items()):
            if taken.mapping not in ("", run.mapping) and taken.started >= since:
                pairs[taken.mapping] += self._counts[seq]
                last[taken.mapping] = taken.run
        for mapping, count in pairs.most_common():
            yield f"{count:,} of its pairs were sent by the mapping {mapping} in the last 7 days (run {last[mapping]}): {run.mapping} and {mapping} send the same pairs, and each undoes what the other did"

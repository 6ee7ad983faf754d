"""What staging is told and what it comes to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sync.errors import OurBug

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    from sync.guards.measures import Measured

    Identity = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]
    # pairs -> for which of them something newer was sent
    Superseded = Callable[[Identity], npt.NDArray[np.bool_]]
    # pairs, the quantities to send -> for which something newer was sent; and for which the tenant acknowledged
    # just this quantity last, None where nobody asks
    Remembered = Callable[
        [Identity, npt.NDArray[np.int64]], tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_] | None]
    ]


COLUMN_BITS = 16  # a workbook has 16,384 columns


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows that an earlier run settled: everything but `judged` (ascending `cell_keys`) is skipped as a repeat.

    `by_parent` compares the rows that a dropped reject file names as its origin; rows that name none are judged.
    `still` tells for which pairs what the earlier run sent is what the tenant acknowledged last; others are judged.
    """

    judged: npt.NDArray[np.int64]
    by_parent: bool = False
    still: Callable[[Identity], npt.NDArray[np.bool_]] | None = None


def nothing(identity: Identity, quantities: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.bool_], None]:  # noqa: ARG001 - as Remembered has it
    """Remember nothing of any pair."""
    return np.zeros(len(identity[0]), dtype=np.bool_), None


@dataclass(slots=True)
class Staged:
    """What staging came to; the rows themselves are in the files of `folder`."""

    folder: Path
    header: tuple[str, ...]
    width: int  # candidates a source row
    read: int = 0
    to_send: int = 0
    unchanged: int = 0  # of these, at the beginning of the send list
    merged: int = 0
    rejected: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    twins: tuple[str, ...] = ()  # about pairs that look like another one, in words
    profile: dict[str, Any] = field(
        default_factory=dict
    )  # what its columns look like, for the files after it
    measured: Measured | None = None  # what it comes to in each location

    def check(self) -> None:
        """Refuse to go on with numbers that do not add up."""
        total = self.to_send + self.merged + self.rejected + self.skipped.total()
        if total != self.read:
            raise OurBug(f"{self.read} rows were read, but {total} stand in an outcome; nothing was sent")


def cell_keys(row: npt.NDArray[np.int64], column: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Number the rows of the law within their file."""
    return (row.astype(np.int64) << COLUMN_BITS) | column

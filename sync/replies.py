"""What a request takes along, what comes back for it, and what that means: the shapes between deliver, client and reconciler.

No I/O, nothing of ours imported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a run's send list from `start` on, in columns of equal length; no pair stands in it twice."""

    start: int
    locations: Sequence[str]
    skus: Sequence[str]
    quantities: Sequence[int]

    def __len__(self) -> int:
        return len(self.quantities)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one request, foreign exceptions already translated.

    `status` is None where no whole answer came; `trouble` then says why in the words of `client.TROUBLES`.
    `body` is the parsed JSON or None; `text` the first 2 kB for people, without the key.
    """

    status: int | None
    body: Any = None
    text: str = ""
    trouble: str | None = None
    detail: str = ""  # the trouble in a sentence
    retry_after: float | None = None  # seconds
    location: str | None = None  # where a 3xx points to
    deprecation: str | None = None
    date: float | None = None  # when it answered by its own clock; seconds since 1970


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that the tenant named as failed."""

    index: int  # in the batch, from 0
    code: str  # tenant.location | tenant.sku | tenant.refused
    field: str | None  # location_code | sku_code | quantity | None
    message: str  # the tenant's own words
    raw: str  # its entry as JSON, for the report
    unknown: bool = False  # the tenant does not know the location or the SKU


Verdict = Literal["settled", "again", "halve", "stop"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one reply means for its batch.

    settled: every row is accepted, but for `refusals`. again: the outcome is unknown or the tenant is busy; send the
    same body again, not before `wait` seconds. halve: the outcome of single rows cannot be told; send smaller bodies
    (for a batch of one row: see `why`). stop: no request of this run can succeed.
    """

    verdict: Verdict
    why: str = ""  # a sentence, with the tenant's own words where it spoke
    refusals: tuple[Refusal, ...] = ()
    created: int = 0
    updated: int = 0
    wait: float | None = None
    cause: str = ""  # stable word: ok, timeout, unreachable, status-503, counts, unmatched, key, redirect, too-large, refused ...
    warnings: tuple[str, ...] = field(default=())

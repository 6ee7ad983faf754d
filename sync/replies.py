"""What a request takes along, what comes back for it, and what that means: the shapes between deliver, client and reconciler.

No I/O, nothing of ours imported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Batch:
    """Rows of a run's send list from `start` on; no pair stands in it twice.

    `rows` has the columns location_code, sku_code (text) and quantity (whole numbers); `texts` is each row as JSON. The
    lists are made when they are asked for: a batch that the tenant takes whole never needs them.
    """

    start: int
    rows: pa.RecordBatch
    texts: pa.StringArray

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    @cached_property
    def locations(self) -> list[str]:
        """The location code of each row."""
        return self._listed("location_code")

    @cached_property
    def skus(self) -> list[str]:
        """The SKU code of each row."""
        return self._listed("sku_code")

    @cached_property
    def quantities(self) -> list[int]:
        """The quantity of each row."""
        return self._listed("quantity")

    def _listed(self, column: str) -> list[Any]:
        return list(self.rows.column(column).to_pylist())


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

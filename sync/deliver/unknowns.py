"""The first rows of a run that the tenant answered -> whether almost nothing of it is known there: a wrong mapping, a wrong tenant?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.replies import Ruling
    from sync.rows import Run

WORDS = (
    "of the first {of:,} rows that were posted, the tenant does not know {rows:,}:"
    " is it the right mapping, and the right tenant?"
)
FIRST = 500  # rows after which it is judged; what is known then goes on


class Unknowns:
    """Counts what the tenant does not know; `run.most_unknown` is the share of it above which the rest waits for a person."""

    def __init__(self, run: Run) -> None:
        self._most, self._least = run.most_unknown, run.min_count
        self._seen = self._unknown = self._asked = 0

    def ask(self, size: int) -> None:
        """Count the rows of a request that leaves."""
        self._asked += size

    @property
    def enough(self) -> bool:
        """Whether so many rows are out that the answers have to be awaited first."""
        return self._most is not None and self._asked >= FIRST > self._seen

    def note(self, size: int, ruling: Ruling) -> None:
        """Count the rows of an answer."""
        if self._seen < FIRST:
            self._seen += size
            self._unknown += sum(refusal.unknown for refusal in ruling.refusals)

    @property
    def why(self) -> dict[str, int]:
        """Tell why the rest has to wait, in numbers: rows, of; empty where it need not."""
        many = self._most is not None and self._unknown > max(self._most * self._seen, self._least)
        if self._seen < FIRST or not many:
            return {}
        return {"rows": self._unknown, "of": self._seen}

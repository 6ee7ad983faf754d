"""What trips a guard, and what a guard that tripped says: numbers, examples, and the values that they are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import timedelta

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """The guards of one file; None = off. Shares are from 0 to 1."""

    rejected: float | None = 0.2
    fewer_rows: float | None = 0.3
    zeroed: float | None = 0.1
    jump: float | None = 10.0
    cut: bool = True
    max_age: timedelta | None = None
    min_rows: int = 1
    min_count: int = 20


@dataclass(frozen=True, slots=True)
class Trip:
    """A guard that tripped, for one location or for the whole file (None)."""

    guard: str
    location: str | None
    numbers: str  # a sentence
    values: dict[str, int | float | str] = field(default_factory=dict)  # what the sentence is made of
    examples: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give it as it stands in the report."""
        return {
            "guard": self.guard,
            "location": self.location,
            "numbers": self.numbers,
            "values": self.values,
            "examples": list(self.examples[:EXAMPLES]),
        }


def percent(share: float) -> str:
    """Write a share; what is more than nothing and less than everything is shown as such."""
    return f"{share:.0%}" if share in (0, 1) or 0.005 <= share < 0.995 else f"{share:.1%}"  # noqa: PLR2004 - what rounds to 0% or 100%

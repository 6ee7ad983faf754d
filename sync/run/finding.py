"""What an examination of the set-up came to, point by point."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One point; where it is not ok, `remedy` says what to do."""

    name: str
    state: Literal["ok", "warn", "fail"]
    words: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        """Give it as plain data."""
        return asdict(self)


def fine(name: str, words: str) -> Finding:
    """Nothing to do."""
    return Finding(name, "ok", words)


def doubtful(name: str, words: str, remedy: str) -> Finding:
    """It works, or may work; somebody should look."""
    return Finding(name, "warn", words, remedy)


def wrong(name: str, words: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(name, "fail", words, remedy)

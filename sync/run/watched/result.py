"""What a pass over the watched folder came to: what changed, what stays where it is, and the exit code."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from sync import report
from sync.run.snapshot import readable


def from_here(path: Path) -> Path:
    """Name a file as whoever stands in the current folder would."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@dataclass(frozen=True, slots=True)
class Left:
    """A file that was not put where it belongs, and why: the next pass tries again. `grave`: somebody should look."""

    file: str
    why: str
    grave: bool = True
    said: bool = False  # it stands among the words of the pass in which it was new


class Reports(Sequence[dict[str, Any]]):
    """The reports of a pass, kept small: after an outage ten thousand files may wait."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self.codes: set[int] = set()

    def append(self, told: dict[str, Any]) -> None:
        """Add a report."""
        self._kept.append(zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 1))
        self.codes.add(told["exit_code"])

    def texts(self) -> Iterator[str]:
        """Give each as JSON."""
        return (zlib.decompress(kept).decode() for kept in self._kept)

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, at: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(at, slice):
            return [self[each] for each in range(len(self))[at]]
        return dict(json.loads(zlib.decompress(self._kept[at])))

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(slots=True)
class Passed:
    """What changed in a pass, what it left, and what it has to say."""

    reports: Reports = field(default_factory=Reports)
    left: list[Left] = field(default_factory=list)
    words: tuple[str, ...] = ()
    waiting: int = 0  # files that have not settled
    next: float | None = None  # seconds until one of them may have
    cut: bool = False  # told to end before all was taken
    bug: Exception | None = None  # what broke over one file; the others went on

    @property
    def code(self) -> int:
        """The exit code: the gravest of what changed."""
        codes = [*self.reports.codes]
        codes += [report.INCOMPLETE] * any(left.grave for left in self.left)
        codes += [report.INTERRUPTED] * self.cut
        return report.gravest((*codes, *([report.BUG] if self.bug else [])))

    @property
    def interrupted(self) -> bool:
        """Whether it was told to end."""
        return self.cut or report.INTERRUPTED in self.reports.codes

    def leave(self, file: Path, *why: str, grave: bool = True) -> None:
        """Say of a file that it stays."""
        self.left.append(Left(readable(str(file)), " ".join(why), grave))

"""What lies in an inbox now, and what lay there before -> what stands still since long enough to be taken."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sync.watcher.remembered import Moment, Remembered
    from sync.watcher.sights import Sight

LONG = 600.0  # seconds after which somebody should hear what a file waits for


@dataclass(frozen=True, slots=True)
class Terms:
    """When a file is taken: `settle` seconds without a change, and beside it its `done` file, where one is asked for."""

    settle: float
    done: str | None = None

    def done_of(self, name: str) -> str:
        """Name the done file of a file; "": it needs none."""
        return self.done.replace("{name}", name) if self.done else ""

    def is_done(self, name: str) -> bool:
        """Tell whether a name is that of a done file."""
        before, _, after = (self.done or "").partition("{name}")
        longer = len(name) > len(before) + len(after)
        return self.done is not None and longer and name.startswith(before) and name.endswith(after)


@dataclass(frozen=True, slots=True)
class Settled:
    """What may be taken, how many wait, for how long at least, and what is to be said of them."""

    ready: tuple[Sight, ...]
    waiting: int = 0
    next: float | None = None
    words: tuple[str, ...] = ()


def settle(
    known: Remembered, sights: Sequence[Sight], terms: Terms, *, now: Moment, at_once: Collection[str] = ()
) -> Settled:
    """Tell what has settled, and remember what was seen; `at_once`: keys of files that are known to be whole."""
    if known.boot != now.boot:
        known.boot, known.seen = now.boot, {}
    known.seen = {sight.key: (*sight.mark, _since(known, sight, now.seconds)) for sight in sights}
    names = {sight.key for sight in sights}
    ready, missing, left = [], [], []
    for sight in sights:
        if terms.is_done(sight.name):
            continue
        age = now.seconds - known.seen[sight.key][4]
        if sight.key in at_once:
            ready.append(sight)
        elif age < terms.settle:
            left.append(terms.settle - age)
        elif _lacks_done(sight, terms, names):
            missing.append((sight, age))
        else:
            ready.append(sight)
    words = tuple(_said(known, missing, terms))
    return Settled(tuple(ready), len(left) + len(missing), min(left, default=None), words)


def _since(known: Remembered, sight: Sight, now: float) -> float:
    """Tell since when something is as it is; a clock that went back begins anew."""
    before = known.seen.get(sight.key)
    return before[4] if before and before[:4] == sight.mark and before[4] <= now else now


def _lacks_done(sight: Sight, terms: Terms, names: Collection[str]) -> bool:
    done = terms.done_of(sight.name)
    key = f"{sight.place}/{done}" if sight.place else done
    return bool(done) and sight.mark[0] == stat.S_IFREG and key not in names


def _said(known: Remembered, missing: Iterable[tuple[Sight, float]], terms: Terms) -> Iterable[str]:
    """Say once of each file that it waits for its done file in vain."""
    late = {f"done {sight.key}": sight for sight, age in missing if age >= LONG}
    new = {topic: sight for topic, sight in late.items() if topic not in known.told}
    known.told = {topic for topic in known.told if not topic.startswith("done ") or topic in late} | set(new)
    for sight in new.values():
        yield f"{sight.key}: it is complete since {LONG / 60:.0f} minutes or more, but its done file {terms.done_of(sight.name)} has not come; it is taken when that is there"

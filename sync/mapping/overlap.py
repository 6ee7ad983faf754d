"""Two mappings -> whether one file could be claimed by both: their file names can meet, and one's headers are the other's too.

Headers alone never keep two mappings apart, as a file may hold more columns than either wants; so what is told here is the
file that has just what one of the two wants.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from sync.mapping.headers import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.mapping.model import Mapping

ANY = "any one character"


def overlaps(mappings: Sequence[Mapping]) -> list[tuple[Mapping, Mapping]]:
    """List the pairs that could claim the same file."""
    return [pair for pair in combinations(mappings, 2) if _meet(*pair)]


def _meet(one: Mapping, other: Mapping) -> bool:
    return _names_meet(one, other) and (_claims_like(one, other) or _claims_like(other, one))


def _names_meet(one: Mapping, other: Mapping) -> bool:
    return any(
        globs_meet(first, second)
        for first in one.match.filename or ("*",)
        for second in other.match.filename or ("*",)
    )


def _claims_like(one: Mapping, other: Mapping) -> bool:
    """Tell whether `one` may claim a file that has just the headers that `other` wants."""
    if one.headless or other.headless:
        return one.headless
    there = {fold(name) for any_of in other.wanted_headers() for name in any_of}
    return all(not there.isdisjoint(map(fold, any_of)) for any_of in one.wanted_headers())


def globs_meet(one: str, other: str) -> bool:
    """Tell whether some file name fits both globs, any case."""
    first, second = _parts(fold(one)), _parts(fold(other))
    reached = {(0, 0)}
    todo = [(0, 0)]
    while todo:
        at, on = todo.pop()
        for step in set(_steps(first, second, at, on)) - reached:
            reached.add(step)
            todo.append(step)
    return (len(first), len(second)) in reached


def _steps(first: list[str], second: list[str], at: int, on: int) -> list[tuple[int, int]]:
    """Give where both globs can stand after one character more, or after a star that ends."""
    ours = first[at] if at < len(first) else ""
    theirs = second[on] if on < len(second) else ""
    steps = [(at + 1, on)] if ours == "*" else []
    steps += [(at, on + 1)] if theirs == "*" else []
    if ours and theirs and (ours == theirs or {ours, theirs} & {"*", ANY}):
        steps.append((at + (ours != "*"), on + (theirs != "*")))
    return steps


def _parts(glob: str) -> list[str]:
    """Cut a glob into its characters; what stands for any one of several is taken to stand for all."""
    parts: list[str] = []
    rest = glob
    while rest:
        end = rest.find("]", 2) if rest[0] == "[" else -1
        parts.append(ANY if end > 0 or rest[0] == "?" else rest[0])
        rest = rest[max(end, 0) + 1 :]
    return parts

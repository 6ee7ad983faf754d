"""What is remembered of pairs, in columns; the newer of two says what was sent last, by as-of and then by order of taking."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    Identity = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]

NONE = -1


@dataclass(frozen=True, slots=True)
class Entries:
    """Columns of equal length. In a segment: ascending by (high, low), each pair once.

    `high`, `low`: uint64, the pair's identity. `as_of` (microseconds since 1970) and `seq` of the newest that was sent.
    `known`: the newest quantity that the tenant acknowledged, with its own as-of and seq; NONE where there is none.
    """

    high: npt.NDArray[np.uint64]
    low: npt.NDArray[np.uint64]
    as_of: Numbers
    seq: Numbers
    known: Numbers
    known_as_of: Numbers
    known_seq: Numbers

    def __len__(self) -> int:
        return len(self.high)

    @classmethod
    def nothing(cls, identity: Identity) -> Self:
        """Remember nothing of some pairs."""
        none = np.full(len(identity[0]), NONE, dtype=np.int64)
        return cls(*identity, *(none.copy() for _ in range(5)))

    @classmethod
    def joined(cls, parts: Sequence[Entries]) -> Self:
        """Put columns one below the other."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in NAMES))

    def take(self, at: npt.NDArray[np.intp]) -> Entries:
        """Give some of the pairs."""
        return Entries(*(getattr(self, name)[at] for name in NAMES))

    def newer_than(self, as_of: int, seq: int) -> npt.NDArray[np.bool_]:
        """Tell for which pairs something newer was sent."""
        return np.asarray((self.as_of > as_of) | ((self.as_of == as_of) & (self.seq > seq)))

    def acknowledged(self) -> npt.NDArray[np.bool_]:
        """Tell for which pairs the newest that was sent is what the tenant acknowledged."""
        current = (self.known_as_of == self.as_of) & (self.known_seq == self.seq)
        return np.asarray((self.known != NONE) & current)

    def find(self, identity: Identity) -> npt.NDArray[np.intp]:
        """Give the place of each pair, -1 where it is not here. Fast where `identity` is in order."""
        high, low = identity
        at = np.searchsorted(self.high, high)
        found = np.full(len(high), NONE, dtype=np.intp)
        left = np.arange(len(high))
        while len(left := left[at[left] < len(self)]):  # more than once only where two pairs share one half
            left = left[self.high[at[left]] == high[left]]
            same = self.low[at[left]] == low[left]
            found[left[same]] = at[left[same]]
            left = left[~same]
            at[left] += 1
        return found


NAMES = tuple(field.name for field in fields(Entries))


def newest(parts: Sequence[Entries]) -> Entries:
    """Fold what several sources remember into one entry a pair, in order."""
    rows = Entries.joined(parts)
    order = np.argsort(rows.high)
    if (rows.high[order][1:] != rows.high[order][:-1]).all():  # each pair once, as in what one run sent
        return rows.take(order)
    sent = np.lexsort((rows.seq, rows.as_of, rows.low, rows.high))
    known = np.lexsort((rows.known_seq, rows.known_as_of, rows.low, rows.high))
    high, low = rows.high[sent], rows.low[sent]
    last = np.ones(len(rows), dtype=np.bool_)
    last[:-1] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    sent, known = sent[last], known[last]
    return Entries(
        high[last],
        low[last],
        rows.as_of[sent],
        rows.seq[sent],
        rows.known[known],
        rows.known_as_of[known],
        rows.known_seq[known],
    )


def recall(identity: Identity, sources: Sequence[Entries]) -> Entries:
    """Tell what `sources` remember of each pair, in the order asked; NONE where nothing is."""
    if not sources:
        return Entries.nothing(identity)
    order = np.argsort(identity[0], kind="stable")
    asked = (identity[0][order], identity[1][order])
    told = Entries.nothing(asked)
    for source in filter(len, sources):
        first = int(np.searchsorted(asked[0], source.high[0]))
        last = int(np.searchsorted(asked[0], source.high[-1], side="right"))
        at = source.find((asked[0][first:last], asked[1][first:last]))
        here = np.flatnonzero(at != NONE)
        _learn(told, here + first, source.take(at[here]))
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return told.take(back)


def _learn(told: Entries, here: npt.NDArray[np.intp], more: Entries) -> None:
    """Put over `told` what is newer in `more`, which speaks of the pairs at `here`."""
    for value, (as_of, seq) in (
        (None, ("as_of", "seq")),
        ("known", ("known_as_of", "known_seq")),
    ):
        old, new = (
            (getattr(told, as_of)[here], getattr(told, seq)[here]),
            (getattr(more, as_of), getattr(more, seq)),
        )
        newer = (new[0] > old[0]) | ((new[0] == old[0]) & (new[1] > old[1]))
        for name in (as_of, seq, *([value] if value else [])):
            getattr(told, name)[here[newer]] = getattr(more, name)[newer]

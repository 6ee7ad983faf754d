"""One line of a reject file for each source row: the source as it was, then every reason in words."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sync.rejects.formula import neutral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sync.rows import Reject

    Pair = tuple[str, str]
    Current = Callable[
        [Sequence[Pair]], Sequence["Known | None"]
    ]  # of (location, SKU); None: nothing is known

AT_ONCE = 5_000  # source rows that are looked up together
PREFIX = "_reject_"
ROW, FIELD, CODE, REASON, CURRENT, RUN = COLUMNS = tuple(
    PREFIX + name for name in ("row", "field", "code", "reason", "current", "run")
)


class Known(NamedTuple):
    """What the tenant has for a pair as far as we know, and since which day."""

    quantity: int
    day: str  # 2026-11-20


class Telling(Protocol):
    """Says things in the language of whoever corrects the file."""

    def reason(self, code: str, field: str | None, value: str) -> str:
        """Say what is wrong and what to do about it, on one line."""

    def current(self, quantity: int, day: str) -> str:
        """Say what the tenant has for a pair."""


class Line(NamedTuple):
    """One source row: its texts in the file's columns, what was rejected of it, and what is known of that."""

    texts: tuple[str, ...]
    rejects: tuple[Reject, ...]
    known: tuple[Known | None, ...]


def lines(rejects: Iterable[Reject], run: str, current: Current, words: Telling) -> Iterator[Line]:
    """Walk the lines of a reject file. `current` tells what the tenant has for some pairs, as far as we know.

    The cells of a matrix line come as several rejects; the source row stands once.
    """
    rows = (tuple(together) for _, together in groupby(rejects, key=lambda reject: reject.row))
    while piece := list(islice(rows, AT_ONCE)):
        pairs = {(reject.location_code, reject.sku_code): None for group in piece for reject in group}
        known = dict(zip(pairs, current(list(pairs)), strict=True))
        for group in piece:
            of_each = tuple(known[reject.location_code, reject.sku_code] for reject in group)
            yield Line(_texts(group, of_each, run, words), group, of_each)


def _texts(
    group: tuple[Reject, ...], known: tuple[Known | None, ...], run: str, words: Telling
) -> tuple[str, ...]:
    problems = list(dict.fromkeys(problem for reject in group for problem in reject.problems))
    said = (words.reason(problem.code, problem.field, problem.value) for problem in problems)
    return (
        *map(neutral, group[0].cells),
        str(group[0].row),
        neutral(";".join(dict.fromkeys(problem.field for problem in problems if problem.field))),
        ";".join(dict.fromkeys(problem.code for problem in problems)),
        neutral(" ".join(said)),
        "; ".join(dict.fromkeys(words.current(*each) for each in known if each)),
        run,
    )

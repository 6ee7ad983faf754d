"""One line of a reject file for each source row: the source as it was, then every reason in words."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sync.rejects.formula import neutral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sync.rows import Problem, Reject

    Problems = tuple[Problem, ...]
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
    said = _saying(words)
    rows = (tuple(together) for _, together in groupby(rejects, key=lambda reject: reject.row))
    while piece := list(islice(rows, AT_ONCE)):
        pairs = {(reject.location_code, reject.sku_code): None for group in piece for reject in group}
        known = dict(zip(pairs, current(list(pairs)), strict=True))
        for group in piece:
            of_each = tuple(known[reject.location_code, reject.sku_code] for reject in group)
            yield Line(_texts(group, of_each, run=run, words=words, said=said), group, of_each)


def _texts(
    group: tuple[Reject, ...],
    known: tuple[Known | None, ...],
    *,
    run: str,
    words: Telling,
    said: Callable[[Problems], tuple[str, str, str]],
) -> tuple[str, ...]:
    problems = group[0].problems
    if len(group) > 1:
        problems = tuple(dict.fromkeys(problem for reject in group for problem in reject.problems))
    return (
        *map(neutral, group[0].cells),
        str(group[0].row),
        *said(problems),
        "; ".join(dict.fromkeys(words.current(*each) for each in known if each)),
        run,
    )


def _saying(words: Telling) -> Callable[[Problems], tuple[str, str, str]]:
    """Give what says the fields, codes and sentences of some problems; of a million rows, many have the same ones."""

    @lru_cache(maxsize=1024)
    def said(problems: Problems) -> tuple[str, str, str]:
        once = tuple(dict.fromkeys(problems))
        sentences = (words.reason(problem.code, problem.field, problem.value) for problem in once)
        fields = ";".join(dict.fromkeys(problem.field for problem in once if problem.field))
        codes = ";".join(dict.fromkeys(problem.code for problem in once))
        return neutral(fields), codes, neutral(" ".join(sentences))

    return said

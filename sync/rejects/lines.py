"""One line of a reject file for each source row: the source as it was, then every reason in words."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby, islice
from typing import TYPE_CHECKING

from sync import reasons
from sync.rejects.formula import neutral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sync.rows import Problem, Reject

    Pair = tuple[str, str]
    Current = Callable[[Sequence[Pair]], Sequence[str]]  # (location, SKU) -> words, "" where nothing is known

AT_ONCE = 5_000  # source rows that are looked up together
LOST = "\N{REPLACEMENT CHARACTER}"
PREFIX = "_reject_"
ROW, FIELD, CODE, REASON, CURRENT, RUN = COLUMNS = tuple(
    PREFIX + name for name in ("row", "field", "code", "reason", "current", "run")
)


def lines(rejects: Iterable[Reject], run: str, current: Current) -> Iterator[tuple[str, ...]]:
    """Walk the lines of a reject file. `current` tells what the tenant has for some pairs, as far as we know.

    The cells of a matrix line come as several rejects; the source row stands once.
    """
    rows = (list(together) for _, together in groupby(rejects, key=lambda reject: reject.row))
    while piece := list(islice(rows, AT_ONCE)):
        pairs = {(reject.location_code, reject.sku_code): "" for group in piece for reject in group}
        known = dict(zip(pairs, current(list(pairs)), strict=True))
        yield from (_line(group, run, known) for group in piece)


def _line(group: list[Reject], run: str, known: dict[Pair, str]) -> tuple[str, ...]:
    problems = list(dict.fromkeys(problem for reject in group for problem in reject.problems))
    told = dict.fromkeys(known[reject.location_code, reject.sku_code] for reject in group)
    return (
        *map(neutral, group[0].cells),
        str(group[0].row),
        neutral(";".join(dict.fromkeys(problem.field for problem in problems if problem.field))),
        ";".join(dict.fromkeys(problem.code for problem in problems)),
        neutral(" ".join(words(problem) for problem in problems)),
        "; ".join(filter(None, told)),
        run,
    )


@lru_cache(maxsize=4096)  # a file's rejects mostly have the same few reasons
def words(problem: Problem) -> str:
    """Say what is wrong and what to do about it, on one line."""
    said = f"{reasons.sentence(problem.code, problem.field, problem.value)} {reasons.remedy(problem.code)}"
    line = " ".join(said.split())
    return (
        line if line.isprintable() else "".join(letter if letter.isprintable() else LOST for letter in line)
    )

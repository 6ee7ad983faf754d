"""One line of a reject file for each source row: the source as it was, then every reason in words."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from sync import reasons
from sync.rejects.formula import neutral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sync.rows import Problem, Reject

LOST = "\N{REPLACEMENT CHARACTER}"
PREFIX = "_reject_"
ROW, FIELD, CODE, REASON, CURRENT, RUN = COLUMNS = tuple(
    PREFIX + name for name in ("row", "field", "code", "reason", "current", "run")
)


def lines(
    rejects: Iterable[Reject], run: str, current: Callable[[str, str], str]
) -> Iterator[tuple[str, ...]]:
    """Walk the lines of a reject file. `current` tells what the tenant has for (location, SKU), as far as we know.

    The cells of a matrix line come as several rejects; the source row stands once.
    """
    for row, together in groupby(rejects, key=lambda reject: reject.row):
        group = list(together)
        problems = list(dict.fromkeys(problem for reject in group for problem in reject.problems))
        known = dict.fromkeys(
            text for reject in group if (text := current(reject.location_code, reject.sku_code))
        )
        yield (
            *map(neutral, group[0].cells),
            str(row),
            neutral(";".join(dict.fromkeys(problem.field for problem in problems if problem.field))),
            ";".join(dict.fromkeys(problem.code for problem in problems)),
            neutral(" ".join(words(problem) for problem in problems)),
            "; ".join(known),
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

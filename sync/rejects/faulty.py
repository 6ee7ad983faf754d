"""A rejected row -> its cells at fault, each with the reasons in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sync.rejects.lines import Telling
    from sync.rows import Reject

BESIDE = {"pair.incomplete"}  # another row is to be corrected, not this one
OF_THE_PAIR = {"pair.duplicate", "pair.overflow"}  # shown at the quantity


def faulty(rejects: Iterable[Reject], header: Sequence[str], words: Telling) -> Mapping[int, str]:
    """Find the cells at fault of a source row: their columns, each with its reasons."""
    found: dict[int, dict[str, None]] = {}
    for reject in rejects:
        for problem in reject.problems:
            at = _column(reject, problem.field, problem.code, header)
            if at is not None:
                said = words.reason(problem.code, problem.field, problem.value)
                found.setdefault(at, {})[said] = None
    return {at: " ".join(said) for at, said in found.items()}


def _column(reject: Reject, field: str | None, code: str, header: Sequence[str]) -> int | None:
    if code in BESIDE:
        return None
    if (field is None and code in OF_THE_PAIR) or header[reject.column] == field:
        return reject.column
    return header.index(field) if field in header else None

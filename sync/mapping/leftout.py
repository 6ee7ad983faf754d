"""Which rows of a block are left out on purpose: blank ones, totals, and what include and exclude say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync import totals
from sync.rows import SKIP_REASONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import numpy.typing as npt

    from sync.mapping.faults import Faults
    from sync.mapping.plan import Plan, Test
    from sync.rows import Block

NOT_SKIPPED = -1
IS_BLANK, IS_TOTALS, IS_EXCLUDED = map(SKIP_REASONS.index, ("blank", "totals", "excluded"))


class Suspect(NamedTuple):
    """A row that looks like a total, and needs proof."""

    at: int
    group: str | None = None  # what it is the total of; None: it says nothing but `Total`
    nameless: bool = False  # it has no SKU


def skipped(block: Block, plan: Plan, faults: Faults) -> npt.NDArray[np.int8]:
    """Say which rows are left out, as positions in SKIP_REASONS.

    A ragged row that fails an include is not left out in silence.
    """
    n = len(block.rows)
    skip = np.full(n, NOT_SKIPPED, dtype=np.int8)
    skip[[suspect.at for suspect in _without_sku(block, plan, faults) if suspect.group is None]] = IS_TOTALS
    straight = ~np.isin(np.arange(n), list(faults.rows))
    for test in plan.include:
        skip[~_passes(block, test) & straight] = IS_EXCLUDED
    for test in plan.exclude:
        skip[_passes(block, test)] = IS_EXCLUDED
    blank = np.ones(n, dtype=bool)
    for cells in block.cells:
        blank &= pc.equal(pc.utf8_trim_whitespace(cells), "").to_numpy(zero_copy_only=False)
        if not blank.any():
            break
    skip[blank & ~np.isin(np.arange(n), list(faults.unseen()))] = IS_BLANK
    return skip


def _passes(block: Block, test: Test) -> npt.NDArray[np.bool_]:
    column, condition = test
    distinct = pc.dictionary_encode(pc.utf8_trim_whitespace(block.cells[column]))
    texts = distinct.dictionary.to_pylist()
    if condition.in_ is not None:
        wanted = {word.strip() for word in condition.in_}
        verdicts = [text in wanted for text in texts]
    else:
        pattern = re.compile(condition.matches or "")
        verdicts = [pattern.search(text) is not None for text in texts]
    return np.asarray(np.array(verdicts, dtype=bool)[distinct.indices.to_numpy(zero_copy_only=False)])


def suspects(
    block: Block, plan: Plan, faults: Faults, worded: Mapping[int, pa.StringArray], *, groups: bool
) -> list[Suspect]:
    """Find the rows that look like totals, in order, without those that `skipped` leaves out as such.

    `worded` holds, for each column of codes, the distinct texts that may name a total; without `groups` the names of
    groups in them are codes like any other.
    """
    if plan.mapping.rows.totals == "keep":
        return []
    found = {suspect.at: suspect for suspect in _without_sku(block, plan, faults)}
    for column, texts in worded.items():
        named = [texts[suspect.at] for suspect in _named(texts, groups=groups)]
        if named:
            cells = pc.utf8_trim_whitespace(block.cells[column])
            where = pc.indices_nonzero(pc.is_in(cells, pa.array(named, pa.string())))
            for suspect in _named(cells.take(where), groups=groups):
                at = where[suspect.at].as_py()
                found.setdefault(at, suspect._replace(at=at))
    return [found[at] for at in sorted(found) if found[at].group or not found[at].nameless]


def code_columns(plan: Plan) -> list[int]:
    """List the columns that hold codes or parts of them."""
    sources = (plan.sku, *(() if plan.matrix else plan.locations))
    return list(dict.fromkeys(column for source in sources for column in source.columns))


def _named(texts: pa.StringArray, *, groups: bool = True) -> Iterator[Suspect]:
    """Find the cells that say that they are a total."""
    if not len(texts):
        return
    where = pc.indices_nonzero(pc.match_substring_regex(texts, totals.FIRST_LOOK))
    for at, text in zip(where.to_pylist(), texts.take(where).to_pylist(), strict=True):
        if totals.is_total(text):
            yield Suspect(at)
        elif groups and (name := totals.group(text)):
            yield Suspect(at, name)


def _without_sku(block: Block, plan: Plan, faults: Faults) -> Iterator[Suspect]:
    """Find the rows without a SKU whose first filled cell, or the first behind the location, says that they are a total."""
    if plan.mapping.rows.totals == "keep" or not plan.sku.columns:
        return
    empty = np.zeros(len(block.rows), dtype=bool)
    for column in plan.sku.columns:
        empty |= pc.equal(pc.utf8_trim_whitespace(block.cells[column]), "").to_numpy(zero_copy_only=False)
    empty[[at for column in plan.sku.columns for at, _ in faults.of_cells([column])]] = False
    where = np.flatnonzero(empty)
    if not len(where):
        return
    locations = {column for source in plan.locations for column in source.columns}
    told: dict[int, Suspect] = {}
    for left_out in (set(), locations) if locations else (set(),):
        for suspect in _named(_first_filled(block, where, left_out)):
            at = int(where[suspect.at])
            if at not in told or told[at].group is not None:
                told[at] = Suspect(at, suspect.group, nameless=True)
    yield from told.values()


def _first_filled(block: Block, where: npt.NDArray[np.int64], left_out: Collection[int]) -> pa.StringArray:
    """Give the first filled cell of some rows."""
    first = pa.repeat("", len(where))
    for column, cells in enumerate(block.cells):
        if column not in left_out:
            texts = pc.utf8_trim_whitespace(cells.take(pa.array(where)))
            first = pc.if_else(pc.equal(first, ""), texts, first)
    return first

"""After the last block: what only the whole file can tell is written over the first judgement, where there is any of it.

Totals are left out, and codes that their neighbours show to be damaged are rejected. A run's files are written again,
block by block, only where something was found.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync import staging
from sync.mapping.faults import FORM, ZEROS, meant
from sync.mapping.leftout import IS_TOTALS, NOT_SKIPPED
from sync.mapping.neighbours import Verdict
from sync.rows import REJECTED, SKIPPED, Found
from sync.stage.judging import problem_columns
from sync.stage.totalling import Total, judge_totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from sync.mapping.codes import CodeSource
    from sync.mapping.neighbours import Damage
    from sync.mapping.plan import Plan
    from sync.stage.shapes import Staged
    from sync.stage.watching import Watch

Damages = dict[int, dict[str, "Damage"]]  # by column and text
NO_TOTAL = "row.totals"
AS_FAULT = {"code.damaged": FORM, ZEROS: ZEROS}
NEW = ".new"


def look_again(
    staged: Staged, plan: Plan, watch: Watch, taking_part: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Write late judgements over the first ones; give those of `taking_part` that still take part in a pair."""
    totals = list(judge_totals(staged, plan, watch.suspects)) if watch.suspects else []
    damages = _damages(staged, plan, watch)
    if not totals and not damages:
        return taking_part
    gone = np.concatenate(list(_rewritten(staged, plan, totals, damages)))
    return taking_part[~np.isin(taking_part, gone)]


def _damages(staged: Staged, plan: Plan, watch: Watch) -> Damages:
    """Find the damaged codes of each column."""
    patterns = {column: list(census.reasons()) for column, census in watch.censuses.items()}
    verdicts = {column: Verdict(watch.censuses[column], found) for column, found in patterns.items() if found}
    if not verdicts:
        return {}
    for _, batch in staging.Reader(staged.folder / "cells").blocks():
        for column, verdict in verdicts.items():
            verdict.add(pc.utf8_trim_whitespace(batch.column(f"c{column}")))
    damages = {column: _unmeant(verdict.damaged(), plan, column) for column, verdict in verdicts.items()}
    return {column: found for column, found in damages.items() if found}


def _unmeant(damaged: dict[str, Damage], plan: Plan, column: int) -> dict[str, Damage]:
    specs = [source.spec for source, _ in _roles(plan, column)]
    return {
        text: damage
        for text, damage in damaged.items()
        if not any(meant(text, damage.code, spec) for spec in specs)
    }


def _roles(plan: Plan, column: int) -> list[tuple[CodeSource, int]]:
    """Say what codes a column is a part of, and which part."""
    sources = (plan.sku, *(() if plan.matrix else plan.locations))
    return [(source, source.columns.index(column)) for source in sources if column in source.columns]


@dataclass(slots=True)
class _Late:
    """What is written over the first judgement of one block; positions are those of candidates in the block."""

    state: npt.NDArray[np.int8]
    totals: set[int] = field(default_factory=set)
    nameless: set[int] = field(default_factory=set)  # their code is not what it was
    found: list[Found] = field(default_factory=list)
    cells: list[tuple[int, int, str, str]] = field(default_factory=list)  # as in the file of faults

    def damaged(self, at: int, width: int, roles: list[tuple[CodeSource, int]], damage: Damage) -> bool:
        """Reject the candidates of a source row, but for those that are left out anyway."""
        here = [
            candidate
            for candidate in range(at * width, (at + 1) * width)
            if self.state[candidate] != SKIPPED and candidate not in self.totals
        ]
        self.nameless.update(here)
        self.found += [
            Found(candidate, "map", source.field(part), damage.code, damage.shown)
            for candidate in here
            for source, part in roles
        ]
        return bool(here)


def _rewritten(
    staged: Staged, plan: Plan, totals: list[Total], damages: Damages
) -> Iterator[npt.NDArray[np.int64]]:
    """Write the files again; give the candidates that take part in no pair any more."""
    folder, width = staged.folder, staged.width
    candidates, faults = staging.Reader(folder / "candidates"), staging.Reader(folder / "faults")
    faulty, where = faults.column("at"), np.array([total.at for total in totals], dtype=np.int64)
    with (
        staging.Writer(folder / f"candidates{NEW}") as new,
        staging.Writer(folder / f"faults{NEW}") as new_faults,
        staging.Writer(folder / "late_problems") as problems,
    ):
        for start, batch in staging.Reader(folder / "cells").blocks():
            stop, first = start + batch.num_rows, start * width
            old = candidates.rows(first, stop * width)
            late = _Late(old.column("state").to_numpy())
            begin, end = np.searchsorted(where, [first, stop * width]).tolist()
            _take_totals(late, plan, totals[begin:end], first)
            for column, damaged in damages.items():
                _take_damaged(late, plan, batch, column, damaged=damaged)
            new.add(_over(old, late))
            begin, end = np.searchsorted(faulty, [start, stop]).tolist()
            _write_faults(new_faults, late, start, faults.rows(begin, end) if begin < end else None)
            if late.found:
                problems.add(problem_columns([replace(item, at=item.at + first) for item in late.found]))
            yield np.array(sorted(late.totals | late.nameless), dtype=np.int64) + first
    (folder / f"candidates{NEW}").replace(folder / "candidates")
    if (folder / f"faults{NEW}").exists():
        (folder / f"faults{NEW}").replace(folder / "faults")


def _take_totals(late: _Late, plan: Plan, totals: list[Total], first: int) -> None:
    for total in totals:
        at = total.at - first
        if total.proven:
            late.totals.add(at)
        else:
            column = plan.header[plan.quantities[at % len(plan.quantities)]]
            late.found.append(Found(at, "map", column, NO_TOTAL, total.shown))


def _take_damaged(
    late: _Late, plan: Plan, batch: pa.RecordBatch, column: int, *, damaged: dict[str, Damage]
) -> None:
    texts = pc.utf8_trim_whitespace(batch.column(f"c{column}"))
    here = [text for text in pc.unique(texts).to_pylist() if text in damaged]
    where = pc.indices_nonzero(pc.is_in(texts, pa.array(here, pa.string())))
    roles, width = _roles(plan, column), len(plan.quantities)
    for at, text in zip(where.to_pylist(), texts.take(where).to_pylist(), strict=True):
        damage = damaged[text]
        if late.damaged(at, width, roles, damage):
            late.cells.append((at, column, AS_FAULT[damage.code], damage.shown))


def _over(old: pa.RecordBatch, late: _Late) -> dict[str, object]:
    """Give a block of candidates with the late judgements."""
    columns = dict(zip(old.schema.names, old.columns, strict=True))
    state, skip = late.state.copy(), old.column("skip").to_numpy().copy()
    rejected = [item.at for item in late.found]
    state[rejected], skip[rejected] = REJECTED, NOT_SKIPPED
    totals = list(late.totals)
    state[totals], skip[totals] = SKIPPED, IS_TOTALS
    unknown = np.zeros(len(state), dtype=bool)
    unknown[list(late.nameless)] = True
    for name in ("location_code", "sku_code"):
        columns[name] = pc.if_else(pa.array(unknown), "", columns[name])
    quantity = np.where(np.isin(np.arange(len(state)), rejected), -1, old.column("quantity").to_numpy())
    return columns | {"state": state, "skip": skip, "quantity": quantity}


def _write_faults(writer: staging.Writer, late: _Late, start: int, old: pa.RecordBatch | None) -> None:
    """Put damaged codes among the faults: they hold as long as the cell is unchanged, whatever its neighbours are then."""
    rows = [(at + start, *rest) for at, *rest in late.cells]
    if old is not None:
        rows += zip(*(column.to_pylist() for column in old.columns), strict=True)
    if rows:
        at, column, code, shown = zip(*sorted(rows, key=lambda row: row[:2]), strict=True)
        types = (pa.int64(), pa.int32(), pa.string(), pa.string())
        arrays = (pa.array(each, kind) for each, kind in zip((at, column, code, shown), types, strict=True))
        writer.add(dict(zip(("at", "column", "code", "shown"), arrays, strict=True)))

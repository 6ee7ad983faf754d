"""The first pass: every block is mapped and judged by the schema, and written as candidates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sync import pairs, schema, staging
from sync.mapping.apply import apply
from sync.mapping.codes import Trimmed
from sync.rows import GO, REJECTED, SKIPPED, Candidates, Found
from sync.stage.repeats import without_repeats

if TYPE_CHECKING:
    import numpy.typing as npt

    from sync.mapping.plan import Plan
    from sync.rows import Block, SourceTable
    from sync.stage.shapes import Settled, Staged
    from sync.stage.watching import Watch

PROBLEM_SCHEMA = {
    "at": pa.int64(),
    "stage": pa.string(),
    "field": pa.string(),
    "code": pa.string(),
    "value": pa.string(),
}


def judge(
    table: SourceTable, plan: Plan, staged: Staged, *, watch: Watch, settled: tuple[Settled, ...] = ()
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Map and judge block by block; give each candidate's pair hash, and the positions that take part in a pair."""
    hashes: list[npt.NDArray[np.uint64]] = [np.empty(0, np.uint64)]
    positions: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
    folder = staged.folder
    with (
        staging.Writer(folder / "cells") as cells,
        staging.Writer(folder / "faults") as faults,
        staging.Writer(folder / "candidates") as candidates,
        staging.Writer(folder / "problems") as problems,
    ):
        for block in table.blocks:
            if not len(block.rows):
                continue
            parents = _parents(block, staged.width)
            trimmed = Trimmed(block.cells)
            found = without_repeats(_judged(apply(block, plan, trimmed), plan), parents, settled)
            staging.write_source(cells, faults, block, staged.read // staged.width)
            watch.see(block, trimmed, staged.read // staged.width)
            candidates.add(_columns(found, parents))
            if found.found:
                problems.add(
                    problem_columns(
                        [
                            Found(item.at + staged.read, item.stage, item.field, item.code, item.value)
                            for item in found.found
                        ]
                    )
                )
            hashes.append(pairs.keys(found.location_code, found.sku_code))
            named = pc.and_(pc.not_equal(found.location_code, ""), pc.not_equal(found.sku_code, "")).to_numpy(
                zero_copy_only=False
            )
            positions.append(np.flatnonzero((found.state != SKIPPED) & named) + staged.read)
            staged.read += len(block.rows) * staged.width
    return np.concatenate(hashes), np.concatenate(positions)


def _judged(found: Candidates, plan: Plan) -> Candidates:
    """Judge the rows that would go by the schema."""
    going = np.flatnonzero(found.state == GO)
    if not len(going):
        return found
    codes = {
        name: getattr(found, name).take(pa.array(going)).to_pandas() for name in ("location_code", "sku_code")
    }
    frame = pd.DataFrame({**codes, "quantity": found.quantity[going]}).set_axis(going)
    failures = [
        Found(at, "schema", _source_field(column, plan, int(found.column[at])), code, value)
        for at, column, code, value in schema.failures(frame)
    ]
    if not failures:
        return found
    state = found.state.copy()
    state[[item.at for item in failures]] = REJECTED
    return replace(found, state=state, found=(*found.found, *failures))


def _source_field(column: str, plan: Plan, quantity: int) -> str | None:
    if column == "sku_code":
        return plan.sku.field()
    if column == "location_code":
        return plan.locations[plan.quantities.index(quantity)].field()
    return plan.header[quantity]


def _parents(block: Block, width: int) -> npt.NDArray[np.int64]:
    parents = np.zeros(len(block.rows), np.int64) if block.parent_rows is None else block.parent_rows
    return np.repeat(parents, width)


def _columns(found: Candidates, parents: npt.NDArray[np.int64]) -> dict[str, object]:
    return {
        "row": found.row,
        "column": found.column,
        "location_code": found.location_code,
        "sku_code": found.sku_code,
        "quantity": found.quantity,
        "state": found.state,
        "skip": found.skip,
        "parent": parents,
    }


def problem_columns(found: list[Found]) -> dict[str, object]:
    """Put reasons into columns, in the order of their rows."""
    ordered = sorted(found, key=lambda item: item.at)
    return {
        name: pa.array([getattr(item, name) for item in ordered], kind)
        for name, kind in PROBLEM_SCHEMA.items()
    }

"""The way of one file through staging: judge block by block, look at shared pairs, settle block by block."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from sync import pairs, staging
from sync.rows import Found
from sync.stage.judging import judge, problem_columns
from sync.stage.othertable import marked
from sync.stage.secondlook import look_again
from sync.stage.settling import settle
from sync.stage.shapes import Settled, Staged, nothing
from sync.stage.watching import Watch

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from sync.mapping.plan import Plan
    from sync.rows import SourceTable
    from sync.stage.shapes import Remembered

BLOCK_ROWS = 50_000
SHARED = ("location_code", "sku_code", "state", "quantity", "row")
TEXT = "csv"


def block_rows(plan: Plan) -> int:
    """Tell how many source rows make a block, so that a wide matrix needs no more memory than a list."""
    return max(1_000, BLOCK_ROWS // len(plan.quantities))


def stage(
    table: SourceTable,
    plan: Plan,
    folder: Path,
    *,
    settled: tuple[Settled, ...] = (),
    neighbours: bool = True,
    remembered: Remembered = nothing,
) -> Staged:
    """Judge every row of a table and write the run's columnar files into `folder`.

    `remembered` tells for which pairs something newer was sent, and which quantities need not go.

    `neighbours`: codes are judged by the others of their column too, which needs a whole file and not some of its rows.

    Raises:
        SetAside: the file as a whole cannot be taken.
        OurBug: the outcomes do not add up to the rows read.
    """
    staged = Staged(folder, table.header, len(plan.quantities))
    watch = Watch(plan, text_file=table.read_as.format == TEXT, neighbours=neighbours)
    table = replace(table, blocks=marked(table.blocks, plan)) if neighbours else table
    hashes, taking_part = judge(table, plan, staged, watch=watch, settled=settled)
    taking_part = look_again(staged, plan, watch, taking_part)
    staged.profile = watch.profile()
    resolution = _resolve(folder, hashes, taking_part, policy=plan.mapping.rows.duplicates)
    _write_pair_problems(folder, resolution.problems)
    staged.twins = resolution.twins
    settle(staged, resolution.fate, remembered)
    staged.check()
    return staged


def _resolve(
    folder: Path, hashes: npt.NDArray[np.uint64], taking_part: npt.NDArray[np.int64], *, policy: str
) -> pairs.Resolution:
    """Look at the rows that share a pair with another one."""
    meeting = pairs.meeting(hashes, taking_part)
    if not len(meeting):
        return _of_none(policy)
    rows = staging.Reader(folder / "candidates").take(meeting).select([*SHARED, "parent"]).to_pandas()
    return pairs.resolve(_as_they_stood(rows.set_index(meeting)), policy)


@cache
def _of_none(policy: str) -> pairs.Resolution:
    """Resolve a file in which no pair stands twice: the same for each, and dearer than to judge a hundred rows."""
    none = pd.DataFrame(columns=list(SHARED)).astype({"quantity": "int64", "state": "int8", "row": "int64"})
    return pairs.resolve(none, policy)


def _as_they_stood(rows: pd.DataFrame) -> pd.DataFrame:
    """Put rows that came back from a reject file into the order of their source, new ones last: which is last may decide."""
    parents = rows.pop("parent")
    if not parents.any():
        return rows
    return rows.loc[parents.mask(parents == 0, parents.max() + 1).sort_values(kind="stable").index]


def _write_pair_problems(folder: Path, problems: pd.DataFrame) -> None:
    with staging.Writer(folder / "pair_problems") as writer:
        if len(problems):
            columns = (problems[name] for name in ("at", "code", "value"))
            writer.add(
                problem_columns(
                    [
                        Found(int(at), "map", None, code, value)
                        for at, code, value in zip(*columns, strict=True)
                    ]
                )
            )

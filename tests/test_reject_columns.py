"""Rejected rows go into the ledger in columns: what stands there is what a row at a time would have written."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ledger import rejectcolumns, rejected, runs
from sync.ledger.book import connect
from sync.rows import Reject, Run
from sync.stage import rejected as walked
from sync.stage.whole import stage
from tests.stages import Case, plan, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.ledger.book import Ledger
    from sync.stage.shapes import Staged

RUN = "20261123T061502Z-3f9c"
TEXTS = st.one_of(
    st.sampled_from(["", "A", "S1", "5", "x", "1,500", 'say "so"', "back\\slash", "two\nlines", "\x01\x1f\x7f", "库存"]),
    st.text(max_size=5),
)  # fmt: skip
LINES = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=12)
RAGGED = st.frozensets(st.integers(0, 12))
PARENTS = st.one_of(st.none(), st.just(tuple(range(12))))


def on_record(add: Callable[[Ledger], None]) -> tuple[list[tuple[object, ...]], list[Reject]]:
    """Put rejects into a new ledger; give the rows as they stand there, and as they are read."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = connect(Path(folder) / "ledger.db")
        with ledger.transaction():
            runs.add(ledger, Run(run=RUN, started="2026-11-23T06:15:02Z", tenant="t", file="a.csv"))
            add(ledger)
        rows = [tuple(row) for row in ledger.db.execute("SELECT * FROM rejects ORDER BY row, col")]
        found = list(rejected.of_run(ledger, RUN))
        ledger.close()
    return rows, found


def same(case: Case, at_once: int) -> Staged:
    """Stage a case and hold both ways of writing its rejects against each other, and against what comes back."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(walked, "AT_ONCE", at_once)
        done = stage(table(case, 4), case.plan, Path(folder))
        rejects = list(walked.rejects(done))
        one_by_one = on_record(lambda ledger: rejected.add(ledger, RUN, rejects))
        in_columns = on_record(lambda ledger: rejectcolumns.add(ledger, RUN, walked.columns(done)))
    assert in_columns == one_by_one
    assert in_columns[1] == rejects
    assert len(rejects) == done.rejected
    return done


@given(LINES, RAGGED, PARENTS, st.sampled_from(["rows", "matrix"]), st.integers(1, 4))
def test_columns_write_what_rows_would(
    lines: Sequence[tuple[str, ...]],
    ragged: frozenset[int],
    parents: tuple[int, ...] | None,
    layout: str,
    at_once: int,
) -> None:
    """Whatever stands in the cells, however many reasons a row has, and wherever a block ends."""
    same(Case(plan(layout), lines, ragged, parents and parents[: len(lines)]), at_once)


def test_the_reasons_of_a_row_keep_their_order() -> None:
    """The first one tells the stage, and all of them stand there."""
    done = same(Case(plan(), [("A", "", "x"), ("A", "S1", "5"), ("A", "S1", "6")], frozenset({0})), 10)
    assert done.rejected == 3


@pytest.mark.parametrize("text", ['"', "\\", "\n", "\x00", "\x1f"])
def test_what_json_cannot_hold_is_escaped(text: str) -> None:
    """One such cell is enough to break the row's record."""
    assert rejectcolumns.quoted(pa.array(["plain", text, None])).to_pylist() == [
        '"plain"',
        rejected.as_json(text),
        "null",
    ]

"""What is held stands at the end of the send list; nothing is lost, invented or sent in another order by that."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import pairs, staging
from sync.stage import holding
from sync.stage.whole import stage
from tests.stages import Case, plan, table

LINES = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", "a "]), st.sampled_from(["1", "2", "x", "X"]), st.sampled_from("123")
    ),
    min_size=1,
    max_size=40,
)
SOME = st.one_of(st.none(), st.sets(st.sampled_from(["A", "B", "a", "nowhere"])))
Rows = list[dict[str, Any]]


def rows_of(path: Path) -> Rows:
    return [row for _, batch in staging.Reader(path).blocks() for row in batch.to_pylist()]


def files(folder: Path) -> tuple[Rows, Rows, Rows]:
    send, keys, merged = (rows_of(folder / name) for name in ("send", "keys", "merged"))
    return send, keys, merged


def is_held(row: dict[str, Any], locations: set[str] | None) -> bool:
    return locations is None or row["location_code"] in locations


@given(LINES, SOME, st.integers(1, 8), st.integers(1, 10))
def test_holding_loses_and_invents_nothing(
    lines: list[tuple[str, str, str]], locations: set[str] | None, size: int, most: int
) -> None:
    """The same rows with the same keys; what is free keeps its order, and so does each location."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        patch.setattr(holding, "ROWS", most)  # as if the list were too large for one walk
        folder = Path(name)
        stage(table(Case(plan(duplicates="sum"), lines), size), plan(duplicates="sum"), folder)
        before, _, merged = files(folder)
        held = holding.hold(folder, locations)
        after, keys, merged_after = files(folder)
    free = [row for row in before if not is_held(row, locations)]
    assert after[: len(free)] == free
    for code, start, stop in held:
        assert after[start:stop] == [row for row in before if row["location_code"] == code]
    assert [start for _, start, _ in held] == [len(free), *(stop for *_, stop in held)][: len(held)]
    assert len(after) == len(before) == (held[-1][2] if held else len(free))
    assert merged_after == merged
    _same_keys(after, keys)


def _same_keys(send: Rows, keys: Rows) -> None:
    """The memory is asked with the keys: they must be those of the same position."""
    table = pa.Table.from_pylist(send) if send else None
    if table is None:
        assert keys == []
        return
    high, low = pairs.identity(
        *(table.column(name).combine_chunks() for name in ("location_code", "sku_code"))
    )
    told = [(row["high"], row["low"], row["quantity"]) for row in keys]
    assert told == list(zip(high.tolist(), low.tolist(), (row["quantity"] for row in send), strict=True))


def test_where_nothing_is_held_nothing_is_written(tmp_path: Path) -> None:
    """A good file costs nothing, and a location that is not in the list holds nothing."""
    stage(table(Case(plan(), [("A", "1", "5")])), plan(), tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert holding.hold(tmp_path, set()) == holding.hold(tmp_path, {"B"}) == []
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_list_without_rows_holds_nothing(tmp_path: Path) -> None:
    """Where all was rejected there is nothing that could wait."""
    stage(table(Case(plan(), [("A", "1", "x")])), plan(), tmp_path)
    assert holding.hold(tmp_path, None) == []

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.rows import Block, Fault
from sync.staging import Reader, SourceRows, Writer, remove, write_source

SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=5)


def fill(path: Path, sizes: list[int]) -> Reader:
    """Write the numbers from 0, and their texts, in blocks of these sizes."""
    start = 0
    with Writer(path) as writer:
        for size in sizes:
            numbers = np.arange(start, start + size)
            writer.add({"number": numbers, "text": pa.array(map(str, numbers.tolist()))})
            start += size
    return Reader(path)


def numbers(batch: pa.RecordBatch) -> list[int]:
    """Give the numbers, having made sure that the texts are theirs."""
    found: list[int] = batch.column("number").to_pylist()
    assert batch.column("text").to_pylist() == list(map(str, found))
    return found


@given(SIZES, st.data())
@settings(max_examples=50)
def test_what_is_written_is_read(sizes: list[int], data: st.DataObject) -> None:
    """By block, by range, by position and by column the same rows come back, whatever the blocks."""
    count = sum(sizes)
    with tempfile.TemporaryDirectory() as folder:
        reader = fill(Path(folder) / "rows", sizes)
        start = data.draw(st.integers(0, count - 1))
        stop = data.draw(st.integers(start + 1, count))
        wanted = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1)))
        assert len(reader) == count
        assert [(first, numbers(batch)[0]) for first, batch in reader.blocks()] == [
            (at, at) for at in np.cumsum([0, *sizes[:-1]]).tolist()
        ]
        assert numbers(reader.rows(start, stop)) == list(range(start, stop))
        assert numbers(reader.take(np.array(wanted))) == wanted
        assert reader.column("number").tolist() == list(range(count))


def test_a_file_that_was_never_begun_is_empty(tmp_path: Path) -> None:
    """A run without problems has no file of problems; reading it finds nothing."""
    with Writer(tmp_path / "rows"):
        pass
    reader = Reader(tmp_path / "rows")
    assert (len(reader), list(reader.blocks()), reader.column("number").tolist()) == (0, [], [])


def test_a_file_that_was_not_finished_is_not_read(tmp_path: Path) -> None:
    """A crash while writing leaves no file that looks whole."""
    writer = Writer(tmp_path / "rows")
    writer.add({"number": np.arange(3)})
    with pytest.raises(pa.ArrowInvalid):
        Reader(tmp_path / "rows")
    writer.__exit__(None, None, None)
    assert len(Reader(tmp_path / "rows")) == 3


def test_columns_must_stay_the_same(tmp_path: Path) -> None:
    """A block of another form is refused, never fitted in."""
    with Writer(tmp_path / "rows") as writer:
        writer.add({"number": np.arange(3)})
        with pytest.raises(pa.ArrowInvalid):
            writer.add({"number": pa.array(["3"])})


def source(folder: Path, *blocks: Block) -> SourceRows:
    """Write source rows as staging does."""
    first = 0
    with Writer(folder / "cells") as cells, Writer(folder / "faults") as faults:
        for block in blocks:
            write_source(cells, faults, block, first)
            first += len(block.rows)
    return SourceRows(folder)


def block(rows: list[int], *columns: list[str], faults: tuple[Fault, ...] = ()) -> Block:
    return Block(np.array(rows), tuple(pa.array(column, pa.string()) for column in columns), faults)


def test_source_rows_come_back_with_their_faults(tmp_path: Path) -> None:
    """A position gives the row's text and everything that is wrong with it, in any block, in any order of faults."""
    short, error = Fault(4, None, "row.short", "1 of 2"), Fault(9, 1, "cell.error", "B9: #N/A")
    date, seven = Fault(9, 0, "cell.date", "A9: 2026-03-10"), Fault(7, 0, "cell.boolean", "A7: TRUE")
    rows = source(
        tmp_path,
        block([2, 4], ["a", "b"], ["1", ""], faults=(short,)),
        block([7, 9, 12], ["c", "d", "e"], ["3", "#N/A", "5"], faults=(error, date, seven)),
    )
    assert rows.take(np.array([0, 1, 2, 3])) == {
        0: (("a", "1"), ()),
        1: (("b", ""), (short,)),
        2: (("c", "3"), (seven,)),
        3: (("d", "#N/A"), (error, date)),
    }
    assert rows.take(np.array([4])) == {4: (("e", "5"), ())}


def test_no_positions_give_no_rows(tmp_path: Path) -> None:
    """Asking for nothing is no error, also where nothing was written."""
    assert source(tmp_path).take(np.array([], dtype=np.int64)) == {}


def test_removing_twice_is_no_error(tmp_path: Path) -> None:
    """A run's files go as a whole, and may be gone already."""
    (tmp_path / "run").mkdir()
    fill(tmp_path / "run" / "rows", [3])
    remove(tmp_path / "run")
    remove(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []

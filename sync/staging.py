"""The columnar files of a run: its source text, its candidate rows, and what is to be sent.

    cells       the source as text, so that a reject can show its row
    faults      what could not be read truthfully in it
    candidates  one row for each row of the law
    problems    the reasons found while staging; late_problems and pair_problems: those that the whole file shows
    send        one row a pair, in the order in which they are posted; a position is a row of this file
    merged      the candidates that another one stands for
    keys        the identity of each pair of `send`, unpacked: the memory is asked with it and made of it
    repeats     the identities of the pairs that an earlier run settled
    measures    what the file comes to in each location: what the next file of the mapping is compared with

Arrow files, compressed, written and read in blocks: memory does not grow with the file. Of a run that ended `send`,
`repeats` and `measures` are kept, in a folder beside: with the ledger they are the truth about what was sent.
"""

from __future__ import annotations

import shutil
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sync.durable import sync
from sync.rows import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    import numpy.typing as npt

    from sync.rows import Block

ROW_ITSELF = -1
NO_FAULTS = pa.record_batch(
    {
        name: pa.array([], kind)
        for name, kind in zip(
            ("row", "column", "code", "shown"),
            (pa.int64(), pa.int32(), pa.string(), pa.string()),
            strict=True,
        )
    }
)
PACKED, UNPACKED = pa.ipc.IpcWriteOptions(compression="lz4"), pa.ipc.IpcWriteOptions()
KEPT = ("send", "repeats", "measures")


class Writer:
    """Writes one columnar file, block by block."""

    def __init__(self, path: Path, *, packed: bool = True) -> None:
        self.path = path
        self._options = PACKED if packed else UNPACKED
        self._writer: pa.RecordBatchFileWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()
            sync(self.path)

    def add(self, columns: dict[str, object]) -> None:
        """Append one block: columns of equal length, numpy or Arrow."""
        batch = pa.record_batch(columns)
        if self._writer is None:
            self._writer = pa.ipc.new_file(str(self.path), batch.schema, options=self._options)
        self._writer.write_batch(batch)


class Reader:
    """Reads one columnar file by block, by range or by position; a file that was never begun is empty."""

    def __init__(self, path: Path) -> None:
        self._file = pa.ipc.open_file(pa.OSFile(str(path))) if path.exists() else None
        self._cache: tuple[int, pa.RecordBatch] | None = None
        self._ends: list[int] = []
        if (
            self._file is not None and self._file.num_record_batches == 1
        ):  # as of most files, of which there are many
            self._ends = [self._block(0).num_rows]
        elif self._file is not None:
            self._ends = np.cumsum(_lengths(path), dtype=np.int64).tolist()

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def blocks(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Walk the blocks, each with the position of its first row."""
        for block, end in enumerate(self._ends):
            batch = self._block(block)
            yield end - batch.num_rows, batch

    def rows(self, start: int, stop: int) -> pa.RecordBatch:
        """Give rows start..stop-1 as one block."""
        first, last = bisect_right(self._ends, start), bisect_right(self._ends, stop - 1)
        parts = []
        for block in range(first, last + 1):
            batch = self._block(block)
            begin = self._ends[block] - batch.num_rows
            parts.append(batch.slice(max(start - begin, 0), min(stop, self._ends[block]) - max(start, begin)))
        return parts[0] if len(parts) == 1 else pa.concat_batches(parts)

    def take(self, positions: npt.NDArray[np.int64]) -> pa.RecordBatch:
        """Give the rows at ascending positions (at least one) as one block."""
        parts = []
        cuts = np.searchsorted(positions, [0, *self._ends]).tolist()
        for block, (first, last) in enumerate(pairwise(cuts)):
            if first < last:
                batch = self._block(block)
                start = self._ends[block] - batch.num_rows
                parts.append(batch.take(pa.array(positions[first:last] - start)))
        return pa.concat_batches(parts)

    def column(self, name: str) -> npt.NDArray[np.int64]:
        """Give a whole column of numbers."""
        parts = [batch.column(name).to_numpy(zero_copy_only=False) for _, batch in self.blocks()]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def _block(self, block: int) -> pa.RecordBatch:
        if self._cache is None or self._cache[0] != block:
            assert self._file is not None  # noqa: S101 - a file without blocks has no block to ask for
            self._cache = (block, self._file.get_batch(block))
        return self._cache[1]


def _lengths(path: Path) -> list[int]:
    """Count the rows of each block, unpacking one column only."""
    file = pa.ipc.open_file(pa.OSFile(str(path)), options=pa.ipc.IpcReadOptions(included_fields=[0]))
    return [file.get_batch(block).num_rows for block in range(file.num_record_batches)]


def offsets(at: npt.NDArray[np.int64], positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Tell where in `at` (ascending, all of them among `positions`) what belongs to each position begins, and where it ends."""
    return np.append(np.searchsorted(at, positions), len(at))


def lists(rows: pa.RecordBatch, bounds: npt.NDArray[np.int64]) -> pa.ListArray:
    """Cut rows into lists of rows."""
    return pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), rows.to_struct_array())


def write_source(cells: Writer, faults: Writer, block: Block, first: int) -> None:
    """Append source rows to `cells` and what is wrong with them to `faults`; `first` is the block's first position."""
    cells.add({"row": block.rows, **{f"c{at}": column for at, column in enumerate(block.cells)}})
    if block.faults:
        ordered = sorted(block.faults, key=lambda fault: fault.row)
        at = np.searchsorted(block.rows, [fault.row for fault in ordered]) + first
        column = [ROW_ITSELF if fault.column is None else fault.column for fault in ordered]
        faults.add(
            {
                "at": at,
                "column": pa.array(column, pa.int32()),
                "code": [fault.code for fault in ordered],
                "shown": [fault.shown for fault in ordered],
            }
        )


class SourceRows:
    """The source rows of a staged file, by position: their text, and what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self._cells, self._faults = Reader(folder / "cells"), Reader(folder / "faults")
        self._faulty = self._faults.column("at")

    def take(self, positions: npt.NDArray[np.int64]) -> dict[int, tuple[tuple[str, ...], tuple[Fault, ...]]]:
        """Give cells and faults of some rows (ascending positions, each once)."""
        if not len(positions):
            return {}
        found = self._cells.take(positions)
        rows = found.column("row").to_pylist()
        texts = zip(*(column.to_pylist() for column in found.columns[1:]), strict=True)
        return {
            at: (text, self._faults_of(at, row))
            for at, row, text in zip(positions.tolist(), rows, texts, strict=True)
        }

    def columns(self, positions: npt.NDArray[np.int64]) -> tuple[list[pa.Array], pa.ListArray]:
        """Give the columns of some rows (ascending positions, each once), and for each row the list of what is wrong with it."""
        found = self._cells.take(positions)
        cells = found.columns[1:]
        first, last = np.searchsorted(self._faulty, [positions[0], positions[-1] + 1]).tolist()
        if first == last:
            return cells, lists(NO_FAULTS, np.zeros(len(positions) + 1, np.int64))
        wrong = self._faults.rows(first, last)
        wrong = wrong.take(pa.array(np.flatnonzero(np.isin(wrong.column("at").to_numpy(), positions))))
        at, column = wrong.column("at").to_numpy(), wrong.column("column").to_numpy()
        row = found.column("row").take(pa.array(np.searchsorted(positions, at)))
        faults = pa.record_batch(
            {
                "row": row,
                "column": pa.array(column, mask=column == ROW_ITSELF),
                "code": wrong.column("code"),
                "shown": wrong.column("shown"),
            }
        )
        return cells, lists(faults, offsets(at, positions))

    def _faults_of(self, at: int, row: int) -> tuple[Fault, ...]:
        first, last = np.searchsorted(self._faulty, [at, at + 1]).tolist()
        if first == last:
            return ()
        found = self._faults.rows(first, last).to_pylist()
        return tuple(
            Fault(row, None if item["column"] == ROW_ITSELF else item["column"], item["code"], item["shown"])
            for item in found
        )


def remove(folder: Path) -> None:
    """Take a run's files away."""
    shutil.rmtree(folder, ignore_errors=True)


def rows_to_send(folder: Path) -> int:
    """Count the rows of a run's send list, 0 where it is gone or damaged."""
    try:
        return len(Reader(folder / "send"))
    except (OSError, pa.ArrowException):
        return 0


def of_run(state: Path, run: str) -> Path:
    """Give the folder of a run's files: in staging as long as it is under way, then beside."""
    kept = state / "sent" / run
    return kept if kept.exists() else state / "staging" / run


def keep(state: Path, run: str) -> None:
    """Of a run that ended keep what it sent, and take the rest away; may be cut off and done again."""
    folder, kept = state / "staging" / run, state / "sent" / run
    for path in folder.iterdir():
        if path.name not in KEPT:
            path.unlink()
    sync(folder)  # or a power cut has the rename, and not what was taken away before it
    if any((folder / name).exists() for name in KEPT):
        folder.rename(kept)
        sync(kept.parent)
        sync(folder.parent)
    else:
        folder.rmdir()

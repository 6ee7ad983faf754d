"""Writes a send list and its keys: first what is unchanged, then what is not, and second spellings of a pair last.

What is unchanged is settled as one range, so it stands together; no body holds two spellings of a pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pyarrow as pa

from sync import staging

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    import numpy as np
    import numpy.typing as npt

IDENTITY = ["high", "low"]
FILES = ("send", "keys")
LATER = "later_"  # than what is unchanged


class SendList:
    """The files `send` and `keys` of a run, written block by block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._now, self._later = self._writers(""), self._writers(LATER)
        self._spellings: list[pa.RecordBatch] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._later:
            writer.__exit__(kind, error, trace)
        if error is None:
            self._finish()
        for writer in self._now:
            writer.__exit__(kind, error, trace)

    def add(self, rows: pa.RecordBatch, unchanged: npt.NDArray[np.bool_] | None) -> int:
        """Append rows that go, in their order where `unchanged` is None; give how many of them are unchanged."""
        first = rows.column("rank").to_numpy() == 0
        if not first.all():
            self._spellings.append(rows.filter(pa.array(~first)))
        if unchanged is None:
            _write(self._now, rows.filter(pa.array(first)))
            return 0
        _write(self._now, rows.filter(pa.array(first & unchanged)))
        _write(self._later, rows.filter(pa.array(first & ~unchanged)))
        return int((first & unchanged).sum())

    def _finish(self) -> None:
        for name, writer in zip(FILES, self._now, strict=True):
            path = self._folder / f"{LATER}{name}"
            for _, block in staging.Reader(path).blocks():
                writer.add(dict(zip(block.schema.names, block.columns, strict=True)))
            path.unlink(missing_ok=True)
        if self._spellings:
            last = pa.Table.from_batches(self._spellings).sort_by(
                [("rank", "ascending"), ("at", "ascending")]
            )
            _write(self._now, last.combine_chunks().to_batches()[0])

    def _writers(self, prefix: str) -> tuple[staging.Writer, staging.Writer]:
        send, keys = (self._folder / f"{prefix}{name}" for name in FILES)
        return staging.Writer(send), staging.Writer(keys, packed=False)


def _write(writers: tuple[staging.Writer, staging.Writer], rows: pa.RecordBatch) -> None:
    if not rows.num_rows:
        return
    send, keys = writers
    columns = dict(zip(rows.schema.names, rows.columns, strict=True))
    keys.add({name: columns[name] for name in (*IDENTITY, "quantity")})
    send.add({name: column for name, column in columns.items() if name not in IDENTITY})

"""A source file of any kind -> the reader for its kind, told by its content.

Sentences of SetAside name line, sheet and cell; the caller, who knows what the file was called, puts its name before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sync.loader import delimited
from sync.loader.formats import TEXT, container

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.loader.columns import Row
    from sync.rows import ReadHints, Sheet, SourceTable


class Reader(Protocol):
    """What every kind of file must be able to do."""

    def peek(self, path: Path, hints: ReadHints) -> tuple[Sheet, ...]:
        """Give the head of each sheet."""

    def read(self, path: Path, hints: ReadHints, *, block_rows: int) -> SourceTable:
        """Open it as one table."""

    def grid(self, path: Path, hints: ReadHints) -> Iterator[Row]:
        """Walk every row."""


def peek(path: Path, hints: ReadHints) -> tuple[Sheet, ...]:
    """Give the first 60 rows that are not blank, of each sheet: enough to recognise a file by."""
    return _reader(path).peek(path, hints)


def read(path: Path, hints: ReadHints, *, block_rows: int = 50_000) -> SourceTable:
    """Open a file as one table; a file that proves unreadable further on is set aside while `blocks` is walked."""
    return _reader(path).read(path, hints, block_rows=block_rows)


def grid(path: Path, hints: ReadHints) -> Iterator[Row]:
    """Walk every row as it stands, nothing left out."""
    return _reader(path).grid(path, hints)


def _reader(path: Path) -> Reader:
    if container(path) == TEXT:
        return delimited
    from sync.loader import workbook  # noqa: PLC0415 - CSV files need not pay for it

    return workbook

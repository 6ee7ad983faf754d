"""A table -> its records for a person: header first, without what was left out, odd rows whole or as they were meant.

For showing only: what is mended here is told, and `run` rejects it all the same.
"""

from __future__ import annotations

import re
from itertools import compress
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from sync import loader
from sync.loader.mending import Shapes
from sync.loader.region import Region

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from sync.rows import Block, ReadHints, SourceTable

SAMPLE = 1000  # rows by which the others are known
EXAMPLES = 3
# What cp1252 has where Unicode has control characters: dashes and quotes, taken for the other by what wrote them.
SIGNS = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
CONTROLS = re.compile(f"[{''.join(map(chr, SIGNS))}]")


class Records:
    """Walks a table once; afterwards it knows what it showed otherwise than it stands in the file."""

    def __init__(self, path: Path, hints: ReadHints, table: SourceTable) -> None:
        self._path = path
        self._hints = hints
        self._table = table
        self._shapes: Shapes | None = None
        self._whole: Iterator[tuple[int, Sequence[str]]] | None = None
        self._mended: list[int] = []
        self._signs = 0

    def __iter__(self) -> Iterator[Sequence[str]]:
        yield self._readable(self._table.header)
        region = Region(self._table.header)
        for block in self._table.blocks:
            released, kept = region.take(block)
            yield from (self._readable(cells) for _, cells in released)
            yield from self._rows(block, kept)

    @property
    def notes(self) -> Iterator[str]:
        """Say what was shown otherwise than it stands in the file."""
        if self._mended:
            rows = ", ".join(map(str, self._mended[:EXAMPLES])) + (
                ", ..." if len(self._mended) > EXAMPLES else ""
            )
            yield f"rows that do not fit the header are shown as they were meant, and rejected by `run`: {rows}"
        if self._signs:
            yield f"control characters in {self._signs} rows are shown as the dashes and quotes of cp1252 that they were meant to be"

    def _rows(self, block: Block, kept: npt.NDArray[np.bool_]) -> Iterator[Sequence[str]]:
        odd = {fault.row: fault.code for fault in block.faults if fault.column is None}
        rows = list(zip(*(column.to_pylist() for column in block.cells), strict=True))
        signs = any(
            pc.any(pc.match_substring_regex(column, CONTROLS.pattern)).as_py() for column in block.cells
        )
        if not odd and not signs:
            yield from compress(rows, kept.tolist())
            return
        numbers = block.rows.tolist()
        self._learn(row for number, row in zip(numbers, rows, strict=True) if number not in odd)
        for number, cells in compress(zip(numbers, rows, strict=True), kept.tolist()):
            shown = self._as_meant(number, odd[number]) if number in odd else cells
            yield self._readable(shown) if signs else shown

    def _learn(self, rows: Iterator[Sequence[str]]) -> None:
        if self._shapes is None:
            self._shapes = Shapes(
                (row for _, row in zip(range(SAMPLE), rows, strict=False)), len(self._table.header)
            )

    def _as_meant(self, number: int, code: str) -> Sequence[str]:
        """Give an odd row with all its cells, or mended where there is one way to do it."""
        if self._whole is None:
            self._whole = iter(loader.grid(self._path, self._hints))
        row = next(cells for at, cells in self._whole if at == number)
        shown = self._shapes.mended(row) if self._shapes else row
        if shown is not row or code in {"row.quotes", "row.delimiter"}:
            self._mended.append(number)
        return shown

    def _readable(self, cells: Sequence[str]) -> Sequence[str]:
        if not any(map(CONTROLS.search, cells)):
            return cells
        self._signs += 1
        return [cell.translate(SIGNS) for cell in cells]

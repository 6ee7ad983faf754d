"""The last row of a file: whether it is whole, and how it is kept from going where it may not be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sync import staging
from sync.rows import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.rows import Block, SourceTable
    from sync.stage.shapes import Staged

CUT = "row.cut"
BROKEN = {"row.short", "row.quotes"}
END_OF_FILE = "\x1a"  # how old systems end every text file: no row at all
SHOWN = 80  # characters of a row that are shown


def with_cut_row(table: SourceTable) -> SourceTable:
    """Give the table with its last row marked as cut off."""
    return replace(table, blocks=_marked(table.blocks))


def _marked(blocks: Iterator[Block]) -> Iterator[Block]:
    last: Block | None = None
    for block in blocks:
        if last is not None:
            yield last
        last = block
    if last is not None and len(last.rows):
        shown = " | ".join(column[-1].as_py() for column in last.cells)[:SHOWN]
        last = replace(last, faults=(*last.faults, Fault(int(last.rows[-1]), None, CUT, shown)))
    if last is not None:
        yield last


def last_row(staged: Staged) -> int:
    """Tell where the last row stands, as a person counts."""
    cells = staging.Reader(staged.folder / "cells")
    return int(cells.rows(len(cells) - 1, len(cells)).column("row")[0].as_py()) if len(cells) else 0


def last_is_short(staged: Staged) -> bool:
    """Tell whether the last row has fewer cells than the header, or quotation marks that do not pair up."""
    at = staged.read // staged.width - 1
    cells, faults = staging.SourceRows(staged.folder).take(np.array([at]))[at]
    written = "".join(cells).strip(END_OF_FILE)
    return bool(written) and any(fault.code in BROKEN for fault in faults if fault.column is None)

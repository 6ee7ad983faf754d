"""Rejected rows in columns -> the ledger, block by block: a million of them are never objects of Python.

Each is written as `rejected.add` would write it. Heavy: for whoever has columns, not for whoever looks into the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from sync.ledger import rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sync.ledger.book import Ledger

ESCAPED = '["\\\\\x00-\x1f]'  # what JSON does not hold as it is
NULL = "null"


@dataclass(frozen=True, slots=True)
class RejectColumns:
    """Rejected rows of one block; all columns have one entry a row. Of those with the same source row the line may stand once.

    Shapes: `problems` and `faults` have lists of columns: (stage, field, code, value) and (row, column, code, shown);
    `line` says where among `cells` and `faults` the source row of a reject stands.
    """

    row: pa.Array
    column: pa.Array
    location_code: pa.Array
    sku_code: pa.Array
    parent_row: pa.Array
    problems: pa.ListArray
    line: pa.Array
    cells: Sequence[pa.Array]
    faults: pa.ListArray


def add(ledger: Ledger, run: str, blocks: Iterable[RejectColumns]) -> None:
    """Put rejected rows on record; the stage of a row is that of its first problem."""
    began = rejected.BEGAN if rejected.has_older(ledger, run) else "NULL"
    for block in blocks:
        ledger.db.executemany(
            "INSERT INTO rejects (run, row, col, stage, problems, cells, faults, location, sku, parent_row, first)"
            f" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, {began})",
            zip([run] * len(block.row), *(column.to_pylist() for column in _columns(block)), strict=True),
        )


def _columns(block: RejectColumns) -> tuple[pa.Array, ...]:
    first = block.problems.flatten().field("stage").take(block.problems.offsets[:-1])
    return (
        block.row,
        block.column,
        first,
        _listed(block.problems),
        _array([quoted(cells) for cells in block.cells]).take(block.line),
        _listed(block.faults).take(block.line),
        block.location_code,
        block.sku_code,
        block.parent_row,
    )


def _listed(lists: pa.ListArray) -> pa.Array:
    """Write lists of columns as JSON: a list of lists for each row."""
    values = lists.flatten()
    if not len(values):
        return pa.array([rejected.NONE] * len(lists), pa.string())
    pieces = _array([quoted(values.field(at)) for at in range(values.type.num_fields)])
    joined = pc.binary_join(pa.ListArray.from_arrays(lists.offsets, pieces), ",")
    return pc.binary_join_element_wise("[", joined, "]", "")


def _array(columns: Sequence[pa.Array]) -> pa.Array:
    """Write the entries of some columns, quoted already, as a JSON list a row."""
    return pc.binary_join_element_wise("[", pc.binary_join_element_wise(*columns, ","), "]", "")


def quoted(column: pa.Array) -> pa.Array:
    """Write a column of texts or whole numbers as JSON values."""
    if not pa.types.is_string(column.type):
        return column.cast(pa.string()).fill_null(NULL)
    if pc.any(pc.match_substring_regex(column, ESCAPED)).as_py():
        return pa.array([NULL if text is None else rejected.as_json(text) for text in column.to_pylist()])
    return pc.binary_join_element_wise('"', column, '"', "").fill_null(NULL)

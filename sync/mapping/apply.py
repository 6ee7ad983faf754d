"""A block of text + a plan -> candidate rows, each with its codes and quantity or every reason why not."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sync.mapping.codes import SKIP, Codes, CodeSource, Trimmed, read_codes
from sync.mapping.faults import BY_NEIGHBOURS, FORM, Faults
from sync.mapping.leftout import IS_BLANK, IS_EXCLUDED, NOT_SKIPPED, skipped
from sync.mapping.quantity import BLANK, RESULT, Column, Why, combine, read_column
from sync.rows import GO, REJECTED, SKIPPED, Block, Candidates, Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from sync.mapping.plan import Plan

ZERO = Decimal(0)
FRACTION, DIGITS = "cell.fraction", "cell.digits"
FATAL_FOR_NUMBERS = {"cell.error", "cell.formula", "cell.date", "cell.boolean", "cell.merged"}
DAMAGE = {
    "cell.date",
    "cell.returned",
    FRACTION,
    DIGITS,
    FORM,
}  # what a code cannot have been before a spreadsheet had it


def apply(block: Block, plan: Plan, trimmed: Trimmed | None = None) -> Candidates:
    """Turn a block of n source rows into candidates: n of them, or n for each location column of a matrix."""
    faults, cells = Faults(block, plan), trimmed or Trimmed(block.cells)
    sku = read_codes(cells, plan.sku, len(block.rows))
    lines = _Lines(faults, cells, sku, skipped(block, plan, faults))
    return _interleaved(
        [_one_column(block, plan, which, lines=lines) for which in range(len(plan.quantities))]
    )


class _Lines(NamedTuple):
    """What the cells of a matrix line have in common."""

    faults: Faults
    cells: Trimmed
    sku: Codes
    skip: npt.NDArray[np.int8]


def _one_column(block: Block, plan: Plan, which: int, *, lines: _Lines) -> Candidates:
    """Make the candidates of one quantity column."""
    n, column = len(block.rows), plan.quantities[which]
    faults, sku, source = lines.faults, lines.sku, plan.locations[which]
    location = read_codes(lines.cells, source, n)
    quantity, bad = _quantities(block, plan, column, faults)
    skip = lines.skip.copy()
    excluded = [*_not_looked_up(location, source, faults), *_not_looked_up(sku, plan.sku, faults)]
    for positions, reason in ((excluded, IS_EXCLUDED), (_left_blank(bad, plan, column, faults), IS_BLANK)):
        skip[[at for at in positions if skip[at] == NOT_SKIPPED]] = reason
    of_cells = (
        *_code_problems(location, source, faults),
        *_code_problems(sku, plan.sku, faults),
        *_quantity_problems(bad, block, plan, column, faults),
    )
    found = [*faults.of_rows(), *(item for item in of_cells if item.at not in faults.rows)]
    found = [item for item in found if skip[item.at] == NOT_SKIPPED]
    state = np.where(skip == NOT_SKIPPED, GO, SKIPPED).astype(np.int8)
    state[[item.at for item in found]] = REJECTED
    damaged = (at for at, _ in faults.of_cells([*plan.sku.columns, *source.columns]))
    known = _mask(n, {*location.bad, *sku.bad, *damaged}, value=False)
    return Candidates(
        row=block.rows,
        column=np.full(n, column, dtype=np.int32),
        location_code=pc.if_else(known, location.text, ""),
        sku_code=pc.if_else(known, sku.text, ""),
        quantity=np.where(state == GO, quantity, -1),
        state=state,
        skip=skip,
        found=tuple(found),
    )


def _not_looked_up(codes: Codes, source: CodeSource, faults: Faults) -> Iterator[int]:
    """Name the rows that the mapping says to skip because its lookup does not have their code."""
    return (
        at for at, fault in codes.bad.items() if fault.code == SKIP and not faults.touches(at, source.columns)
    )


def _left_blank(bad: dict[int, list[Why]], plan: Plan, column: int, faults: Faults) -> Iterator[int]:
    """Name the rows that the mapping says to skip because of a blank: in the quantity, or only in what is taken off."""
    if plan.mapping.columns.quantity.blank == "skip":
        for at, whys in bad.items():
            blank = whys[0] == (0, BLANK) or all(code == BLANK for _, code in whys)
            if blank and not faults.touches(at, (column, *plan.subtract)):
                yield at


def _quantities(
    block: Block, plan: Plan, column: int, faults: Faults
) -> tuple[npt.NDArray[np.int64], dict[int, list[Why]]]:
    columns = [_number_column(block, plan, at, faults) for at in (column, *plan.subtract)]
    factor = _factors(block, plan) if plan.unit is not None else None
    return combine(columns[0], columns[1:], factor, policy=plan.policy)


def _number_column(block: Block, plan: Plan, column: int, faults: Faults) -> Column:
    pointed = [at for at, fault in faults.of_cells([column]) if fault.code == FRACTION]
    read = read_column(block.cells[column], plan.notation, pointed)
    if plan.mapping.columns.quantity.blank == "zero":
        read.odd[read.odd == BLANK] = ZERO
    return read


def _factors(block: Block, plan: Plan) -> Column:
    """Give each row's factor; an unknown unit counts as 1 here and is reported apart."""
    by, distinct = _units(block, plan)
    known: list[Decimal | None] = [by.get(text) for text in distinct.dictionary.to_pylist()]
    whole = [int(factor) if factor is not None and factor == int(factor) else 1 for factor in known]
    odd = [None if factor is None or factor == int(factor) else factor for factor in known]
    index = distinct.indices.to_numpy(zero_copy_only=False)
    values = np.array(odd, dtype=np.object_)[index] if len(index) else np.empty(0, dtype=np.object_)
    return Column(
        np.array(whole, dtype=np.int64)[index],
        np.array([value is None for value in values], dtype=bool),
        values,
    )


def _units(block: Block, plan: Plan) -> tuple[dict[str, Decimal], pa.DictionaryArray]:
    multiply = plan.mapping.columns.quantity.multiply
    cells = block.cells[plan.unit or 0]
    return dict(multiply.by) if multiply else {}, pc.dictionary_encode(pc.utf8_trim_whitespace(cells))


def _quantity_problems(
    bad: dict[int, list[Why]], block: Block, plan: Plan, column: int, faults: Faults
) -> Iterator[Found]:
    used = (column, *plan.subtract)
    broken: set[tuple[int, int]] = set()
    for read_at in used:
        for at, fault in faults.of_cells([read_at]):
            if fault.code in FATAL_FOR_NUMBERS:
                broken.add((at, read_at))
                yield Found(at, "read", plan.header[read_at], fault.code, fault.shown)
    for at, whys in bad.items():
        for which, code in whys:
            read_at = used[max(which, 0)]
            if (at, read_at) not in broken:
                yield Found(at, "map", plan.header[read_at], code, _shown(at, which, block, used))
    if plan.unit is not None:
        by, distinct = _units(block, plan)
        unknown = pa.array([text not in by for text in distinct.dictionary.to_pylist()], pa.bool_()).take(
            distinct.indices
        )
        for at in pc.indices_nonzero(unknown).to_pylist():
            yield Found(
                at, "map", plan.header[plan.unit], "unit.missing", block.cells[plan.unit][at].as_py().strip()
            )


def _shown(at: int, which: int, block: Block, used: Sequence[int]) -> str:
    """Show the cell at fault, or the whole sum where the result is at fault."""
    texts = [str(block.cells[column][at].as_py()).strip() for column in used]
    return " - ".join(texts) if which == RESULT else texts[which]


def _code_problems(codes: Codes, source: CodeSource, faults: Faults) -> Iterator[Found]:
    broken: set[int] = set()
    for part, column in enumerate(source.columns):
        for at, fault in faults.of_cells([column]):
            broken.add(at)
            code = "code.damaged" if fault.code in DAMAGE else fault.code
            stage = "map" if fault.code in BY_NEIGHBOURS else "read"
            yield Found(at, stage, source.field(part), code, fault.shown)
    for at, (code, value, part) in codes.bad.items():
        if at not in broken and code != SKIP:
            yield Found(at, "map", source.field(part), code, value)


def _mask(n: int, positions: Iterable[int], *, value: bool) -> pa.BooleanArray:
    mask = np.full(n, not value, dtype=bool)
    mask[list(positions)] = value
    return pa.array(mask)


def _interleaved(columns: list[Candidates]) -> Candidates:
    """Put the candidates of a matrix in file order: by source row, then by location column."""
    k = len(columns)
    if k == 1:
        return columns[0]
    n = len(columns[0].row)
    order = np.arange(n * k).reshape(k, n).T.ravel()
    return Candidates(
        row=np.concatenate([part.row for part in columns])[order],
        column=np.concatenate([part.column for part in columns])[order],
        location_code=pa.concat_arrays([part.location_code for part in columns]).take(pa.array(order)),
        sku_code=pa.concat_arrays([part.sku_code for part in columns]).take(pa.array(order)),
        quantity=np.concatenate([part.quantity for part in columns])[order],
        state=np.concatenate([part.state for part in columns])[order],
        skip=np.concatenate([part.skip for part in columns])[order],
        found=tuple(
            sorted(
                (
                    Found(item.at * k + which, item.stage, item.field, item.code, item.value)
                    for which, part in enumerate(columns)
                    for item in part.found
                ),
                key=lambda item: item.at,
            )
        ),
    )

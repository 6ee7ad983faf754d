"""Files of a few lines taken through staging, read back, and the law of rows in plain words to compare them with."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from sync import staging
from sync.mapping.model import Mapping
from sync.mapping.plan import Plan, make_plan
from sync.rows import Block, Fault, Origin, ReadAs, Reject, SourceTable
from sync.stage.rejected import rejects
from sync.stage.whole import stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.stage.shapes import Settled

LIST = ("Wh", "Item", "Qty")
MATRIX = ("Item", "A", "B")
Line = tuple[str, ...]


class Case(NamedTuple):
    """A file and the mapping for it; `ragged` are the lines that do not fit the header."""

    plan: Plan
    lines: Sequence[Line]
    ragged: frozenset[int] = frozenset()
    parents: Sequence[int] | None = None


class Result(NamedTuple):
    """What staging came to, read back from its files."""

    counts: dict[str, int]
    sent: list[tuple[int, str, str, int]]  # candidate, location, SKU, quantity, in the order of sending
    merged: dict[int, int]  # candidate -> the one that goes in its place
    rejects: list[Reject]


def plan(layout: str = "rows", *, duplicates: str = "reject", blank: str = "reject") -> Plan:
    """Make a plan for LIST or MATRIX."""
    matrix = layout == "matrix"
    columns = {
        "location_code": {} if matrix else {"column": "Wh"},
        "sku_code": {"column": "Item"},
        "quantity": {"blank": blank} if matrix else {"blank": blank, "column": "Qty"},
    }
    made = {"version": 1, "name": "m", "columns": columns, "rows": {"duplicates": duplicates}}
    if matrix:
        made |= {"layout": layout, "matrix": {"locations": ["A", "B"]}}
    return make_plan(Mapping.model_validate(made), MATRIX if matrix else LIST, Origin("f.csv"))


def table(case: Case, size: int = 1000, file_format: str = "csv") -> SourceTable:
    """Give the case as a source table in blocks of `size` rows; the first line stands in row 2."""
    return SourceTable(case.plan.header, ReadAs(file_format), blocks(case, size))


def blocks(case: Case, size: int) -> Iterator[Block]:
    for start in range(0, len(case.lines), size):
        lines = case.lines[start : start + size]
        here = range(start, start + len(lines))
        parents = None if case.parents is None else np.array([case.parents[at] for at in here])
        faults = tuple(Fault(at + 2, None, "row.short", "short") for at in here if at in case.ragged)
        cells = tuple(pa.array(column, pa.string()) for column in zip(*lines, strict=True))
        yield Block(np.array(here) + 2, cells, faults, parents)


def staged(
    case: Case, *, size: int = 1000, settled: tuple[Settled, ...] = (), file_format: str = "csv"
) -> Result:
    """Stage a case and read everything back."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = stage(table(case, size, file_format), case.plan, folder, settled=settled)
        counts = Counter(
            {"read": done.read, "go": done.to_send, "merged": done.merged, "rejected": done.rejected}
        )
        counts.update(done.skipped)
        sent = [
            (row["at"], row["location_code"], row["sku_code"], row["quantity"])
            for row in _rows(folder / "send")
        ]
        merged = {row["at"]: row["stands_for"] for row in _rows(folder / "merged")}
        return Result(dict(counts), sent, merged, list(rejects(done)))


def warned(case: Case, *, size: int = 1000) -> tuple[str, ...]:
    """Give what staging has to say of pairs that look alike."""
    with tempfile.TemporaryDirectory() as name:
        return stage(table(case, size), case.plan, Path(name)).twins


def _rows(path: Path) -> list[dict[str, Any]]:
    return [row for _, batch in staging.Reader(path).blocks() for row in batch.to_pylist()]


def one(*cells: str, **keys: str) -> Case:
    return Case(plan(**keys), [cells])


# The law again, row by row and in plain words; what staging does in columns and blocks must come to the same.

READ = {"": "quantity.blank", "x": "quantity.text", "-1": "quantity.negative", "1,500": "quantity.ambiguous"}
RANGE = str(2**31)


class Judged(NamedTuple):
    """What should become of one row of the law."""

    fate: str  # go, merged, rejected, or why it is skipped
    pair: tuple[str, str] = ("", "")
    quantity: int = -1
    codes: tuple[str, ...] = ()


def law(case: Case) -> list[Judged]:
    """Give what should become of every row of the law."""
    policy = case.plan.mapping
    alone = [
        _alone(
            location,
            sku,
            quantity,
            blank=policy.columns.quantity.blank,
            empty=not any(line),
            ragged=at in case.ragged,
        )
        for at, line in enumerate(case.lines)
        for location, sku, quantity in _cells(case.plan, line)
    ]
    return [_together(at, alone, policy.rows.duplicates) for at in range(len(alone))]


def _cells(plan: Plan, line: Line) -> list[tuple[str, str, str]]:
    if plan.matrix:
        return [("A", line[0], line[1]), ("B", line[0], line[2])]
    return [(line[0], line[1], line[2])]


def _alone(location: str, sku: str, quantity: str, *, blank: str, empty: bool, ragged: bool) -> Judged:
    pair = (location, sku) if location and sku else ("", "")
    codes = [code for code, text in (("location.missing", location), ("sku.missing", sku)) if not text]
    if empty:
        return Judged("blank")
    if ragged:
        return Judged("rejected", pair, codes=("row.short",))
    if not quantity and blank == "skip":
        return Judged("blank", pair)
    if quantity in READ and (quantity, blank) != ("", "zero"):
        codes.append(READ[quantity])
    if quantity == RANGE and not codes:
        codes.append("quantity.range")
    return Judged("rejected", pair, codes=tuple(codes)) if codes else Judged("go", pair, int(quantity or 0))


def _together(at: int, alone: list[Judged], policy: str) -> Judged:
    row = alone[at]
    if row.fate != "go":
        return row
    same = [
        other
        for other, judged in enumerate(alone)
        if judged.pair == row.pair and judged.fate in {"go", "rejected"}
    ]
    if any(alone[other].fate == "rejected" for other in same):
        return row._replace(fate="rejected", codes=("pair.incomplete",))
    quantities = [alone[other].quantity for other in same]
    if policy == "reject" and len(set(quantities)) > 1:
        return row._replace(fate="rejected", codes=("pair.duplicate",))
    if policy == "sum" and sum(quantities) >= 2**31:
        return row._replace(fate="rejected", codes=("pair.overflow",))
    keeper = same[-1] if policy == "last" else same[0]
    total = sum(quantities) if policy == "sum" else quantities[-1]
    return row._replace(fate="go" if at == keeper else "merged", quantity=total)

"""Tables of a few lines, plans to read them by, and what becomes of a line, for the tests of mapping."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from sync.mapping.apply import apply
from sync.mapping.model import Mapping
from sync.mapping.plan import Plan, make_plan
from sync.rows import GO, SKIP_REASONS, SKIPPED, Block, Candidates, Fault, Origin

HEADER = ("Wh", "Item", "Qty", "Res", "UoM", "Status")
LOOKUP = {"01": "A-101", "02": "B-201"}
GOOD = ("01", "S1", "5", "0", "EA", "")
MATRIX = ("Item", "A", "B", "Status")


def plan(*, location: object = None, rows: object = None, **quantity: object) -> Plan:
    """Make a plan for HEADER; every key of columns.quantity may be given."""
    columns = {
        "location_code": {
            "column": "Wh",
            "lookup": LOOKUP,
            **(location if isinstance(location, dict) else {}),
        },
        "sku_code": {"column": "Item"},
        "quantity": {"column": "Qty", "decimal": ".", **quantity},
    }
    return make_plan(_mapping(columns=columns, rows=rows or {}), HEADER, Origin("f.csv"))


def matrix(**quantity: object) -> Plan:
    columns = {"sku_code": {"column": "Item"}, "quantity": quantity}
    rows = {"exclude": {"column": "Status", "in": ["x"]}}
    made = _mapping(columns=columns, rows=rows, layout="matrix", matrix={"locations": ["A", "B"]})
    return make_plan(made, MATRIX, Origin("f.csv"))


def _mapping(**keys: Any) -> Mapping:
    return Mapping.model_validate({"version": 1, "name": "m", **keys})


def block(*lines: tuple[str, ...], faults: tuple[Fault, ...] = ()) -> Block:
    """Make a block of lines; the first stands in row 2."""
    cells = tuple(pa.array(column, pa.string()) for column in zip(*lines, strict=True))
    return Block(np.arange(2, len(lines) + 2), cells, faults)


def line(**cells: str) -> tuple[str, ...]:
    """Give a good line with some cells changed."""
    return tuple(cells.get(name, text) for name, text in zip(HEADER, GOOD, strict=True))


def fault(name: str | None, code: str, shown: str = "") -> Fault:
    """Make a fault of row 2."""
    return Fault(2, None if name is None else HEADER.index(name), code, shown)


def outcome(found: Candidates, at: int = 0) -> object:
    """Give what became of one candidate: its quantity, the word for skipping it, or every reason with its column."""
    if found.state[at] == GO:
        return int(found.quantity[at])
    if found.state[at] == SKIPPED:
        return SKIP_REASONS[found.skip[at]]
    return [(item.field, item.code) for item in found.found if item.at == at]


def judged(plan: Plan, *faults: Fault, **cells: str) -> object:
    """Give what becomes of one line."""
    return outcome(apply(block(line(**cells), faults=faults), plan))

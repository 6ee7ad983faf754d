"""Rejected rows for tests, and what goes around them in a workbook."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sync.rows import Fault, Problem, Reject
from sync.staff.guide import Source, guide
from sync.staff.words import load

if TYPE_CHECKING:
    from sync.rejects.guide import Guide

HEADER = ("loc", "sku", "qty")
RUN = "20261123T061502Z-3f9c"
RECEIVED = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)


def spoken(language: str = "en", file: str = "stock.xlsx") -> Guide:
    """Say what stands around the rows of a reject file."""
    return guide(load(language), Source(file, RECEIVED, RUN))


def item(
    row: int,
    cells: tuple[str, ...] = ("A", "00123", "x"),
    *,
    code: str = "quantity.text",
    column: int = 2,
    faults: tuple[Fault, ...] = (),
) -> Reject:
    """Make one rejected row."""
    return Reject(
        row,
        column,
        (Problem("map", HEADER[column], code, cells[column]),),
        cells,
        cells[0],
        cells[1],
        faults=faults,
    )

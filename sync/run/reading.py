"""A file -> what the loader sees in it: how it was read, its columns and first rows, what was left out and why.

For people who look: nothing is judged and nothing sent. The same functions give the whole table, and the bare grid.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sync import loader, reasons
from sync.loader.head import find
from sync.loader.region import Region, cells_at
from sync.mapping.claim import claim_by_name
from sync.run.tables import Records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sync.mapping.model import Mapping
    from sync.rows import Block, Fault, ReadHints, Sheet, SourceTable
    from sync.run.unpacking import Content

FIRST_ROWS = 10
EXAMPLES = 3
NUMBERS = {  # what a mapping judges by whether it is a quantity or a code
    "cell.fraction": "{} is a number with a fraction: fine as a quantity, damage in a code",
    "cell.digits": "{} is a number of more than 15 digits, of which a spreadsheet keeps 15",
}
NO_HEADER = "no row looks like a header: the columns are numbered (--header-row says which row it is)"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a file is to be read, and what there was to choose from."""

    hints: ReadHints
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)  # of sheet and header: why


def choose(content: Content, asked: ReadHints, mappings: Sequence[Mapping], mapping: str | None) -> Choice:
    """Settle sheet and header row: as asked, else as the mapping says, else as it looks.

    Raises:
        SetAside: the file cannot be read, or does not have what the mapping wants.
        FixSetup: there is no such mapping.
    """
    path = content.path

    def peek(hints: ReadHints) -> tuple[Sheet, ...]:
        return loader.peek(path, _overlaid(hints, asked))

    if mapping is not None:
        hints = claim_by_name(mapping, content.name, mappings, peek).hints
        return Choice(_overlaid(hints, asked), peek(replace(hints, sheet=None)))
    sheets = loader.peek(path, replace(asked, sheet=None))
    wanted = asked if asked.sheet is not None else replace(asked, sheet=_likely(sheets))
    notes = list(_other_sheets(sheets, wanted, asked))
    heads = loader.peek(path, wanted)
    if len(heads) != 1:  # the loader says what there is instead
        return Choice(wanted, sheets)
    wanted = replace(wanted, sheet=heads[0].name)
    evidence = {"sheet": _why(sheets, asked)} if wanted.sheet is not None else {}
    if asked.header_rows is None:
        header = find(heads[0])
        wanted = replace(wanted, header_rows=header.rows if header else ())
        evidence["header"] = header.why if header else NO_HEADER
        notes += [] if header else [NO_HEADER]
    return Choice(wanted, sheets, tuple(notes), evidence)


def _why(sheets: Sequence[Sheet], asked: ReadHints) -> str:
    """Say why it is this sheet."""
    if asked.sheet is not None:
        return "as asked"
    seen = [sheet for sheet in sheets if sheet.visible and sheet.rows]
    return (
        "the only sheet with rows that can be seen"
        if len(seen) == 1
        else f"the first of {len(seen)} that looks like a table"
    )


def _overlaid(hints: ReadHints, asked: ReadHints) -> ReadHints:
    """Put what the user said over what the mapping says."""
    return replace(
        hints,
        sheet=hints.sheet if asked.sheet is None else asked.sheet,
        header_rows=hints.header_rows if asked.header_rows is None else asked.header_rows,
        encoding=asked.encoding or hints.encoding,
        delimiter=asked.delimiter or hints.delimiter,
        quote=hints.quote if asked.quote is None else asked.quote,
        escape=hints.escape if asked.escape is None else asked.escape,
    )


def _likely(sheets: Sequence[Sheet]) -> str | None:
    """Choose the first visible sheet that looks like a table, else the first with rows."""
    filled = [sheet for sheet in sheets if sheet.visible and sheet.rows]
    tables = [sheet for sheet in filled if find(sheet) and max(len(cells) for _, cells in sheet.rows) > 1]
    return next((sheet.name for sheet in (*tables, *filled)), None)


def _other_sheets(sheets: Sequence[Sheet], chosen: ReadHints, asked: ReadHints) -> Iterator[str]:
    others = [sheet.name for sheet in sheets if sheet.visible and sheet.rows and sheet.name != chosen.sheet]
    if others and asked.sheet is None:
        names = ", ".join(f"`{name}`" for name in others)
        yield f"other sheets have rows too: {names}; this is `{chosen.sheet}` (--sheet names another)"


def describe(path: Path, content: Content, choice: Choice) -> dict[str, Any]:
    """Read the whole file and say what is in it, ready for JSON."""
    table = loader.read(content.path, choice.hints)
    found = _Findings(table.header)
    for block in table.blocks:
        found.take(block)
    read_as = content.noted(table.read_as)
    return {
        "file": str(path),
        "format": read_as.format,
        "encoding": read_as.encoding,
        "delimiter": read_as.delimiter,
        "quote": read_as.quote,
        "escape": read_as.escape,
        "sheet": read_as.sheet,
        "sheets": [
            {"name": sheet.name, "visible": sheet.visible, "empty": not sheet.rows}
            for sheet in choice.sheets
            if sheet.name is not None
        ],
        "header_row": read_as.header_row,
        "header_rows": list(choice.hints.header_rows or ()),
        "columns": list(table.header),
        "rows": found.rows,
        "first_rows": found.first,
        "left_out": [*_above(choice), *found.left_out],
        "faults": found.faults,
        "evidence": {**read_as.evidence, **choice.evidence},
        "warnings": [*choice.notes, *table.warnings],
    }


class _Findings:
    """What was come upon while the blocks of a table were walked."""

    def __init__(self, header: Sequence[str]) -> None:
        self.rows = 0
        self.first: list[dict[str, Any]] = []
        self._header = header
        self._faults: dict[str, dict[str, Any]] = {}
        self._region = Region(header)

    def take(self, block: Block) -> None:
        """Note one block."""
        released, kept = self._region.take(block)
        self.rows += len(released) + int(kept.sum())
        rows = (
            *released,
            *(
                (int(block.rows[at]), cells_at(block, at))
                for at in np.flatnonzero(kept)[:FIRST_ROWS].tolist()
            ),
        )
        self.first += [
            {"row": row, "cells": list(cells)} for row, cells in rows[: FIRST_ROWS - len(self.first)]
        ]
        for fault in block.faults:
            self._note(fault)

    def _note(self, fault: Fault) -> None:
        kind = self._faults.setdefault(fault.code, {"code": fault.code, "count": 0, "examples": []})
        kind["count"] += 1
        if len(kind["examples"]) < EXAMPLES:
            column = None if fault.column is None else self._header[fault.column]
            message = NUMBERS.get(fault.code, "").format(fault.shown) or reasons.sentence(
                fault.code, column, fault.shown
            )
            kind["examples"].append({"row": fault.row, "column": column, "message": message})

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The faults of each kind: how many, and the first ones."""
        return list(self._faults.values())

    @property
    def left_out(self) -> list[dict[str, Any]]:
        """Which rows are no rows."""
        return [
            {"what": each.what, "count": each.times, "rows": list(each.rows)}
            for each in self._region.left_out()
        ]


def _above(choice: Choice) -> Iterator[dict[str, Any]]:
    first = min(choice.hints.header_rows or (0,))
    sheet = next((sheet for sheet in choice.sheets if sheet.name == choice.hints.sheet), None)
    rows = [row for row, _ in sheet.rows if row < first] if sheet else []
    if rows:
        yield {"what": "rows above the header", "count": len(rows), "rows": rows[:EXAMPLES]}


def records(path: Path, choice: Choice, table: SourceTable) -> Records:
    """Walk the table: header first, without what was left out; rows that do not fit the header come whole."""
    return Records(path, choice.hints, table)


def open_table(path: Path, choice: Choice) -> SourceTable:
    """Open the table that was chosen."""
    return loader.read(path, choice.hints)


def grid(path: Path, choice: Choice) -> Iterator[Sequence[str]]:
    """Walk every row as it stands; rows that a sheet does not hold come as empty ones, so that rows can be counted."""
    last = 0
    for number, cells in loader.grid(path, choice.hints):
        if choice.hints.sheet is not None:
            yield from ((),) * (number - last - 1)
        last = number
        yield cells

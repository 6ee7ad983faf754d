"""Rejects -> a workbook for whoever corrects them: a sheet that says what to do, and one with the rows, risky ones first."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from sync.durable import scratch
from sync.rejects import sheetform
from sync.rejects.cells import Cells
from sync.rejects.faulty import faulty
from sync.rejects.guide import Written
from sync.rejects.lines import COLUMNS, REASON
from sync.rejects.risk import OTHERS, RANKS, ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from sync.rejects.guide import Guide, Said
    from sync.rejects.lines import Line

    Walk = Callable[[], Iterable[Line]]

NOT_IN_A_TITLE = re.compile(r"[\\/*?:\[\]]")
LONGEST_TITLE = 31
LAST_ROW = 1_048_576
COMMENTED = 2_000  # rows; comments are kept in memory until the workbook is saved
LOOKED_AT = 200  # rows, for the widths of columns
REASONS = 80  # the width of the column with the reasons, in letters
GUIDE, LETTERS = 76, 72  # the width of the first sheet, and what fits into it


def write_rejects(
    path: Path,
    header: Sequence[str],
    walk: Walk,
    *,
    sheet: str | None,
    guide: Guide,
    beside: Callable[[Walk], str],
) -> None:
    """Write the workbook; `sheet`: the source's. Memory is flat, however many rows there are.

    `beside` writes the rows that a sheet has no room for, the least urgent ones, and gives the name of their file.
    """
    with scratch(path.parent):  # openpyxl keeps the rows in a file of its own until it saves
        book = Workbook(write_only=True)
        name = title(sheet or "") or guide.rows
        taken = guide.title.lower() == name.lower()
        first = cast("Worksheet", book.create_sheet(f"{guide.title} (1)" if taken else guide.title))
        rows = cast("Worksheet", book.create_sheet(name))
        order = ranks(walk())
        count = min(len(order), LAST_ROW - 1)
        _write_rows(rows, [*header, *COLUMNS], islice(_in_order(walk, order), count), guide)
        left_out = len(order) - count
        rest = beside(lambda: islice(_in_order(walk, order), count, None)) if left_out else ""
        rows.auto_filter.ref = sheetform.area(len(header) + len(COLUMNS), count + 1)
        written = Written(
            sheet=rows.title,
            rows=count,
            risky=int((order < OTHERS).sum()),
            commented=COMMENTED + 1 if count > COMMENTED else None,
            left_out=left_out,
            rest=rest,
        )
        _write_guide(first, guide.page(written))
        book.save(path)


def title(text: str) -> str:
    """Make a sheet's name of a text."""
    return NOT_IN_A_TITLE.sub(" ", text)[:LONGEST_TITLE].strip("' ")


def _in_order(walk: Walk, order: npt.NDArray[np.int8]) -> Iterator[Line]:
    """Walk the lines once for each rank that there is, each in file order."""
    for rank in RANKS:
        if rank in order:
            yield from (line for line, own in zip(walk(), order.tolist(), strict=True) if own == rank)


def _write_rows(sheet: Worksheet, header: Sequence[str], lines: Iterator[Line], guide: Guide) -> None:
    head, reason = list(islice(lines, LOOKED_AT)), header.index(REASON)
    sheetform.set_widths(sheet, header, [line.texts for line in head])
    sheetform.set_width(sheet, reason, REASONS)
    sheetform.fit_to_width(sheet, landscape=True)
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    cells = Cells(sheet, len(header), ours=len(header) - len(COLUMNS), wrapped=reason)
    sheet.append(cells.header(header, guide.about))
    for row, line in enumerate(chain(head, lines), 2):
        at_fault = faulty(line.rejects, header, guide.words)
        sheetform.make_room(sheet, row, len(line.texts[reason]), wide=REASONS)
        sheet.append(cells.line(line.texts, at_fault, commented=row <= COMMENTED + 1))
        sheetform.forget_room(sheet, row)


def _write_guide(sheet: Worksheet, page: Iterable[Said]) -> None:
    sheet.sheet_view.showGridLines = False
    sheetform.set_width(sheet, 0, GUIDE)
    sheetform.fit_to_width(sheet)
    for row, (text, font, size) in enumerate(sheetform.styled(page), 1):
        cell: Cell = WriteOnlyCell(sheet, value=text)
        cell.data_type = "s"
        cell.font, cell.alignment = font, sheetform.WRAPPED
        sheetform.make_room(sheet, row, len(text), wide=LETTERS, size=size)
        sheet.append([cell])

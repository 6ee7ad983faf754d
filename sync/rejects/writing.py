"""Rejects -> a file: CSV in the source's own encoding and delimiter, or a workbook, as the name of the file says."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from sync.durable import replacing, scratch
from sync.rejects.lines import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from sync.rejects.guide import Guide
    from sync.rejects.lines import Line
    from sync.rows import ReadAs

FITS_ALL = "utf-8-sig"
TEXT_FORMAT = "@"


def extension(read_as: ReadAs | None) -> str:
    """Tell which form a source's reject file has."""
    return "xlsx" if read_as is not None and read_as.format != "csv" else "csv"


def write(
    path: Path,
    header: tuple[str, ...],
    lines: Callable[[], Iterable[Line]],
    *,
    read_as: ReadAs | None,
    guide: Guide,
) -> Path | None:
    """Write a reject file whole, a workbook where its name ends in .xlsx; `lines` may be walked more than once.

    Gives the CSV file beside a workbook with the rows that it had no room for, where there are such.
    """
    rest: list[Path] = []

    def beside(left: Callable[[], Iterable[Line]]) -> str:
        rest.append(path.with_suffix(".csv"))
        with replacing(rest[0]) as other:
            _write_delimited(other, (*header, *COLUMNS), left, read_as=read_as)
        return rest[0].name

    with replacing(path) as temporary:
        if path.suffix == ".xlsx":
            from sync.rejects.workbook import write_rejects  # noqa: PLC0415 - heavy

            sheet = read_as.sheet if read_as else None
            write_rejects(temporary, header, lines, sheet=sheet, guide=guide, beside=beside)
        else:
            _write_delimited(temporary, (*header, *COLUMNS), lines, read_as=read_as)
    return rest[0] if rest else None


def _write_delimited(
    path: Path,
    header: tuple[str, ...],
    lines: Callable[[], Iterable[Line]],
    *,
    read_as: ReadAs | None,
) -> None:
    """Write CSV in the source's encoding, or in UTF-8 with BOM where the text does not fit it."""
    delimiter = (read_as.delimiter if read_as else None) or ","
    encoding = (read_as.encoding if read_as else None) or FITS_ALL
    for name in (_with_bom(encoding), FITS_ALL):
        try:
            with path.open("w", encoding=name, newline="") as file:
                writer = csv.writer(file, delimiter=delimiter)
                writer.writerow(header)
                writer.writerows(line.texts for line in lines())
        except UnicodeEncodeError:
            continue
        return


def _with_bom(encoding: str) -> str:
    """Let UTF-16 and UTF-32 begin with a BOM, so that they are known again."""
    plain = encoding.lower().replace("_", "-")
    return re.sub(r"^(utf-(?:16|32))-?(?:le|be)$", r"\1", plain)


def write_workbook(
    path: Path, header: tuple[str, ...], lines: Callable[[], Iterable[tuple[str | int, ...]]], *, named: str
) -> None:
    """Write a workbook in which every text is a text cell, so that no code loses its zeros."""
    from openpyxl import Workbook  # noqa: PLC0415 - heavy

    from sync.rejects.workbook import title  # noqa: PLC0415 - heavy

    with scratch(path.parent):  # openpyxl keeps the rows in a file of its own until it saves
        book = Workbook(write_only=True)
        sheet = book.create_sheet(title(named))
        sheet.append(_cells(sheet, header))
        for line in lines():
            sheet.append(_cells(sheet, line))
        book.save(path)


def _cells(sheet: WriteOnlyWorksheet, line: tuple[str | int, ...]) -> list[Cell]:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - heavy

    from sync.rejects.escaping import escaped  # noqa: PLC0415 - heavy

    cells = []
    for value in line:
        cell = WriteOnlyCell(sheet, value=escaped(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            cell.data_type, cell.number_format = "s", TEXT_FORMAT
        cells.append(cell)
    return cells

"""The tenant's stock -> a file for people: CSV or a workbook, whole or absent, and named so that a part never passes for all."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from sync.durable import replacing
from sync.errors import FixSetup
from sync.rejects.formula import neutral
from sync.rejects.writing import write_workbook
from sync.run.stock import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.run.stock import Stock

LAST_SHEET_ROW = 1_048_576


def check_target(path: Path) -> None:
    """Refuse a file that could not be written, before anything is asked for.

    Raises:
        FixSetup: it has no extension that is known, or no folder.
    """
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        raise FixSetup(
            f"{path}: stock is written as .csv or .xlsx: give the file a name that ends in one of them"
        )
    try:
        if path.is_dir():
            raise FixSetup(f"{path}: is a folder; name a file in it")
        if not path.parent.is_dir():
            raise FixSetup(f"{path}: there is no folder {path.parent}; make it, or name another")
    except OSError as error:
        raise FixSetup(f"{path}: cannot be written: {error.strerror or error}") from None


def write(path: Path, stock: Stock) -> Path:
    """Write the records; where some may be missing, beside `path` under a name that says so. Gives the file's path.

    Raises:
        FixSetup: it cannot be written.
    """
    if not stock.complete:
        path = path.with_name(f"{path.stem}.incomplete{path.suffix}")
    workbook = path.suffix.lower() == ".xlsx"
    if workbook and len(stock.rows) >= LAST_SHEET_ROW:
        raise FixSetup(f"{path}: {len(stock.rows):,} records do not fit one sheet; write a .csv instead")
    try:
        with replacing(path) as temporary:
            if workbook:
                write_workbook(temporary, FIELDS, lambda: _lines(stock), named="stock")
            else:
                _write_csv(temporary, stock)
    except OSError as error:
        raise FixSetup(f"{path}: cannot be written: {error.strerror or error}") from None
    return path


def _lines(stock: Stock) -> Iterator[tuple[str | int, ...]]:
    return ((neutral(location), neutral(sku), quantity) for (location, sku), quantity in stock.rows.items())


def _write_csv(path: Path, stock: Stock) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(FIELDS)
        writer.writerows(_lines(stock))

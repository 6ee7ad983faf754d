"""Stock files of any size, the same ones each time: what speed is measured with."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING

from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAPPING = """
version: 1
name: bench
match: {filename: ["stock*"]}
columns:
  location_code: {column: Warehouse}
  sku_code: {column: Item No.}
  quantity: {column: On Hand, decimal: ".", thousands: ","}
"""
HEADER = ("Warehouse", "Item No.", "Description", "On Hand", "UoM", "Last Count Date")
SEED = 20261123


def rows(n: int) -> Iterator[tuple[str, ...]]:
    """Make the header and n stock rows, one in a hundred dirty; one by one, as a child's peak memory counts its parent's."""
    dice = random.Random(SEED)
    yield HEADER
    for number in range(n):
        count = dice.randrange(5000)
        text = f"{count:,}" if dice.random() < 0.5 else str(count)
        if number % 100 == 7:
            text = dice.choice(["", "n/a", "-5", "1.5", "5 pcs"])
        yield (
            f"W{number % 20:02d}",
            f"SKU-{number // 20:07d}",
            f"Some item, nice {number}",
            text,
            "EA",
            "2026-11-22",
        )


def write_csv(path: Path, n: int) -> None:
    """Write a CSV file of n rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows(n))


def write_workbook(path: Path, n: int) -> None:
    """Write a workbook of n rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Stock")
    for row in rows(n):
        sheet.append(row)
    book.save(path)

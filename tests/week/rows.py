"""A workbook of rejected rows as a clerk corrects it: by typing over cells, and saving."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openpyxl import load_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def corrected(path: Path, right: Mapping[str, tuple[str, int]]) -> bytes:
    """Type the right item and quantity where each of these items stands, and save."""
    book = load_workbook(path)
    sheet = next(sheet for sheet in book if sheet["A1"].value == "Item")
    for number in range(2, sheet.max_row + 1):
        item, quantity = right[str(sheet.cell(number, 1).value)]
        sheet.cell(number, 1).value, sheet.cell(number, 2).value = item, quantity
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()

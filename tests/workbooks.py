"""Small workbooks whose parts a test replaces, and the words under which a file is set aside."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from sync import loader
from sync.errors import SetAside
from sync.rows import ReadHints

if TYPE_CHECKING:
    from pathlib import Path

SHEET = "xl/worksheets/sheet1.xml"


def words(path: Path) -> str:
    """Give the sentence under which a file is set aside, the same for all that reads it."""
    with pytest.raises(SetAside) as caught:
        list(loader.read(path, ReadHints()).blocks)
    return str(caught.value)


def holding(folder: Path, content: bytes, name: str = "stock.csv") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def workbook(folder: Path, **parts: str | None) -> Path:
    """Make a small workbook; `sheet`, `types`, `styles` ... replace the text of parts, None takes them out."""
    book = openpyxl.Workbook()
    for row in (["sku", "qty"], ["A", 1], ["B", 2]):
        book.worksheets[0].append(row)
    book.save(folder / "stock.xlsx")
    return repacked(folder / "stock.xlsx", {NAMES[key]: text for key, text in parts.items()})


NAMES = {"sheet": SHEET, "types": "[Content_Types].xml", "styles": "xl/styles.xml", "book": "xl/workbook.xml"}


def repacked(path: Path, changes: dict[str, str | None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            changed = changes.get(name, content.decode())
            if changed is not None:
                archive.writestr(name, changed)
    return path

"""Old Excel workbooks: every kind of cell as a person sees it, and what is not true told in words."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from sync import loader
from sync.errors import SetAside
from sync.rows import ReadHints
from tests import biff
from tests.biff import Sheet, Xls, boolean, error, formula, hidden_row, merged, number, text

if TYPE_CHECKING:
    from pathlib import Path

HEAD = text(0, 0, "sku") + text(0, 1, "qty")
ZERO = struct.pack("<d", 0.0)
FIVE = struct.pack("<d", 5.0)


def saved(folder: Path, content: bytes) -> Path:
    (folder / "stock.xls").write_bytes(content)
    return folder / "stock.xls"


def sheet_of(records: bytes, *, formats: list[str] | None = None, settings: bytes = b"") -> bytes:
    return biff.ole(Xls([Sheet("Stock", HEAD + records)], formats or [], settings).stream())


def cell_of(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """Read row 2, column 2: its text, and the code and words of its faults."""
    (block,) = loader.read(path, ReadHints(header_rows=(1,))).blocks
    return block.cells[1][0].as_py(), [(fault.code, fault.shown) for fault in block.faults]


@pytest.mark.parametrize(
    ("record", "seen"),
    [
        (text(1, 1, "00123 ş"), ("00123 ş", [])),
        (number(1, 1, 2495.0), ("2495", [])),
        (number(1, 1, 42, form=1), ("00042", [])),
        (number(1, 1, 1.5), ("1.5", [("cell.fraction", "B2: 1.5")])),
        (number(1, 1, 46091, form=2), ("2026-03-10", [("cell.date", "B2: 2026-03-10")])),
        (number(1, 1, 10.632, form=3), ("255:10:05", [("cell.date", "B2: 255:10:05")])),
        (number(1, 1, 1234567890123456), ("1234567890123456", [("cell.digits", "B2: 1234567890123456")])),
        (boolean(1, 1, value=True), ("TRUE", [("cell.boolean", "B2: TRUE")])),
        (error(1, 1, 0x2A), ("#N/A", [("cell.error", "B2: #N/A")])),
        (error(1, 1, 0x99), ("#153", [("cell.error", "B2: #153")])),
        (formula(1, 1, FIVE), ("5", [])),
        (formula(1, 1, ZERO), ("", [("cell.formula", "B2")])),
        (formula(1, 1, b"\3"), ("", [("cell.formula", "B2")])),
        (formula(1, 1, ZERO) + formula(1, 2, FIVE), ("0", [])),
        (text(1, 0, "x") + formula(1, 1, b"\3") + formula(1, 2, FIVE), ("", [])),
    ],
)  # fmt: skip
def test_cells_come_as_they_are_seen(
    tmp_path: Path, record: bytes, seen: tuple[str, list[tuple[str, str]]]
) -> None:
    """IN10, IN11: codes with the zeros of their format, dates, errors; a workbook that nobody calculated is told."""
    path = saved(tmp_path, sheet_of(record, formats=["00000", "yyyy-mm-dd", "[h]:mm:ss"]))
    assert cell_of(path) == seen


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    """The same number is another day in a workbook of an old Mac."""
    setting = biff.record(biff.DATEMODE, struct.pack("<H", 1))
    path = saved(tmp_path, sheet_of(number(1, 1, 1, form=1), formats=["d.m.yyyy"], settings=setting))
    assert cell_of(path)[0] == "1904-01-02"


def test_hidden_sheets_and_rows_and_merged_cells(tmp_path: Path) -> None:
    """IN21: what a person does not see is named; what is merged downwards is a fault."""
    rows = hidden_row(1) + text(1, 0, "A") + number(1, 1, 1) + number(2, 1, 2) + merged((1, 2, 0, 0))
    book = Xls([Sheet("Old", HEAD, hidden=1), Sheet("Gone", HEAD, hidden=2), Sheet("Stock", HEAD + rows)])
    path = saved(tmp_path, biff.ole(book.stream()))
    assert [(sheet.name, sheet.visible) for sheet in loader.peek(path, ReadHints())] == [
        ("Old", False),
        ("Gone", False),
        ("Stock", True),
    ]
    table = loader.read(path, ReadHints())
    assert table.warnings == ("hidden rows were read like the others: 1 (2)",)
    (block,) = table.blocks
    assert [(fault.code, fault.shown) for fault in block.faults] == [("cell.merged", "A3: merged with A2")]


def test_excel_2_is_read(tmp_path: Path) -> None:
    """A workbook of 1987 is one bare sheet, with integers of their own kind."""
    look = bytes(3)
    cells = (
        biff.record(0x04, struct.pack("<HH", 0, 0) + look + b"\3sku"),
        biff.record(0x04, struct.pack("<HH", 0, 1) + look + b"\3qty"),
        biff.record(0x02, struct.pack("<HH", 1, 1) + look + struct.pack("<H", 7)),
    )
    content = biff.record(0x09, struct.pack("<HH", 2, 0x10)) + b"".join(cells) + biff.record(biff.END)
    assert cell_of(saved(tmp_path, content)) == ("7", [])


def excel_5(word: bytes, codepage: int | None) -> bytes:
    """Write a bare stream of Excel 5, whose texts are in a code page."""
    begin = struct.pack("<HHHH", 0x500, 5, 0x96C, 0x7CA)
    setting = b"" if codepage is None else biff.record(biff.CODEPAGE, struct.pack("<H", codepage))
    start = biff.record(0x809, begin) + setting + biff.record(biff.XF, bytes(16))
    sheet = biff.record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0x96C, 0x7CA))
    for row, column, value in ((0, 0, b"sku"), (0, 1, b"qty"), (1, 1, word)):
        sheet += biff.record(0x204, struct.pack("<HHHH", row, column, 0, len(value)) + value)
    listed = struct.pack("<IBBB", len(start) + 4 + 7 + 5 + 4, 0, 0, 5) + b"Stock"
    return (
        start + biff.record(biff.BOUNDSHEET, listed) + biff.record(biff.END) + sheet + biff.record(biff.END)
    )


def test_excel_5_texts_are_in_its_code_page(tmp_path: Path) -> None:
    """IN17: the code page is the workbook's own; where it has none, one that a person names, never a guess."""
    assert cell_of(saved(tmp_path, excel_5("ş1".encode("cp1254"), 1254)))[0] == "ş1"
    assert cell_of(saved(tmp_path, excel_5(b"A1", None)))[0] == "A1"
    unnamed = saved(tmp_path, excel_5("ж1".encode("cp1251"), None))
    with pytest.raises(SetAside, match="does not say in which encoding its texts are"):
        loader.read(unnamed, ReadHints())
    (block,) = loader.read(unnamed, ReadHints(encoding="cp1251")).blocks
    assert block.cells[1][0].as_py() == "ж1"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (sheet_of(b"", settings=biff.record(biff.FILEPASS, bytes(6))), "The workbook is locked with a password."),
        (biff.ole(b"", "EncryptedPackage"), "The workbook is locked with a password."),
        (biff.ole(b"", "Anything"), "This is a document of an old Office program without a workbook in it."),
        (sheet_of(text(1, 0, "A"))[:2500], "The workbook is damaged or cut off ("),
        (sheet_of(text(1, 0, "A") * 900)[:-512], "The workbook is damaged or cut off ("),
        (Xls([Sheet("S", HEAD)]).stream()[:-9], "The workbook is damaged or cut off ("),
        (biff.OLE, "The workbook is damaged or cut off ("),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(tmp_path: Path, content: bytes, what: str) -> None:
    """IN22, IN23: a password, another document and a cut workbook are named as what they are."""
    with pytest.raises(SetAside) as caught:
        loader.read(saved(tmp_path, content), ReadHints())
    assert str(caught.value).startswith(what)


def test_a_cut_workbook_is_told_at_every_length(tmp_path: Path) -> None:
    """IN23: of a workbook of which only the beginning arrived, no row comes out."""
    rows = b"".join(text(row, 0, "A") + number(row, 1, row) for row in range(1, 200))
    whole = sheet_of(rows)
    for length in range(512, len(whole), 1500):
        with pytest.raises(SetAside):
            loader.read(saved(tmp_path, whole[:length]), ReadHints())

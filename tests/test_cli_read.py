"""`read`: what the loader sees in a file, told to a person, as JSON, as a table and as it stands."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from sync.loader.head import header_row
from sync.rows import ReadAs, Sheet

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

MAPPING = """
version: 1
name: erp
match: {headers: [Depo, Kod]}
read: {encoding: cp1254}
columns:
  location_code: {column: Depo}
  sku_code: {column: Kod}
  quantity: {column: Adet}
"""


def table(out: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(out, newline="")))


def sheet(*rows: str) -> Sheet:
    """Make the head of a sheet; cells stand between spaces, - is an empty one, a row without any is blank."""
    cells = [
        (number, tuple(c.replace("-", "") if c == "-" else c for c in row.split()))
        for number, row in enumerate(rows, 1)
    ]
    return Sheet(None, True, tuple((n, row) for n, row in cells if any(row)), ReadAs("csv"))


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook: a cover, the table below a title with a gap in it, a hidden sheet, an empty one."""
    book = Workbook()
    book.active.append(["Read me first"])  # type: ignore[union-attr]  # a new workbook has a sheet
    stock = book.create_sheet("Stock")
    for row in (["Stock 2026"], [], ["Wh", "Item", "Qty"], ["01", "00123", 5], [], ["02", 1.5, None]):
        stock.append(row)
    book.create_sheet("Old").append(["Wh", "Item", "Qty"])
    book["Old"].sheet_state = "hidden"
    book.create_sheet("Empty")
    path = tmp_path / "stock.xlsx"
    book.save(path)
    return path


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A text file with a title, a row of empty cells, a long row and a blank line."""
    path = tmp_path / "stock.csv"
    path.write_text("Stock list;;\nWh;Item;Qty\n01;00123;1,5\n;;\n\n02;NA;7;8\n03;1E5;9\n", encoding="utf-8")
    return path


def test_a_text_file_is_told_in_json(cli: Cli, text: Path) -> None:
    """Format, encoding, delimiter, header row, columns, first rows, what was left out and why."""
    told: dict[str, Any] = cli("read", text, "--json").json
    assert [told[key] for key in ("format", "encoding", "delimiter", "sheet", "header_row")] == [
        "csv",
        "utf-8",
        ";",
        None,
        2,
    ]
    assert (told["columns"], told["rows"]) == (["Wh", "Item", "Qty"], 3)
    assert told["first_rows"][0] == {"row": 3, "cells": ["01", "00123", "1,5"]}
    assert told["left_out"] == [
        {"what": "rows above the header", "count": 1, "rows": [1]},
        {"what": "rows of empty cells", "count": 1, "rows": [4]},
    ]
    assert [(fault["code"], fault["count"], fault["examples"][0]["row"]) for fault in told["faults"]] == [
        ("row.long", 1, 6)
    ]


def test_a_person_is_told_the_same(cli: Cli, text: Path) -> None:
    """Plain lines, with the row numbers of the file."""
    out = cli("read", text).out
    said = (
        "delimiter semicolon",
        "in row 2",
        "3 rows",
        "row 3: 01 | 00123 | 1,5",
        "left out: 1 rows of empty cells (row 4)",
        "row.long",
    )
    assert [words for words in said if words not in out] == []


def test_the_table_is_header_and_rows(cli: Cli, text: Path) -> None:
    """`--csv` leaves out what is no row; codes come through byte for byte, and a long row with all its cells."""
    rows = table(cli("read", text, "--csv").out)
    assert rows == [["Wh", "Item", "Qty"], ["01", "00123", "1,5"], ["02", "NA", "7", "8"], ["03", "1E5", "9"]]


def test_the_grid_leaves_nothing_out(cli: Cli, text: Path) -> None:
    """`--grid` has title, blank lines and surplus cells, so that its rows can be counted as in the file."""
    rows = table(cli("read", text, "--grid").out)
    assert rows == [
        ["Stock list", "", ""],
        ["Wh", "Item", "Qty"],
        ["01", "00123", "1,5"],
        ["", "", ""],
        [],
        ["02", "NA", "7", "8"],
        ["03", "1E5", "9"],
    ]


def test_the_sheet_with_the_table_is_shown(cli: Cli, workbook: Path) -> None:
    """The cover is passed over; every sheet is named, with whether it is hidden or empty; that there was a choice is said."""
    told = cli("read", workbook, "--json").json
    assert (told["sheet"], told["header_row"], told["rows"]) == ("Stock", 3, 2)
    sheets = {each["name"]: (each["visible"], each["empty"]) for each in told["sheets"]}
    assert sheets == {
        "Sheet": (True, False),
        "Stock": (True, False),
        "Old": (False, False),
        "Empty": (True, True),
    }
    assert "`Sheet`" in told["warnings"][0]
    assert "`Old` (hidden)" in cli("read", workbook).out


def test_a_workbooks_grid_keeps_its_row_numbers(cli: Cli, workbook: Path) -> None:
    """Rows that hold nothing come as empty lines."""
    rows = table(cli("read", workbook, "--grid").out)
    assert rows == [["Stock 2026"], [], ["Wh", "Item", "Qty"], ["01", "00123", "5"], [], ["02", "1.5"]]


def test_another_sheet_can_be_named(cli: Cli, workbook: Path) -> None:
    """By name or glob, a hidden one too by its name; one that is not there is told with those that are."""
    assert cli("read", workbook, "--sheet", "Old", "--json").json["sheet"] == "Old"
    assert cli("read", workbook, "--sheet", "st*", "--json").json["sheet"] == "Stock"
    ended = cli("read", workbook, "--sheet", "None")
    assert (ended.code, "'Stock'" in ended.err) == (6, True)


def test_a_row_of_which_nothing_could_be_read_is_a_row(cli: Cli, tmp_path: Path) -> None:
    """A formula without a stored value shows no text, and is not left out as blank."""
    book = Workbook()
    for row in (["Wh", "Item", "Qty"], ["=1+1", None, None], ["01", "00123", 5]):
        book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    book.save(tmp_path / "stock.xlsx")
    told = cli("read", tmp_path / "stock.xlsx", "--json").json
    assert (told["rows"], told["left_out"], told["faults"][0]["code"]) == (2, [], "cell.formula")


@pytest.mark.parametrize(("asked", "header"), [("4", ["01", "00123", "5"]), ("none", ["1", "2", "3"])])
def test_the_header_row_can_be_said(cli: Cli, workbook: Path, asked: str, header: list[str]) -> None:
    """A row as a person counts, or none."""
    assert cli("read", workbook, "--header-row", asked, "--json").json["columns"] == header


@pytest.mark.parametrize("asked", ["0", "-1", "two", "²"])
def test_a_header_row_is_a_row(cli: Cli, workbook: Path, asked: str) -> None:
    """Anything else is a mistake of usage."""
    assert cli("read", workbook, "--header-row", asked).code == 2


def test_encoding_and_delimiter_can_be_said(cli: Cli, tmp_path: Path) -> None:
    """Where the encoding is not certain the file is not guessed at: exit 6, in four parts."""
    path = tmp_path / "stok.csv"
    path.write_bytes(b"no\tname\n1\tx\xfe\xfd\n2\ty\xd0\n")
    ended = cli("read", path)
    parts = ("stok.csv: The file is not UTF-8", "Safe:", "By itself:", "--encoding")
    assert (ended.code, ended.out, [part for part in parts if part not in ended.err]) == (6, "", [])
    rows = table(cli("read", path, "--encoding", "cp1254", "--delimiter", "tab", "--csv").out)
    assert rows == [["no", "name"], ["1", "xş\u0131"], ["2", "yĞ"]]


def test_a_mapping_says_how_to_read(cli: Cli, tmp_path: Path) -> None:
    """The mapping's encoding and headers are used, whatever the file is called; an unknown mapping is exit 2."""
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "erp.yaml").write_text(MAPPING, encoding="utf-8")
    path = tmp_path / "stok.csv"
    path.write_bytes("Stok listesi;ğ;\nDepo;Kod;Adet\nA;1;5\n".encode("cp1254"))
    told = cli("read", path, "--mapping", "erp", "--mappings", tmp_path / "maps", "--json").json
    assert (told["encoding"], told["header_row"], told["rows"]) == ("cp1254", 2, 1)
    ended = cli("read", path, "--mapping", "erb", "--mappings", tmp_path / "maps")
    assert (ended.code, "did you mean erp?" in ended.err) == (2, True)


def test_a_file_damaged_at_its_end_gives_no_rows(cli: Cli, tmp_path: Path) -> None:
    """Nothing is on stdout that might pass for the table."""
    path = tmp_path / "stock.csv"
    path.write_text("a,b\n" + "1,2\n" * 5000 + '"3,4\n', encoding="utf-8")
    for form in ("--csv", "--grid"):
        ended = cli("read", path, form)
        assert (ended.code, ended.out, "Line 5002" in ended.err) == (6, "", True)
    assert cli("read", path, "--json").json["exit_code"] == 6


@pytest.mark.parametrize(
    "content", [None, b"", b"PK\x03\x04 no workbook"], ids=["folder", "empty", "damaged"]
)
def test_what_cannot_be_read_is_exit_6(cli: Cli, tmp_path: Path, content: bytes | None) -> None:
    """A folder, an empty file, a damaged workbook: a sentence, no rows."""
    path = tmp_path / "stock.xlsx"
    path.mkdir() if content is None else path.write_bytes(content)
    ended = cli("read", path, "--csv")
    assert (ended.code, ended.out, "Safe: nothing was sent" in ended.err) == (6, "", True)


def test_stdout_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    """A program that reads our CSV need not know the locale that we ran in."""
    path = tmp_path / "stok.csv"
    path.write_text("Şube,Adet\nBeşiktaş,5\n", encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "sync", "read", str(path), "--csv"],
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    assert ended.stdout.decode() == "Şube,Adet\nBeşiktaş,5\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["sku loc qty", "1 A 5"], 1),
        (["Title", "as-of 2026-11-23", "sku loc qty", "1 A 5", "2 B 6"], 3),
        (["sku loc 2024 2025 qty", "1 A 5 6 11", "2 B 6 7 13"], 1),
        (["sku 01 02 03", "1 5 6 11", "2 6 7 13"], None),
        (["sku - qty", "1 A 5", "2 B 6"], None),
        (["1 A 5", "2 B 6", "3 C n/a", "sku loc qty"], None),
        (["Title", "1 A 5", "2 B 6"], None),
        (["x", "1", "2"], 1),
        (["sku sku sku qty", "1 2 3 4"], 1),
        (["only headers here"], 1),
        ([], None),
    ],
)  # fmt: skip
def test_the_header_is_found_by_its_looks(rows: list[str], expected: int | None) -> None:
    """Titles above are passed over; numbers above numbers are data, and below data there is no header."""
    assert header_row(sheet(*rows)) == expected


@given(st.lists(st.lists(st.text(max_size=4), max_size=6), max_size=30))
def test_any_head_has_an_answer(rows: list[list[str]]) -> None:
    """Whatever stands in a sheet: a row of it, or none."""
    numbered = tuple((n, tuple(row)) for n, row in enumerate(rows, 1) if any(cell.strip() for cell in row))
    found = header_row(Sheet(None, True, numbered, ReadAs("csv")))
    assert found is None or found in dict(numbered)

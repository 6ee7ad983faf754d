"""One table, written in many ways, is read as the same table; what is written comes back byte for byte."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import loader
from sync.rows import ReadHints

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sync.rows import Block, SourceTable

HEADER = ["Depo", "Stok Kodu", "Aç\u0131klama", "Miktar"]
ROWS = [
    ["A-101", "00123", "kutu, mavi; büyük\tboy|tek", "5"],
    ["A-101", "1E5", 'dedi ki "olur"', "NA"],
    ["B-201", "12345678901234567890", "  iç   boşluk ", "1.10"],
    ["", "", "", ""],
    ["B-201", "TRUE", "Şişli \u0131ğüşöç", "3/10"],
]


def rows_of(table: SourceTable) -> list[tuple[int, tuple[str, ...]]]:
    return [row for block in table.blocks for row in rows_in(block)]


def rows_in(block: Block) -> list[tuple[int, tuple[str, ...]]]:
    cells = zip(*(column.to_pylist() for column in block.cells), strict=True)
    return [(int(number), row) for number, row in zip(block.rows, cells, strict=True)]


def delimited(
    rows: Sequence[Sequence[str]], delimiter: str, line_end: str, quoting: Any = csv.QUOTE_MINIMAL
) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1254", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_way_to_write_a_csv_gives_the_same_table(
    tmp_path: Path, delimiter: str, line_end: str, encoding: str
) -> None:
    """Delimiter, line end and encoding change nothing about header, cells and row numbers."""
    path = tmp_path / "stock.csv"
    path.write_bytes(delimited([HEADER, *ROWS], delimiter, line_end).encode(encoding))
    declared = encoding if encoding in {"cp1254", "utf-16-be"} else None
    table = loader.read(path, ReadHints(header_rows=(1,), encoding=declared))
    assert table.header == tuple(HEADER)
    assert rows_of(table) == list(enumerate(map(tuple, ROWS), start=2))
    assert (table.read_as.format, table.read_as.encoding, table.read_as.delimiter) == (
        "csv",
        encoding,
        delimiter,
    )
    assert (table.read_as.sheet, table.read_as.header_row, table.warnings) == (None, 1, ())


def test_a_workbook_gives_the_same_table(tmp_path: Path) -> None:
    """Text cells of a workbook come as they do from a CSV; only a wholly empty row is none."""
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.worksheets[0].append(row)
    book.save(tmp_path / "stock.xlsx")
    table = loader.read(tmp_path / "stock.xlsx", ReadHints(header_rows=(1,)))
    assert table.header == tuple(HEADER)
    assert rows_of(table) == [(n, tuple(row)) for n, row in enumerate(ROWS, start=2) if any(row)]
    assert (table.read_as.format, table.read_as.sheet, table.read_as.header_row) == ("xlsx", "Sheet", 1)


@pytest.mark.parametrize("name", ["stock.csv", "stock.xlsx"])
def test_columns_are_strings_without_nulls_in_blocks_of_the_size_asked_for(tmp_path: Path, name: str) -> None:
    """Whatever the file, a block has at most `block_rows` rows, in pa.StringArrays whose empty cells are ''."""
    rows = [["code", "note"], *([f"c{n}", ""] for n in range(1000))]
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "stock.xlsx")
    (tmp_path / "stock.csv").write_text(delimited(rows, ",", "\n"), "utf-8")
    blocks = list(loader.read(tmp_path / name, ReadHints(header_rows=(1,)), block_rows=300).blocks)
    assert sum(len(block.rows) for block in blocks) == 1000
    assert max(len(block.rows) for block in blocks) <= 300
    assert {type(cells) for block in blocks for cells in block.cells} == {pa.StringArray}
    assert {(str(block.rows.dtype), block.cells[1].null_count) for block in blocks} == {("int64", 0)}
    assert blocks[0].cells[1][0].as_py() == ""


@pytest.mark.parametrize("name", ["stock.csv", "stock.xlsx"])
def test_several_header_rows_are_joined(tmp_path: Path, name: str) -> None:
    """Header rows become one name a column, a group's name over each of its columns; what stands between is no row."""
    rows = [["Report"], ["Stock ", "", "\ufeffStock"], ["", "", ""], [" on hand", "SKU", ""], ["1", "2", "3"]]
    write(tmp_path, rows)
    table = loader.read(tmp_path / name, ReadHints(header_rows=(2, 4)))
    assert table.header == ("Stock on hand", "Stock SKU", "Stock")
    assert (rows_of(table), table.read_as.header_row) == ([(5, ("1", "2", "3"))], 4)


@pytest.mark.parametrize("name", ["stock.csv", "stock.xlsx"])
def test_columns_without_a_header_are_numbered(tmp_path: Path, name: str) -> None:
    """`header_rows=()` gives the names 1, 2, ... and takes the first row as data."""
    write(tmp_path, [["A-1", "S1", "5"], ["A-1", "S2", "7"]])
    table = loader.read(tmp_path / name, ReadHints(header_rows=()))
    assert (table.header, table.read_as.header_row) == (("1", "2", "3"), None)
    assert rows_of(table) == [(1, ("A-1", "S1", "5")), (2, ("A-1", "S2", "7"))]


@pytest.mark.parametrize("name", ["stock.csv", "stock.xlsx"])
def test_a_header_without_rows_gives_no_blocks(tmp_path: Path, name: str) -> None:
    """A table of a header only is read as such; its caller decides what that means."""
    write(tmp_path, [["sku", "qty"]])
    table = loader.read(tmp_path / name, ReadHints())
    assert (table.header, list(table.blocks)) == (("sku", "qty"), [])


@pytest.mark.parametrize("name", ["stock.csv", "stock.xlsx"])
def test_peek_gives_the_first_sixty_rows_that_are_not_blank(tmp_path: Path, name: str) -> None:
    """The head has row numbers as a person counts them, and nothing blank."""
    write(tmp_path, [["a", "b"], ["", " "], *([str(n), "x"] for n in range(100))])
    (sheet,) = loader.peek(tmp_path / name, ReadHints())
    assert (len(sheet.rows), sheet.visible, sheet.read_as.header_row) == (60, True, None)
    assert sheet.rows[:2] == ((1, ("a", "b")), (3, ("0", "x")))


@pytest.mark.parametrize("name", ["stock.csv", "stock.xlsx"])
def test_grid_leaves_nothing_out(tmp_path: Path, name: str) -> None:
    """Title, header, notes and ragged rows all come, as they stand."""
    write(tmp_path, [["Title"], ["a", "b"], ["1", "2", "note"]])
    assert list(loader.grid(tmp_path / name, ReadHints())) == [
        (1, ("Title",)),
        (2, ("a", "b")),
        (3, ("1", "2", "note")),
    ]


def write(folder: Path, rows: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(folder / "stock.xlsx")
    (folder / "stock.csv").write_text(delimited(rows, ";", "\n"), "utf-8")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
EIGHT_BIT = st.text(st.sampled_from("aZ09 ,;|\t\"'\r\nŞ\u0131ğüöçÇ€"), max_size=8)


@st.composite
def written_tables(draw: st.DrawFn) -> tuple[list[list[str]], str, str, str]:
    """Draw a table of any text, a delimiter, a line end and an encoding that can hold it."""
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "cp1254"]))
    delimiter = draw(st.sampled_from(",;\t|"))
    # A cell of several lines that also holds delimiters may look like swallowed rows; that has tests of its own.
    cell = (EIGHT_BIT if encoding == "cp1254" else TEXT).filter(
        lambda text: delimiter not in text or not {"\r", "\n"} & set(text)
    )
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width), max_size=12))
    return (
        [[f"h{n}" for n in range(width)], *rows],
        delimiter,
        draw(st.sampled_from(["\n", "\r\n", "\r"])),
        encoding,
    )


@settings(deadline=None)
@given(written_tables(), st.integers(1, 5))
def test_any_text_comes_back_byte_for_byte_under_its_line_number(
    tmp_path_factory: pytest.TempPathFactory, written: tuple[list[list[str]], str, str, str], block_rows: int
) -> None:
    """Law: whatever csv.writer writes is read back unchanged, each row under the line where it starts."""
    rows, delimiter, line_end, encoding = written
    path = tmp_path_factory.mktemp("law") / "stock.csv"
    # Quotes all: csv.writer leaves a lone CR unquoted where the line end is LF, and so ends the line.
    path.write_bytes(delimited(rows, delimiter, line_end, csv.QUOTE_ALL).encode(encoding))
    declared = encoding if encoding in {"cp1254", "utf-16-le"} else None
    hints = ReadHints(header_rows=(1,), encoding=declared, delimiter=delimiter)
    table = loader.read(path, hints, block_rows=block_rows)
    lines = [line_of(delimited(rows[:n], delimiter, line_end, csv.QUOTE_ALL)) for n in range(len(rows))]
    assert rows_of(table) == list(zip(lines[1:], map(tuple, rows[1:]), strict=True))


def line_of(text_before: str) -> int:
    """Count lines the way an editor does, apart from the reader's own way."""
    return len(io.StringIO(text_before, newline=None).read().split("\n"))

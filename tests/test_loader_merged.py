"""Merged cells as a person sees them: filled where the mapping says so, else faults; groups over their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from sync import loader
from sync.books.shapes import Cell, Merge, Row
from sync.errors import SetAside
from sync.loader.merged import Merged
from sync.rows import ReadHints
from tests.desks import MAPPING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Desk


def book_of(folder: Path, rows: list[list[Any]], *merged: str) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for area in merged:
        book.worksheets[0].merge_cells(area)
    book.save(folder / "stock.xlsx")
    return folder / "stock.xlsx"


def column_of(path: Path, hints: ReadHints) -> tuple[list[str], list[tuple[str, str]]]:
    """Read the first column, and the faults."""
    (block,) = loader.read(path, hints).blocks
    return block.cells[0].to_pylist(), [(fault.code, fault.shown) for fault in block.faults]


ROWS: list[list[Any]] = [["depo", "sku"], ["A", "1"], [None, "2"], [None, "3"], ["B", "4"], [None, "5"]]


def test_cells_merged_with_one_above_are_faults(tmp_path: Path) -> None:
    """IN21: an empty cell is not spread by itself, and says what hides it; an empty cell alone is just empty."""
    texts, faults = column_of(book_of(tmp_path, ROWS, "A2:A4"), ReadHints())
    assert texts == ["A", "", "", "B", ""]
    assert faults == [("cell.merged", "A3: merged with A2"), ("cell.merged", "A4: merged with A2")]


def test_a_mapping_may_fill_them(tmp_path: Path) -> None:
    """What a person sees in the merged cell stands in every row of it, marked, and in none below."""
    texts, faults = column_of(book_of(tmp_path, ROWS, "A2:A4"), ReadHints(merged="fill"))
    assert texts == ["A", "A", "A", "B", ""]
    assert faults == [("cell.merged", "A3: merged with A2"), ("cell.merged", "A4: merged with A2")]


def test_a_location_may_be_filled_and_a_quantity_never(desk: Desk) -> None:
    """One number over two rows is no quantity of each of them, whatever the mapping says of locations."""
    (desk.folder / "mappings" / "stock.yaml").write_text(f"{MAPPING}read: {{merged: fill}}\n")
    rows: list[list[Any]] = [["Depot", "Item", "Pieces"], ["A", "S1", 12], [None, "S2", None], ["A", "S3", 7]]
    report = desk.report("run", book_of(desk.folder, rows, "A2:A3", "C2:C3"))
    assert desk.stock() == {("A", "S1"): 12, ("A", "S3"): 7}
    assert [problem["code"] for problem in report["problems"]] == ["cell.merged"]


def test_what_is_filled_brings_its_fault(tmp_path: Path) -> None:
    """An error is an error in every row that shows it."""
    rows: list[list[Any]] = [["depo", "sku"], ["#N/A", "1"], [None, "2"]]
    texts, faults = column_of(book_of(tmp_path, rows, "A2:A3"), ReadHints(merged="fill"))
    assert texts == ["#N/A", "#N/A"]
    assert faults == [("cell.error", "A2: #N/A"), ("cell.error", "A3: #N/A")]


def test_merged_cells_without_text_are_empty(tmp_path: Path) -> None:
    """Where nothing is shown, nothing is hidden."""
    rows: list[list[Any]] = [["depo", "sku"], [None, "1"], [None, "2"]]
    assert column_of(book_of(tmp_path, rows, "A2:A3"), ReadHints()) == (["", ""], [])


def test_the_header_fills_no_row(tmp_path: Path) -> None:
    """A header that reaches into the first row of data is not data there, whatever the mapping says."""
    path = book_of(tmp_path, [["depo", "sku"], [None, "1"]], "A1:A2")
    assert column_of(path, ReadHints(merged="fill")) == ([""], [("cell.merged", "A2: merged with A1")])


def test_of_a_wide_merged_cell_only_the_first_column_is_filled(tmp_path: Path) -> None:
    """What stands over two columns is the value of one; the other is a fault."""
    rows: list[list[Any]] = [["a", "b", "c"], ["x", None, "1"], [None, None, "2"]]
    (block,) = loader.read(book_of(tmp_path, rows, "A2:B3"), ReadHints(merged="fill")).blocks
    assert [column.to_pylist() for column in block.cells] == [["x", "x"], ["", ""], ["1", "2"]]
    assert [(fault.row, fault.column) for fault in block.faults] == [(3, 0), (3, 1)]


def test_titles_and_notes_are_no_faults(tmp_path: Path) -> None:
    """Cells merged sideways hide nothing of another row."""
    rows: list[list[Any]] = [["Stock of today"], ["sku", "qty"], ["A", 1], ["a note on all of it"]]
    path = book_of(tmp_path, rows, "A1:B1", "A4:B4")
    assert column_of(path, ReadHints(header_rows=(2,))) == (["A", "a note on all of it"], [])


@pytest.mark.parametrize(
    ("header_rows", "header"),
    [
        ((1, 2), ("SKU", "Depo A Miktar", "Depo A Tutar", "Depo B Miktar", "Note")),
        ((1,), ("SKU", "Depo A", "", "Depo B", "Note")),
        ((2,), ("SKU", "Miktar", "Tutar", "Miktar", "Note")),
    ],
)
def test_groups_stand_over_all_their_columns(
    tmp_path: Path, header_rows: tuple[int, ...], header: tuple[str, ...]
) -> None:
    """A header of two rows: groups spread to the right, what is merged downwards is not doubled; peek agrees."""
    rows: list[list[Any]] = [
        ["SKU", "Depo A", None, "Depo B", "Note"],
        [None, "Miktar", "Tutar", "Miktar"],
        ["x", 1, 2, 3, None],
    ]
    path = book_of(tmp_path, rows, "A1:A2", "B1:C1", "E1:F2")
    hints = ReadHints(header_rows=header_rows)
    assert loader.read(path, hints).header == header
    (sheet,) = loader.peek(path, hints)
    assert sheet.merged == (0, 4, 5)
    assert dict(sheet.rows)[1][2] == ("Depo A" if header_rows == (1, 2) else "")


def test_rows_that_a_merge_leaves_out_do_not_shift_it() -> None:
    """A sheet may hold no row where merged cells begin or end."""
    merged = Merged([Merge(2, 3, 0, 0), Merge(5, 7, 0, 0)])
    source = [
        Row(number, False, [Cell(column, "x", None)]) for number, column in ((3, 1), (5, 0), (7, 1), (8, 1))
    ]
    rows = list(merged.rows(source, after=0, width=9, fill=True))
    assert [[cell.column for cell in row.cells] for row in rows] == [[1], [0], [0, 1], [1]]


def test_a_row_of_nothing_but_merged_cells_is_none(tmp_path: Path) -> None:
    """A merged block is as many rows as have cells of their own in the table; a note beside it is none."""
    rows: list[list[Any]] = [["depo", "sku"], ["A", "1"], [None, None, "note"], [None, "2"]]
    path = book_of(tmp_path, rows, "A2:A4")
    assert column_of(path, ReadHints(merged="fill"))[0] == ["A", "A"]


def test_merged_cells_without_number_are_refused() -> None:
    """HI13: overlapping areas that no spreadsheet program writes do not keep the reader busy."""
    absurd = [Merge(1, 2, 0, 16_383)] * 400
    with pytest.raises(SetAside, match="merged cells"):
        Merged(absurd)
    with pytest.raises(SetAside, match="merged cells"):
        list(Merged([merge._replace(last_row=1) for merge in absurd]).header([], (1, 2)))

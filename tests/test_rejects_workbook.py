"""The workbook of rejects: it says what to do, shows where, puts the risky rows first, and comes back whatever saved it."""

from __future__ import annotations

import csv
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import openpyxl
import pytest

from sync import loader
from sync.rejects import workbook
from sync.rejects.faulty import faulty
from sync.rejects.lines import COLUMNS, Known, lines
from sync.rejects.returning import corrected
from sync.rejects.workbook import title
from sync.rejects.writing import write
from sync.rows import Problem, ReadAs, Reject
from sync.run.intake import _reject_hints
from sync.staff.words import load
from tests.rejectfiles import HEADER, RUN, item, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

BOOK = ReadAs("xlsx", sheet="Stock", header_row=1)
WORDS = load("en")


def written(
    path: Path, rejects: list[Reject], known: dict[str, int] | None = None, language: str = "en"
) -> tuple[Worksheet, Worksheet]:
    """Write a workbook, with what the tenant has of each SKU, and open both of its sheets."""

    def current(pairs: Sequence[tuple[str, str]]) -> list[Known | None]:
        stock = known or {}
        return [Known(stock[sku], "2026-11-20") if sku in stock else None for _, sku in pairs]

    words = load(language)
    write(path, HEADER, lambda: lines(rejects, RUN, current, words), read_as=BOOK, guide=spoken(language))
    guide, rows = openpyxl.load_workbook(path).worksheets
    return guide, rows


def told(guide: Worksheet) -> str:
    """Give all that the first sheet says."""
    return "\n".join(str(cell.value) for cell in guide["A"] if cell.value)


def test_the_first_sheet_says_what_to_do(tmp_path: Path) -> None:
    """Which file, when, how many rows, three steps, what to leave alone, and whom to ask."""
    guide, _ = written(tmp_path / "r.xlsx", [item(7), item(9)])
    words = told(guide)
    assert guide.title == "What to do"
    for part in ("2 rows to correct", "stock.xlsx", "2026-11-23 06:15", "1. ", "2. ", "3. ", "inbox", RUN):
        assert part in words
    assert "“Stock”" in words


def test_the_sheet_of_rows_is_made_to_be_worked_in(tmp_path: Path) -> None:
    """One frozen header with a filter over everything, and widths that fit what stands there."""
    _, rows = written(tmp_path / "r.xlsx", [item(7, ("A", "12345678901234567890", "x"))])
    assert [cell.value for cell in rows[1]] == [*HEADER, *COLUMNS]
    assert (rows.freeze_panes, rows.auto_filter.ref) == ("A2", "A1:I2")
    assert rows.column_dimensions["B"].width > 20
    assert rows.column_dimensions["A"].width < 15


def test_the_cell_at_fault_is_shown_and_says_why(tmp_path: Path) -> None:
    """Colour, border and comment on it, and nothing on its neighbours; the column has the same words."""
    _, rows = written(tmp_path / "r.xlsx", [item(7)])
    bad, good = rows["C2"], rows["B2"]
    assert bad.comment is not None
    assert bad.comment.text.split("\n")[-1] == rows["G2"].value
    assert (bad.fill.fgColor.rgb, bad.border.left.style) == ("00FFC000", "medium")
    assert good.comment is None
    assert good.fill.fill_type is None


@pytest.mark.parametrize(("language", "part"), [("en", "is not a number"), ("tr", "bir sayı değil")])
def test_the_workbook_speaks_the_language_of_the_staff(tmp_path: Path, language: str, part: str) -> None:
    """Its title, its steps, its comments and its reasons."""
    guide, rows = written(tmp_path / "r.xlsx", [item(7)], {"00123": 14}, language)
    assert guide.title == load(language).say("workbook", "guide")
    assert part in str(rows["G2"].value)
    assert rows["H2"].value == load(language).current(14, "2026-11-20")


def test_what_may_be_oversold_comes_first(tmp_path: Path) -> None:
    """The tenant shows more than the file says, then stock of which nobody can tell, then the others; each in file order."""
    rejects = [
        item(2, ("A", "none", "5")),
        item(3, ("A", "unread", "1,5")),
        item(4, ("A", "more", "20")),
        item(5, ("A", "less", "3")),
        item(6, ("A", "zero", "0")),
        item(7, ("A", "gone", "-1")),
    ]
    stock = {"unread": 9, "more": 9, "less": 9, "zero": 9, "gone": 0}
    guide, rows = written(tmp_path / "r.xlsx", rejects, stock)
    assert [row[1].value for row in rows.iter_rows(2)] == ["less", "zero", "unread", "none", "more", "gone"]
    assert [row[3].value for row in rows.iter_rows(2)] == ["5", "6", "3", "2", "4", "7"]
    assert "begin at the top (3 rows)" in told(guide)


def test_rows_of_one_pair_keep_together_and_in_order(tmp_path: Path) -> None:
    """With duplicates: last it matters which of them is the last."""
    rejects = [item(2, ("A", "S1", "20")), item(3, ("A", "S2", "x")), item(4, ("A", "S1", "3"))]
    _, rows = written(tmp_path / "r.xlsx", rejects, {"S1": 9})
    assert [row[3].value for row in rows.iter_rows(2)] == ["2", "4", "3"]


def test_a_row_beside_the_one_at_fault_is_not_shown_as_wrong() -> None:
    """Of a sum of which another row is wrong, this row stays as it is; of two that differ, both quantities are shown."""
    assert faulty([item(7, code="pair.incomplete")], HEADER, WORDS) == {}
    clash = Reject(7, 2, (Problem("map", None, "pair.duplicate", "3, 7"),), ("A", "S1", "5"), "A", "S1")
    assert list(faulty([clash], HEADER, WORDS)) == [2]


def test_of_columns_with_one_name_that_of_the_value_is_shown() -> None:
    """A header that stands twice does not put the colour on another cell."""
    assert list(faulty([item(7)], ("qty", "sku", "qty"), WORDS)) == [2]


def test_a_matrix_line_shows_each_of_its_cells() -> None:
    """Two bad cells of one line, each with its own reason."""
    found = faulty([item(7, ("A", "", "x"), column=1, code="quantity.blank"), item(7)], HEADER, WORDS)
    assert {at: words.split(" (")[0] for at, words in found.items()} == {
        1: "The quantity",
        2: WORDS.reason("quantity.text", "qty", "x").split(" (")[0],
    }


def test_comments_are_bounded_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond some thousand rows the reason stands in its column only: comments are kept in memory."""
    monkeypatch.setattr(workbook, "COMMENTED", 3)
    guide, rows = written(tmp_path / "r.xlsx", [item(row) for row in range(2, 7)])
    assert [row[2].comment is not None for row in rows.iter_rows(2)] == [True] * 3 + [False] * 2
    assert all(row[6].value for row in rows.iter_rows(2))
    assert "From row 5 on" in told(guide)


def test_a_sheet_that_is_full_says_how_many_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sheet ends at its last row; what may be oversold is in it, and the rest in a file beside it, with all that it needs."""
    monkeypatch.setattr(workbook, "LAST_ROW", 3)
    guide, rows = written(tmp_path / "r.xlsx", [item(2), item(3), item(4, ("A", "S9", "x"))], {"S9": 5})
    assert [row[3].value for row in rows.iter_rows(2)] == ["4", "2"]
    assert "not in it: 1 row. They are in the file beside it: r.csv" in told(guide)
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *left = csv.reader(file)
    assert header == [*HEADER, *COLUMNS]
    assert [line[:4] for line in left] == [["A", "00123", "x", "3"]]


@pytest.mark.parametrize("text", ["=1+1", "00123", "1E5", "+4", "\x07x", "'=2"])
def test_every_cell_is_text(tmp_path: Path, text: str) -> None:
    """No formula runs and no code loses its zeros, in any cell and comment."""
    _, rows = written(tmp_path / "r.xlsx", [item(7, ("A", text, text))])
    cells = [cell for row in rows.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}


@pytest.mark.parametrize(
    ("source", "named"), [("Stock: A/B", "Stock  A B"), ("What to do", "What to do"), ("'x'", "x")]
)
def test_the_sheet_of_rows_has_the_name_of_the_source(tmp_path: Path, source: str, named: str) -> None:
    """As far as a sheet may be called so; the first sheet gives way."""
    read_as = ReadAs("xlsx", sheet=source)
    write(
        tmp_path / "r.xlsx",
        HEADER,
        lambda: lines([item(7)], RUN, lambda pairs: [None] * len(pairs), WORDS),
        read_as=read_as,
        guide=spoken(),
    )
    guide, rows = openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames
    assert (rows, title(source)) == (named, named)
    assert guide.startswith("What to do")


def test_a_row_is_written_once_whatever_its_rank(tmp_path: Path) -> None:
    """Each line of the ledger stands in the workbook exactly once."""
    rejects = [item(row, ("A", f"S{row % 7}", str(row % 5))) for row in range(2, 300)]
    _, rows = written(tmp_path / "r.xlsx", rejects, {"S1": 3, "S2": 2, "S3": 0})
    found = Counter(row[3].value for row in rows.iter_rows(2))
    assert found == Counter(str(row) for row in range(2, 300))


ODD = (
    " a ",
    "a  b",
    "\ta",
    "a\r\nb",
    "a\nb",
    "_x000D_",
    "_x0041_",
    "1,5",
    "1.50",
    "TRUE",
    "2026-11-23",
    "#N/A",
)
ODDER = (
    "'",
    "''=1",
    "=1",
    "-",
    "+",
    "é",
    "e\u0301",
    "\u200b",
    "\u00a0x",
    "١٢",
    "🧶",
    "a" * 300,
    "<&>\"'",
    "0",
    "",
)


def test_every_text_of_a_csv_file_comes_back_from_the_workbook(tmp_path: Path) -> None:
    """In the watched folder the rejects of a CSV file are a workbook too: same text, whatever it looks like."""
    path = tmp_path / "r.xlsx"
    rejects = [item(at, ("A", text, "x")) for at, text in enumerate((*ODD, *ODDER), 2)]
    csv = ReadAs("csv", "utf-8", ";", None, 1)
    nothing = [None] * len(rejects)
    write(path, HEADER, lambda: lines(rejects, RUN, lambda _: nothing, WORDS), read_as=csv, guide=spoken())
    hints = _reject_hints(partial(loader.peek, path))
    assert hints is not None
    table = corrected(loader.read(path, hints), HEADER, {reject.row: reject for reject in rejects})
    (block,) = table.blocks
    assert block.cells[1].to_pylist() == [*ODD, *ODDER]
    assert block.parent_rows is not None
    assert block.parent_rows.tolist() == [reject.row for reject in rejects]
    assert [fault for fault in block.faults if fault.column == 1] == []


def test_a_csv_file_has_a_sheet_of_our_own_naming(tmp_path: Path) -> None:
    """Where the source has no sheet, its name says what is in it."""
    csv = ReadAs("csv", "utf-8", ";", None, 1)
    path = tmp_path / "r.xlsx"
    write(
        path, HEADER, lambda: lines([item(2)], RUN, lambda _: [None], WORDS), read_as=csv, guide=spoken("tr")
    )
    assert openpyxl.load_workbook(path).sheetnames == ["Ne yapmalı", "Düzeltilecek satırlar"]

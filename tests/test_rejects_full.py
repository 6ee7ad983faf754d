"""More rejects than a sheet has rows: what finds no room in the workbook stands beside it, and both come back."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import openpyxl
import pytest

from sync.rejects import workbook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Desk

ROOM = 3  # rows of a sheet, its header among them


@pytest.fixture
def full(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path, str]:
    """Run a workbook of five bad rows; give the workbook of rejects, the file beside it, and the run."""
    monkeypatch.setattr(workbook, "LAST_ROW", ROOM)
    desk.unguarded()
    book = openpyxl.Workbook()
    for row in [("Depot", "Item", "Pieces"), ("A", "S9", "9"), *(("A", f"S{at}", "x") for at in range(5))]:
        book.active.append(row)  # type: ignore[union-attr]  # a new book has a sheet
    book.save(desk.folder / "stock.xlsx")
    report = desk.report("run", desk.folder / "stock.xlsx")
    (warning,) = report["warnings"]
    (rest,) = (desk.folder / "rejects").glob("*.csv")
    assert str(rest) in warning
    assert report["rejects"] in warning
    return desk.folder / report["rejects"], rest, report["run"]


def test_every_row_stands_in_one_of_the_two(full: tuple[Path, Path, str]) -> None:
    """Once, with the same columns."""
    sheet, rest, _ = full
    sheets = openpyxl.load_workbook(sheet).worksheets
    rows = [[str(cell.value) for cell in row] for row in sheets[1].iter_rows()]
    with rest.open(encoding="utf-8-sig", newline="") as file:
        left = list(csv.reader(file))
    assert rows[0] == left[0]
    assert [row[1] for row in (*rows[1:], *left[1:])] == [f"S{at}" for at in range(5)]
    assert len(rows) == ROOM


def test_both_come_back(desk: Desk, full: tuple[Path, Path, str]) -> None:
    """Each is corrected and run by itself; then nothing of the run is open."""
    sheet, rest, run = full
    book = openpyxl.load_workbook(sheet)
    for row in book.worksheets[1].iter_rows(min_row=2):
        row[2].value = "5"
    book.save(sheet)
    rest.write_text(rest.read_text(encoding="utf-8-sig").replace(",x,", ",6,"), encoding="utf-8-sig")
    assert desk("run", sheet).code == 0
    now = desk.report("show", run)["rejects_now"]
    assert (now["mended"], now["open"]) == (2, 3)
    assert desk("run", rest).code == 0
    assert desk.report("show", run)["closed"]
    assert desk.stock() == {("A", "S9"): 9, **{("A", f"S{at}"): 5 + (at > 1) for at in range(5)}}


def test_written_again_both_are_named(desk: Desk, full: tuple[Path, Path, str]) -> None:
    """`rejects RUN` says where they lie."""
    sheet, rest, run = full
    told = desk("rejects", run, "--to", desk.folder / "again").out.splitlines()
    assert told == [str(desk.folder / "again" / path.name) for path in (sheet, rest)]

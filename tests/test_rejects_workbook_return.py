"""The workbook of rejects comes back: sorted anew, saved by LibreOffice, with or without its first sheet."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.desks import MAPPING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from tests.desks import Desk

SOFFICE = shutil.which("soffice")
HEADER = ("Depot", "Item", "Pieces")
ROWS = [HEADER, ("A", "00123", "5"), ("A", "1E5", "x"), ("A", "S3", "-4"), ("A", "S4", "7"), ("B", "", "9")]


def book_of(path: Path, rows: Sequence[tuple[str, ...]], sheet: str = "Count 23.11") -> Path:
    """Save a workbook of text cells."""
    book = openpyxl.Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def rejects_of(desk: Desk, rows: Sequence[tuple[str, ...]] = ROWS) -> tuple[dict[str, Any], Path]:
    """Run a workbook and find its rejects."""
    report = desk.report("run", book_of(desk.folder / "stock.xlsx", rows))
    return report, Path(report["rejects"])


def change(path: Path, do: Callable[[Workbook, Worksheet], None]) -> None:
    """Do something to the sheet of rows, and save."""
    book = openpyxl.load_workbook(path)
    do(book, book.worksheets[-1])
    book.save(path)


def mend(_book: Workbook, sheet: Worksheet) -> None:
    """Correct what is wrong, by the row that each line names."""
    right = {"3": ("C", "8"), "4": ("C", "4"), "6": ("B", "S6")}
    for row in range(2, sheet.max_row + 1):
        column, text = right[str(sheet[f"D{row}"].value)]
        sheet[f"{column}{row}"] = text


def resorted(_book: Workbook, sheet: Worksheet) -> None:
    """Sort the lines the other way round, as a filter's button does."""
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(2)]
    for row, line in enumerate(reversed(lines), 2):
        for column, value in enumerate(line, 1):
            sheet.cell(row, column).value = value


def without_guide(book: Workbook, _sheet: Worksheet) -> None:
    """Delete the first sheet."""
    book.remove(book.worksheets[0])


def renamed(_book: Workbook, sheet: Worksheet) -> None:
    """Call the sheet of rows something else."""
    sheet.title = "mended [1]".replace("[", "(").replace("]", ")")


def saved_by_libreoffice(path: Path, profile: Path) -> None:
    """Open the workbook in LibreOffice and save it in its place."""
    assert SOFFICE
    out = profile / "saved"
    arguments = [
        f"-env:UserInstallation={(profile / 'office').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    at_home = {
        **os.environ,
        "HOME": str(profile),
        "XDG_CACHE_HOME": str(profile),
        "XDG_CONFIG_HOME": str(profile),
    }
    command = [SOFFICE, *arguments, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=at_home)
    (out / path.name).replace(path)


def closes(desk: Desk, parent: dict[str, Any], path: Path) -> None:
    """Drop the workbook again: only its rows go, and nothing is open any more."""
    child = desk.report("run", path)
    assert (child["parent"], child["rows"]["read"], child["rows"]["accepted"]) == (parent["run"], 3, 3)
    assert desk.stock() == {
        ("A", "00123"): 5,
        ("A", "1E5"): 8,
        ("A", "S3"): 4,
        ("A", "S4"): 7,
        ("B", "S6"): 9,
    }
    assert desk.report("show", parent["run"])["closed"]


@pytest.mark.parametrize("doing", [None, resorted, without_guide, renamed])
def test_a_corrected_workbook_closes_its_parent(
    desk: Desk, doing: Callable[[Workbook, Worksheet], None] | None
) -> None:
    """Whatever order staff bring its lines into, and whatever becomes of its first sheet."""
    parent, path = rejects_of(desk)
    change(path, mend)
    if doing:
        change(path, doing)
    closes(desk, parent, path)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_a_workbook_that_libreoffice_saved_closes_its_parent(desk: Desk, tmp_path: Path) -> None:
    """Corrected and saved there: codes keep their zeros and their exponents, comments and colours stay."""
    parent, path = rejects_of(desk)
    change(path, mend)
    saved_by_libreoffice(path, tmp_path)
    rows = openpyxl.load_workbook(path).worksheets[1]
    assert rows["C2"].comment is not None
    assert rows.auto_filter.ref
    closes(desk, parent, path)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_saving_without_a_correction_mends_nothing(desk: Desk, tmp_path: Path) -> None:
    """What LibreOffice does to a file by itself is no correction."""
    parent, path = rejects_of(desk)
    saved_by_libreoffice(path, tmp_path)
    child = desk.report("run", path)
    assert (child["parent"], child["rows"]["rejected"]) == (parent["run"], 3)


def test_rejects_that_fail_again_are_a_workbook_again(desk: Desk) -> None:
    """The second workbook has the rows that are left, by their number in the first file's sheet of rows."""
    _, path = rejects_of(desk)
    change(path, lambda _book, sheet: sheet.__setitem__("C2", "still wrong"))
    child = desk.report("run", path)
    second = openpyxl.load_workbook(child["rejects"])
    assert len(second.worksheets) == 2
    assert second.sheetnames[1] == "Count 23.11"
    assert second.worksheets[1].max_row == 4


def test_a_row_that_staff_empty_is_given_up(desk: Desk) -> None:
    """As the first sheet says: its own cells are emptied, the grey ones stay; nothing of it is sent and nothing is open."""
    parent, path = rejects_of(desk)
    change(path, mend)

    def emptied(_book: Workbook, sheet: Worksheet) -> None:
        for cell in sheet[2][: len(HEADER)]:
            cell.value = None

    change(path, emptied)
    child = desk.report("run", path)
    assert (child["rows"]["accepted"], child["skipped_by_reason"]) == (2, {"blank": 1})
    assert desk.report("show", parent["run"])["closed"]


def test_the_order_of_the_source_decides_which_row_is_the_last(desk: Desk) -> None:
    """With duplicates: last a workbook that was sorted by somebody sends what the source said last, not what stands last now."""
    (desk.folder / "mappings" / "stock.yaml").write_text(f"{MAPPING}rows: {{duplicates: last}}\n")
    _, path = rejects_of(desk, [HEADER, ("A", "", "1"), ("A", "S1", "x"), ("B", "S2", "x")])

    def sorted_and_mended(_book: Workbook, sheet: Worksheet) -> None:
        for row, line in enumerate([("A", "S1", "9", "3"), ("B", "S2", "7", "4"), ("A", "S1", "1", "2")], 2):
            for column, value in enumerate(line, 1):
                sheet.cell(row, column).value = value

    change(path, sorted_and_mended)
    assert desk.report("run", path)["rows"]["accepted"] == 2
    assert desk.stock() == {("A", "S1"): 9, ("B", "S2"): 7}

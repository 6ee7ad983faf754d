"""The reject file: out in the source's own form, back in with exactly what staff changed."""

from __future__ import annotations

import csv
from functools import partial
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import loader
from sync.errors import SetAside
from sync.rejects.formula import neutral, original
from sync.rejects.lines import COLUMNS, Known, Line, lines
from sync.rejects.returning import again, corrected, damaged, is_reject_file, parent_run
from sync.rejects.writing import extension, write
from sync.rows import Fault, ReadAs, ReadHints, Reject
from sync.run.intake import _reject_hints
from sync.staff.words import load
from tests.rejectfiles import HEADER, RUN, item, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

CSV = ReadAs("csv", "utf-8", ";", None, 1)
BOOK = ReadAs("xlsx", sheet="Stock: A/B", header_row=1)


def nothing(pairs: Sequence[tuple[str, str]]) -> list[None]:
    """Know nothing of any pair."""
    return [None] * len(pairs)


def written(path: Path, rejects: list[Reject], read_as: ReadAs) -> Path:
    """Write a reject file and give its path."""
    write(path, HEADER, lambda: lines(rejects, RUN, nothing, load("en")), read_as=read_as, guide=spoken())
    return path


def hints(path: Path) -> ReadHints:
    """Find the sheet of rows, as the product does."""
    found = _reject_hints(partial(loader.peek, path))
    assert found is not None
    return found


def back(path: Path, rejects: list[Reject]) -> list[tuple[str, ...]]:
    """Read a reject file as the product does."""
    table = corrected(loader.read(path, hints(path)), HEADER, {reject.row: reject for reject in rejects})
    return [
        row
        for block in table.blocks
        for row in zip(*(column.to_pylist() for column in block.cells), strict=True)
    ]


def faults(path: Path, rejects: list[Reject]) -> list[tuple[int | None, str]]:
    """Give what is marked as wrong in a reject file that came back."""
    table = corrected(loader.read(path, hints(path)), HEADER, {reject.row: reject for reject in rejects})
    return [(fault.column, fault.code) for block in table.blocks for fault in block.faults]


@given(st.text())
def test_a_cell_comes_back_as_it_went_out(text: str) -> None:
    """One apostrophe is added to what looks like a formula, and exactly one is taken off."""
    assert original(neutral(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-5", "@SUM", "\t=1", "\r=1", "'=1", "''-2", "\uff1d1"])
def test_no_cell_of_ours_begins_like_a_formula(text: str) -> None:
    """What a spreadsheet would run goes out with an apostrophe first."""
    assert neutral(text) == "'" + text


def test_csv_rejects_have_the_source_s_form(tmp_path: Path) -> None:
    """Same columns, order, text, encoding and delimiter, then ours."""
    path = written(tmp_path / "r.csv", [item(7)], ReadAs("csv", "cp1254", ";", None, 1))
    with path.open(encoding="cp1254", newline="") as file:
        header, line = csv.reader(file, delimiter=";")
    assert header == [*HEADER, *COLUMNS]
    assert line[:5] == ["A", "00123", "x", "7", "qty"]
    assert line[5] == "quantity.text"
    assert "not a number" in line[6]
    assert line[-1] == RUN


def test_text_that_does_not_fit_the_encoding_goes_out_as_utf_8_with_bom(tmp_path: Path) -> None:
    """Nothing is replaced by question marks."""
    path = written(tmp_path / "r.csv", [item(7, ("A", "Ж1", "x"))], ReadAs("csv", "cp1254", ";", None, 1))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "Ж1" in path.read_text("utf-8-sig")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_reject_file_in_unicode_is_known_again(tmp_path: Path, encoding: str) -> None:
    """What we write, our own loader detects."""
    rejects = [item(7, ("Ä", "0012", "x"))]
    assert back(written(tmp_path / "r.csv", rejects, ReadAs("csv", encoding, ";", None, 1)), rejects) == [
        ("Ä", "0012", "x")
    ]


def test_a_workbook_s_rejects_are_text_cells_in_a_sheet_of_its_name(tmp_path: Path) -> None:
    """Codes keep their zeros, and nothing is a formula."""
    path = written(tmp_path / "r.xlsx", [item(7, ("A", "00123", "=1+1"))], BOOK)
    sheet = openpyxl.load_workbook(path).worksheets[1]
    assert sheet.title == "Stock  A B"
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert all(cell.value is None for cell in cells if cell.data_type == "n")
    assert [cell.value for cell in sheet[2]][:3] == ["A", "00123", "'=1+1"]


@pytest.mark.parametrize("read_as", [CSV, BOOK])
def test_what_went_out_comes_back(tmp_path: Path, read_as: ReadAs) -> None:
    """The same text in both forms, formulas and all."""
    rejects = [item(7, ("A", "00123", "=1+1")), item(9, ("B", "", "-5")), item(12, ("'=", "x\ny", "1e5"))]
    path = written(tmp_path / f"r.{extension(read_as)}", rejects, read_as)
    assert back(path, rejects) == [reject.cells for reject in rejects]
    assert faults(path, rejects) == []


def test_a_matrix_line_stands_once_with_every_reason() -> None:
    """The cells of one source row share a line."""
    rejects = [item(7, column=1, code="quantity.blank"), item(7, column=2)]
    current = [Known(14, "2026-11-20")]
    (line,) = list(lines(rejects, RUN, lambda pairs: current * len(pairs), load("en")))
    assert line.texts[4] == "sku;qty"
    assert line.texts[5] == "quantity.blank;quantity.text"
    assert line.texts[7] == "14, sent 2026-11-20"


def test_the_parent_is_read_from_the_file(tmp_path: Path) -> None:
    """One run's id, wherever it stands in the column."""
    path = written(tmp_path / "r.csv", [item(7)], CSV)
    table = loader.read(path, ReadHints(header_rows=(1,)))
    assert is_reject_file(table.header)
    assert parent_run(table) == RUN


@pytest.mark.parametrize(("runs", "said"), [(("r1", "r2"), "2 runs"), (("", " "), "no run's id")])
def test_rejects_of_no_run_or_of_two_are_set_aside(tmp_path: Path, runs: tuple[str, str], said: str) -> None:
    """Which row belongs to which run must be plain."""
    (tmp_path / "r.csv").write_text("loc,_reject_row,_reject_run\n" + "".join(f"A,1,{run}\n" for run in runs))
    with pytest.raises(SetAside, match=said):
        parent_run(loader.read(tmp_path / "r.csv", ReadHints(header_rows=(1,))))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("00123", "123"),
        ("90.750", "90.75"),
        ("1E5", "100000"),
        ("12345678901234567890", "1.23457E+19"),
        ("12345678901234567890", "1E+19"),
        ("3-12", "2026-03-12"),
        ("3/12", "12-Mar"),
        ("1-2-3", "01.02.2003"),
    ],
)
def test_a_code_that_a_spreadsheet_changed_is_seen(before: str, after: str) -> None:
    """Lost zeros, exponents and dates are no corrections."""
    assert damaged(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("123", "00123"),
        ("00123", "00124"),
        ("A1", "A2"),
        ("", "5"),
        ("x", "7"),
        ("12", "12"),
        ("2026-03-12", "3-12"),
        ("00123", ""),
    ],
)
def test_a_correction_is_no_damage(before: str, after: str) -> None:
    """What a person would type is taken."""
    assert not damaged(before, after)


def test_a_damaged_code_is_marked_in_the_file_that_comes_back(tmp_path: Path) -> None:
    """The mark stands on the cell, so that the mapping rejects it as a code."""
    rejects = [item(7)]
    path = written(tmp_path / "r.csv", rejects, CSV)
    path.write_text(path.read_text().replace("00123", "123").replace(";x;", ";5;"))
    assert faults(path, rejects) == [(1, "cell.returned")]


def test_a_fault_holds_as_long_as_its_cell_is_unchanged(tmp_path: Path) -> None:
    """A date cell that goes out as text does not become a code by coming back."""
    fault = (Fault(7, 1, "cell.date", "B7: 2026-03-12"),)
    rejects = [item(7, ("A", "2026-03-12", "5"), faults=fault)]
    path = written(tmp_path / "r.csv", rejects, CSV)
    assert faults(path, rejects) == [(1, "cell.date")]
    path.write_text(path.read_text().replace("2026-03-12;", "3-12;"))
    assert faults(path, rejects) == []


@pytest.mark.parametrize(
    ("code", "before", "after", "holds"),
    [
        *(("code.zeros", "17891", "17891", True), ("code.zeros", "17891", "17891.0", True)),
        *(("code.zeros", "17891", "017891", False), ("code.zeros", "17891", "S17891", False)),
        *(("code.form", "131.0", "131.0", True), ("code.form", "131.0", "131.00", True)),
        *(("code.form", "131.0", "131", False), ("code.form", "12-Mar", "12-03", False)),
        *(("code.form", "12-Mar", "2026-03-12", True), ("code.form", "12-Mar", "12-Mar", True)),
    ],
)
def test_what_a_column_showed_of_a_code_holds_until_the_code_is_typed(
    tmp_path: Path, code: str, before: str, after: str, *, holds: bool
) -> None:
    """Its zeros, or its digits without a point, are a correction here; another form of the date is none."""
    rejects = [item(7, ("A", before, "5"), faults=(Fault(7, 1, code, before),))]
    path = written(tmp_path / "r.csv", rejects, CSV)
    path.write_text(path.read_text().replace(f"A;{before};5", f"A;{after};5"))
    assert faults(path, rejects) == ([(1, code)] if holds else [])


def test_a_ragged_row_is_mended_only_by_a_change(tmp_path: Path) -> None:
    """A row that was too short stays rejected until somebody touches it."""
    rejects = [item(7, ("A", "S1", ""), faults=(Fault(7, None, "row.short", "2 cells instead of 3"),))]
    path = written(tmp_path / "r.csv", rejects, CSV)
    assert faults(path, rejects) == [(None, "row.short")]
    path.write_text(path.read_text().replace("A;S1;;", "A;S1;5;"))
    assert faults(path, rejects) == []


def test_saving_a_ragged_row_in_a_spreadsheet_does_not_mend_it(tmp_path: Path) -> None:
    """What a spreadsheet does to numbers by itself is no correction."""
    rejects = [item(7, ("01", "S1", "4.000"), faults=(Fault(7, None, "row.long", "4 cells instead of 3"),))]
    path = written(tmp_path / "r.csv", rejects, CSV)
    path.write_text(path.read_text().replace("01;S1;4.000;", "1;S1;4;"))
    assert (None, "row.long") in faults(path, rejects)


def test_a_retry_judges_the_rows_as_they_were() -> None:
    """The source text with its faults and row numbers, without a file."""
    fault = Fault(9, 1, "cell.error", "B9: #N/A")
    table = again(HEADER, CSV, [item(7), item(9, faults=(fault,))])
    (block,) = table.blocks
    assert block.rows.tolist() == [7, 9]
    assert block.faults == (fault,)
    assert [column.to_pylist() for column in block.cells] == [["A", "A"], ["00123", "00123"], ["x", "x"]]


def test_columns_that_staff_add_or_move_do_not_matter(tmp_path: Path) -> None:
    """Cells go by their header, back to where they stood; the extra column is left out."""
    rejects = [item(7)]
    (tmp_path / "r.csv").write_text(f"qty,note,sku,loc,_reject_row,_reject_run\n5,hi,00123,A,7,{RUN}\n")
    table = corrected(
        loader.read(tmp_path / "r.csv", ReadHints(header_rows=(1,))),
        HEADER,
        {reject.row: reject for reject in rejects},
    )
    assert table.header == HEADER
    (block,) = table.blocks
    assert block.parent_rows is not None
    assert block.parent_rows.tolist() == [7]


def test_no_row_is_left_in_the_machine_s_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What openpyxl keeps for itself lies beside the workbook while it is written, where the next run finds it."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    seen: list[str] = []

    def walk() -> Iterator[Line]:
        for line in lines(map(item, range(7, 400)), RUN, nothing, load("en")):
            seen.extend(path.name for path in tmp_path.glob(".*.tmp/*"))
            yield line

    write(tmp_path / "x.xlsx", HEADER, walk, read_as=BOOK, guide=spoken())
    assert seen
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "x.xlsx"]
    assert not list((tmp_path / "elsewhere").iterdir())

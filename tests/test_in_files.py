"""IN03, IN06, IN07, IN10, IN11, IN14, IN17, IN18, IN20..IN24 from outside: files that are wrong in good faith, through `run`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests import biff
from tests.desks import GOOD, MAPPING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.desks import Desk

HEAD = ("Depot", "Item", "Pieces")
CSV = b"Depot,Item,Pieces\nA,S1,5\nB,S2,6\n"
SENT = {("A", "S1"): 5, ("B", "S2"): 6}


def holding(desk: Desk, content: bytes, name: str = "stock.csv") -> Path:
    """Write a file."""
    (desk.folder / name).write_bytes(content)
    return desk.folder / name


def workbook(desk: Desk, rows: Iterable[tuple[Any, ...]], name: str = "stock.xlsx") -> Path:
    """Write a workbook."""
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.worksheets[0].append(row)
    book.save(desk.folder / name)
    return desk.folder / name


def refused(desk: Desk, path: Path) -> str:
    """Send a file that cannot be taken, and give what is said; nothing has gone, and nothing but words is shown."""
    ended = desk("run", path)
    assert (ended.code, desk.stock()) == (6, {})
    assert "Traceback" not in ended.err
    return ended.err


def xls(*records: bytes, settings: bytes = b"") -> bytes:
    """Write an old workbook of one sheet."""
    return biff.ole(biff.Xls([biff.Sheet("Stock", b"".join(records))], [], settings).stream())


NOTHING = [b"", b"\n\n", b"Depot,Item,Pieces\n", b"Depot,Item,Pieces\n,,\n,,\n", b"\xef\xbb\xbf"]


@pytest.mark.parametrize("content", NOTHING)
def test_a_file_without_rows_is_no_success(desk: Desk, content: bytes) -> None:
    """IN03: no bytes, a header, empty rows: not 0, whatever it is called."""
    assert refused(desk, holding(desk, content))


def test_a_barcode_in_place_of_the_quantity_is_out_of_range(desk: Desk) -> None:
    """IN06: 13 digits are more than any stock; the price is caught by the guard `jump`."""
    report = desk.report("run", desk.file([HEAD, ("A", "S1", "4006381333931"), ("A", "S2", "5")]))
    assert [problem["code"] for problem in report["problems"]] == ["quantity.range"]
    assert desk.stock() == {("A", "S2"): 5}


def test_a_comma_at_the_end_of_each_row_shifts_nothing(desk: Desk) -> None:
    """IN06: the quantity is what stands under its header, whatever follows."""
    desk("run", holding(desk, b"Depot,Item,Pieces\nA,S1,5,\nB,S2,6,\n"))
    assert desk.stock() == SENT


def test_a_comma_at_the_start_of_one_row_rejects_it(desk: Desk) -> None:
    """IN06: a row that has shifted has one cell too many; what would stand under the header is not believed."""
    report = desk.report("run", holding(desk, b"Depot,Item,Pieces\nA,S1,5\n,A,S2,6\n"))
    assert [problem["code"] for problem in report["problems"]] == ["row.long"]
    assert desk.stock() == {("A", "S1"): 5}


def test_a_stray_quotation_mark_swallows_no_row(desk: Desk) -> None:
    """IN07: every line is accounted for: its row is rejected or the file refused, with the line; the other rows are whole."""
    path = holding(desk, b'Depot,Item,Pieces\nA,"S1,1\nA,S2,2\nA,S3,3\nB,S4,4\n')
    ended = desk("run", path)
    assert ended.code in {1, 6}
    assert "2" in ended.out + ended.err
    assert set(desk.stock()) <= {("A", "S2"), ("A", "S3"), ("B", "S4")}


def test_number_cells_are_codes_without_a_point_and_dates_are_none(desk: Desk) -> None:
    """IN10: 100000.0 is 100000; a date and a fraction are rejected, and the file says in which cell."""
    day = datetime(2026, 3, 10, tzinfo=UTC).replace(tzinfo=None)
    report = desk.report("run", workbook(desk, [("A", 100000.0, 5), ("A", day, 6), ("A", 1.5, 7)]))
    assert {problem["row"]: problem["code"] for problem in report["problems"]} == {
        3: "code.damaged",
        4: "code.damaged",
    }
    assert desk.stock() == {("A", "100000"): 5}


def test_a_formula_without_a_value_and_an_error_are_never_0(desk: Desk) -> None:
    """IN11: rejected with the cell."""
    report = desk.report("run", workbook(desk, [("A", "S1", "=1+1"), ("A", "S2", "#N/A"), ("A", "S3", 3)]))
    assert {problem["row"]: problem["code"] for problem in report["problems"]} == {
        2: "cell.formula",
        3: "cell.error",
    }
    assert desk.stock() == {("A", "S3"): 3}


HEADERS = [b"A,S1,5\nB,S2,6\n", b"Depot,Item,Item,Pieces\nA,S1,S9,5\n", b"Depot,Item,Count\nA,S1,5\n"]


@pytest.mark.parametrize("content", HEADERS)
def test_a_header_that_is_not_the_mapping_s_is_not_guessed(desk: Desk, content: bytes) -> None:
    """IN14: missing, doubled, renamed: what was expected and what stands there is said."""
    assert "Item" in refused(desk, holding(desk, content))


HIDDEN_HEADERS = [
    b"\xef\xbb\xbf" + CSV,
    b"Stock of today\n\n;;\n" + CSV,
    CSV.replace(b"Depot,Item", b" DEPOT ,item"),
]


@pytest.mark.parametrize("content", HIDDEN_HEADERS)
def test_a_header_is_found_in_row_4_and_behind_a_mark(desk: Desk, content: bytes) -> None:
    """IN14: titles above it and a byte order mark in its first cell are no fault."""
    desk("run", holding(desk, content))
    assert desk.stock() == SENT


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "cp1254"])
def test_text_comes_right_or_the_file_is_refused(desk: Desk, encoding: str) -> None:
    """IN17: no sign of another alphabet, and no sign for `unknown`, is ever sent."""
    rows = "".join(f"A,Ä{number}ö,{number}\n" for number in range(1, 9))
    ended = desk("run", holding(desk, f"Depot,Item,Pieces\n{rows}".encode(encoding)))
    assert ended.code in {0, 6}
    assert {sku for _, sku in desk.stock()} == (
        {f"Ä{number}ö" for number in range(1, 9)} if not ended.code else set()
    )


def test_two_encodings_in_one_file_are_refused_with_the_byte(desk: Desk) -> None:
    """IN17: half UTF-8, half cp1252."""
    mixed = "Depot,Item,Pieces\nA,Äpfel,5\n".encode() + "A,Öl,6\n".encode("cp1252")
    words = desk("run", holding(desk, mixed))
    assert words.code in {1, 6}
    assert ("A", "Öl") not in desk.stock()


SHAPES = [b"\r\n", b"\r", b"\n"]


@pytest.mark.parametrize("end", SHAPES)
@pytest.mark.parametrize("delimiter", [b";", b"\t", b"|", b","])
def test_every_way_to_write_a_table_is_the_same_table(desk: Desk, delimiter: bytes, end: bytes) -> None:
    """IN18: also where line ends are mixed and another column has line breaks in quotation marks."""
    head, one, two, _ = CSV.replace(b",", delimiter).split(b"\n")
    lines = [head + delimiter + b"Note", one + delimiter + b'"two\nlines"', two + delimiter + b"x", b""]
    desk("run", holding(desk, end.join(lines)))
    assert desk.stock() == SENT


def test_a_workbook_that_ends_where_its_format_ends_waits(desk: Desk) -> None:
    """IN20: 65,536 rows of an .xls: the rest is missing."""
    cells = [biff.text(0, column, name) for column, name in enumerate(HEAD)]
    last = [biff.text(65_535, 0, "A"), biff.text(65_535, 1, "S1"), biff.number(65_535, 2, 5)]
    report = desk.report("run", holding(desk, xls(*cells, *last), "stock.xls"))
    assert (report["exit_code"], [guard["guard"] for guard in report["held"]["guards"]]) == (3, ["limit"])


def test_only_the_sheet_that_is_meant_is_read(desk: Desk) -> None:
    """IN21: a hidden sheet beside it does not count, hidden rows do and are named, a merged cell spreads to nobody."""
    path = workbook(desk, [("A", "S1", 5), ("A", "S2", 6), (None, "S3", 7)])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.worksheets[0].merge_cells("A3:A4")
    other = book.copy_worksheet(book.worksheets[0])
    other.sheet_state = "hidden"
    book.save(path)
    report = desk.report("run", path)
    assert any("hidden" in warning for warning in report["warnings"])
    assert [(problem["row"], problem["code"]) for problem in report["problems"]] == [(4, "cell.merged")]
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 6}


def test_what_a_file_is_called_is_not_what_it_is(desk: Desk) -> None:
    """IN22: a page under the name .xls is read as a page, a workbook called .csv as a workbook, a text called .xlsx as a text."""
    workbook(desk, GOOD[1:]).rename(desk.folder / "stock_1.csv")
    holding(desk, CSV, "stock_2.xlsx")
    page = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in GOOD)
    holding(desk, f"<html><table>{page}</table></html>".encode(), "stock_3.xls")
    for path in sorted(desk.folder.glob("stock_*")):
        assert desk("run", path, "--again").code == 0, path
    assert desk.stock() == SENT


def test_a_locked_workbook_is_refused_in_words(desk: Desk) -> None:
    """IN22: with a password it is another container."""
    locked = xls(settings=biff.record(biff.FILEPASS, bytes(6)))
    assert "password" in refused(desk, holding(desk, locked, "stock.xls"))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_half_a_workbook_is_no_workbook(desk: Desk, share: float) -> None:
    """IN23: cut anywhere it is refused, and no row of it goes."""
    content = workbook(desk, [("A", f"S{number}", number) for number in range(200)]).read_bytes()
    assert refused(desk, holding(desk, content[: int(len(content) * share)], "stock.xlsx"))


def test_a_bit_that_flipped_in_a_workbook_is_found(desk: Desk) -> None:
    """IN23: its checksum is wrong, and no row of it goes."""
    path = workbook(desk, [("A", f"S{number}", number) for number in range(200)])
    content = bytearray(path.read_bytes())
    at = content.index(b"xl/worksheets/sheet1.xml") + 200
    content[at] ^= 0x10
    assert refused(desk, holding(desk, bytes(content), "stock.xlsx"))


def test_the_same_content_again_is_told_and_not_sent(desk: Desk) -> None:
    """IN24: under any name: 0 requests; --again forces it."""
    desk("run", holding(desk, CSV))
    again = desk.report("run", holding(desk, CSV, "stock (copy).csv"))
    assert (again["rows"]["skipped"], again["requests"]["sent"]) == (2, 0)
    assert desk.report("run", holding(desk, CSV), "--again")["requests"]["sent"] == 1


def test_the_mapping_may_say_what_two_readings_mean(desk: Desk) -> None:
    """IN12: with `thousands` declared 1,234 is a number; without, it is none."""
    (desk.folder / "mappings" / "stock.yaml").write_text(
        MAPPING.replace("{column: Pieces}", '{column: Pieces, thousands: ",", decimal: "."}')
    )
    desk("run", holding(desk, b'Depot,Item,Pieces\nA,S1,"1,234"\n'))
    assert desk.stock() == {("A", "S1"): 1234}

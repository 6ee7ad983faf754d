"""Each kind of cell of a workbook, and the text that a person sees there."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from sync import loader
from sync.books.numberformat import Style, style, style_of
from sync.rows import ReadHints

if TYPE_CHECKING:
    from pathlib import Path


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book_of(folder: Path, rows: list[list[Any]], formats: dict[str, str] | None = None) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for place, code in (formats or {}).items():
        book.worksheets[0][place].number_format = code
    book.save(folder / "stock.xlsx")
    return folder / "stock.xlsx"


def patched(path: Path, part: str, *changes: tuple[str, str]) -> Path:
    """Rewrite a part of a workbook the way no library would write it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for old, new in changes:
        assert old.encode() in parts[part], parts[part]
        parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def sheet_of(folder: Path, rows_xml: str) -> Path:
    """Make a workbook whose only sheet holds just this XML."""
    path = book_of(folder, [["x"]])
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    old = xml[xml.index("<sheetData>") : xml.index("</sheetData>")]
    return patched(path, "xl/worksheets/sheet1.xml", (old, "<sheetData>" + rows_xml))


def only_cell(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """Read row 2, column 2: its text, and the code and words of its faults."""
    (block,) = loader.read(path, ReadHints(header_rows=(1,))).blocks
    assert {(fault.row, fault.column) for fault in block.faults} <= {(2, 1)}
    return block.cells[1][0].as_py(), [(fault.code, fault.shown) for fault in block.faults]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("00123", "General", "00123"),
        ("1E5", "General", "1E5"),
        ("12345678901234567890", "@", "12345678901234567890"),
        ("  inner  space ", "General", "  inner  space "),
        (123, "General", "123"),
        (-5, "#,##0", "-5"),
        (1e5, "General", "100000"),
        (100000.0, "0.00", "100000"),
        (0, "General", "0"),
        (123456789012345, "0", "123456789012345"),
        (3.0000000000000004, "General", "3"),
        (42, "00000", "00042"),
        (42.0, "00000", "00042"),
        (1234567, "00000", "1234567"),
        (-42, "00000", "-42"),
        (42, "000-000", "000-042"),
        (1234567, "000-000", "1234-567"),
        (42, '"SKU-"0', "SKU-42"),
        (42, '"A"\\-00\\/0', "A-04/2"),
        (42, '0" pcs"', "42"),
        (42, "000.000", "42"),
        (42, "0,000", "42"),
        (42, "[Red]0000;[Blue]-0000", "0042"),
        (-42, "0000;(0000)", "-42"),
        (42, "[>9]00-00;0000", "42"),
    ],
)
def test_texts_and_whole_numbers_come_as_they_are_seen(
    tmp_path: Path, value: Any, number_format: str, text: str
) -> None:
    """IN10: text byte for byte, whole numbers without a point, leading zeros where the format shows them."""
    path = book_of(tmp_path, [["sku", "qty"], ["x", value]], {"B2": number_format})
    assert only_cell(path) == (text, [])


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1.5, "cell.fraction", "1.5"),
        (0.1 + 0.2, "cell.fraction", "0.3"),
        (1e-7, "cell.fraction", "0.0000001"),
        (-1234.25, "cell.fraction", "-1234.25"),
        (1234567890123456, "cell.digits", "1234567890123456"),
        (1.2345678901234567e19, "cell.digits", "12345678901234570000"),
        (True, "cell.boolean", "TRUE"),
        (False, "cell.boolean", "FALSE"),
        (date(2026, 3, 10), "cell.date", "2026-03-10"),
        (datetime(2026, 3, 10, 6, 30), "cell.date", "2026-03-10 06:30:00"),  # noqa: DTZ001 - a cell has no zone
        (time(6, 30), "cell.date", "06:30:00"),
        (timedelta(hours=30, seconds=5), "cell.date", "30:00:05"),
        ("#N/A", "cell.error", "#N/A"),
        ("#REF!", "cell.error", "#REF!"),
    ],
)
def test_what_is_no_plain_value_is_shown_and_named(tmp_path: Path, value: Any, code: str, text: str) -> None:
    """IN10, IN11: fractions, dates, truth values, errors and long numbers are faults, with address and looks."""
    path = book_of(tmp_path, [["sku", "qty"], ["x", value]])
    assert only_cell(path) == (text, [(code, f"B2: {text}")])


def test_a_formula_without_a_stored_value_is_named(tmp_path: Path) -> None:
    """IN11: a formula that no program has calculated is never blank and never 0."""
    assert only_cell(book_of(tmp_path, [["sku", "qty"], ["x", "=1+1"]])) == ("", [("cell.formula", "B2")])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="B2"><f>1+1</f><v>2</v></c>', ("2", [])),
        ('<c r="B2" t="str"><f>A1&amp;""</f><v></v></c>', ("", [])),
        ('<c r="B2" t="str"><f>"a"</f><v>a</v></c>', ("a", [])),
        ('<c r="B2" t="str"><f>"a"</f></c>', ("", [("cell.formula", "B2")])),
        ('<c r="B2"><f t="shared" si="0"/><v/></c>', ("", [("cell.formula", "B2")])),
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', ("#DIV/0!", [("cell.error", "B2: #DIV/0!")])),
        ('<c r="B2" t="d"><v>2026-03-10T00:00:00</v></c>', ("2026-03-10", [("cell.date", "B2: 2026-03-10")])),
        (
            '<c r="B2" t="inlineStr"><is><r><t>A</t></r><r><t> 1</t></r><rPh><t>no</t></rPh></is></c>',
            ("A 1", []),
        ),
        ('<c r="B2" t="str"><v>a_x000D_b_xD800_</v></c>', ("a\rb_xD800_", [])),
        ("<c><v>007</v></c>", ("7", [])),
        ('<c r="B2"><v>1E3</v></c>', ("1000", [])),
        ('<c r="B2"><v>NaN</v></c>', ("NaN", [("cell.error", "B2: NaN")])),
        ('<c r="B2"><v>1e999</v></c>', ("1e999", [("cell.error", "B2: 1e999")])),
    ],
)
def test_cells_as_other_programs_store_them(
    tmp_path: Path, cell: str, expected: tuple[str, list[tuple[str, str]]]
) -> None:
    """Stored values of formulas count; what XML cannot hold is decoded; numbers that are none are errors."""
    head = '<row r="1"><c r="A1" t="str"><v>sku</v></c><c r="B1" t="str"><v>qty</v></c></row>'
    path = sheet_of(tmp_path, f'{head}<row r="2"><c r="A2" t="str"><v>x</v></c>{cell}</row>')
    assert only_cell(path) == expected


def test_a_number_that_is_no_day_is_shown_as_it_is(tmp_path: Path) -> None:
    """A date format over a number beyond all dates is still no code and no quantity."""
    for code in ("yyyy-mm-dd", "[h]:mm"):
        path = book_of(tmp_path, [["sku", "qty"], ["x", 99999999]], {"B2": code})
        assert only_cell(path) == ("99999999", [("cell.date", "B2: 99999999")])
    path = book_of(tmp_path, [["sku", "qty"], ["x", 1e300]], {"B2": "yyyy-mm-dd"})
    assert only_cell(path)[1][0][0] == "cell.date"


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    """A workbook of an old Mac shows the same number as another day."""
    path = book_of(tmp_path, [["sku", "qty"], ["x", 1]], {"B2": "yyyy-mm-dd"})
    patched(path, "xl/workbook.xml", ("<workbookPr />", '<workbookPr date1904="1" />'))
    assert only_cell(path)[0] == "1904-01-02"


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("General", Style()),
        ("Standard", Style()),
        ("@", Style()),
        ("0.00", Style()),
        ("0.00E+00", Style()),
        ("#,##0;[Red]-#,##0", Style()),
        ('_-* #,##0.00 "dm"_-', Style()),
        ('0" days"', Style()),
        ("[Red]0\\d", Style()),
        ("d.m.yyyy", Style(moment=True)),
        ("TT.MM.JJJJ", Style(moment=True)),
        ("[$-411]ggge", Style(moment=True)),
        ("[$-F400]h:mm:ss AM/PM", Style(moment=True)),
        ("[h]:mm", Style(moment=True, duration=True)),
        ("000", Style(zeros=3)),
        ("00-00", Style(mask="\0\0-\0\0")),
    ],
)
def test_a_number_format_tells_dates_and_codes_from_numbers(code: str, seen: Style) -> None:
    """IN10: only letters outside of literals make a date; decimals and groups make no code of a number."""
    assert style(code) == seen


def test_east_asian_date_formats_are_dates() -> None:
    """Ids 27 to 36 are dates though no format is declared for them; a declared format goes before."""
    assert style_of(31, {}) == Style(moment=True)
    assert style_of(31, {31: "000"}) == Style(zeros=3)

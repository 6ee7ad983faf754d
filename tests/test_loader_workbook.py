"""Workbooks: rows as a person counts them, the sheet that is meant, and what is told about the rest."""

from __future__ import annotations

import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from sync import loader
from sync.errors import SetAside
from sync.rows import Fault, ReadHints

if TYPE_CHECKING:
    from pathlib import Path

    from sync.rows import SourceTable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book_of(folder: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
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


def rows_of(table: SourceTable) -> list[tuple[int, tuple[str, ...]]]:
    return [
        (int(number), row)
        for block in table.blocks
        for number, row in zip(
            block.rows, zip(*(c.to_pylist() for c in block.cells), strict=True), strict=True
        )
    ]


def test_shared_texts_are_read_with_their_formatting_taken_off(tmp_path: Path) -> None:
    """Texts as Excel stores them, once for all cells: in runs, with phonetic guides, with white space."""
    cells = "".join(f'<row><c t="s"><v>{n}</v></c></row>' for n in (3, 0, 1, 2, 0))
    path = sheet_of(tmp_path, cells)
    items = (
        "<si><t>00123</t></si><si><r><t>A</t></r><r><t xml:space='preserve'> 1 </t></r><rPh><t>no</t></rPh></si>"
        "<si/><si><t>sku</t></si>"
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{items}</sst>')
    table = loader.read(path, ReadHints())
    assert (table.header, rows_of(table)) == (("sku",), [(2, ("00123",)), (3, ("A 1 ",)), (5, ("00123",))])


def test_a_workbook_without_styles_has_plain_numbers(tmp_path: Path) -> None:
    """A minimal writer leaves styles out; then none of its cells can refer to one."""
    path = sheet_of(tmp_path, '<row><c t="str"><v>q</v></c></row><row><c><v>5</v></c></row>')
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "xl/styles.xml"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert rows_of(loader.read(path, ReadHints())) == [(2, ("5",))]


def test_rows_are_numbered_as_on_the_sheet(tmp_path: Path) -> None:
    """Blank rows are no rows and shift no number; ragged rows are filled up to the header."""
    path = book_of(tmp_path, [["Title"], [], ["a", "b", "c"], ["1"], [], ["2", None, "3"]])
    table = loader.read(path, ReadHints(header_rows=(3,)))
    assert rows_of(table) == [(4, ("1", "", "")), (6, ("2", "", "3"))]


def test_a_row_of_nothing_but_a_formula_without_value_is_a_row(tmp_path: Path) -> None:
    """What would be lost for want of a calculation is handed on, with its fault."""
    table = loader.read(book_of(tmp_path, [["a"], ["=1+1"]]), ReadHints())
    (block,) = table.blocks
    assert (block.rows.tolist(), [fault.code for fault in block.faults]) == ([2], ["cell.formula"])


def test_false_dimensions_do_not_matter(tmp_path: Path) -> None:
    """IN21: a sheet that says it is smaller, or a million rows tall, is read as it is."""
    for claim in ("A1:A1", "A1:XFD1048576"):
        path = book_of(tmp_path, [["a", "b"], ["1", "2"]])
        patched(path, "xl/worksheets/sheet1.xml", ('ref="A1:B2"', f'ref="{claim}"'))
        assert rows_of(loader.read(path, ReadHints())) == [(2, ("1", "2"))]


def test_notes_right_of_the_table_are_left_out_and_told(tmp_path: Path) -> None:
    """A note beside a row is no cell of it, but is counted, with its place; one beside the title is not."""
    rows: list[list[Any]] = [
        ["Title", None, "note"],
        ["a", "b"],
        *([str(n), "x", None, "recount!"] for n in range(5)),
    ]
    table = loader.read(book_of(tmp_path, rows), ReadHints(header_rows=(2,)))
    assert table.warnings == ("filled cells right of the table were left out: 5 (D3, D4, D5, ...)",)
    assert rows_of(table)[0] == (3, ("0", "x"))


def test_a_fault_right_of_the_table_is_no_fault_of_the_row(tmp_path: Path) -> None:
    """An error in a note does not reject the row that it stands beside."""
    table = loader.read(book_of(tmp_path, [["a"], ["1", "#N/A"]]), ReadHints())
    assert [block.faults for block in table.blocks] == [()]


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    """IN21: a filter hides rows from the person, not from us; the warning names them."""
    book = openpyxl.Workbook()
    for row in (["a"], ["1"], ["2"]):
        book.worksheets[0].append(row)
    book.worksheets[0].row_dimensions[2].hidden = True
    book.save(tmp_path / "stock.xlsx")
    table = loader.read(tmp_path / "stock.xlsx", ReadHints())
    assert table.warnings == ("hidden rows were read like the others: 1 (2)",)
    assert rows_of(table) == [(2, ("1",)), (3, ("2",))]


def test_merged_cells_are_not_spread(tmp_path: Path) -> None:
    """IN21: only the first cell of a merged area has the value; the others stay empty."""
    book = openpyxl.Workbook()
    for row in (["loc", "sku"], ["A", "1"], ["A", "2"]):
        book.worksheets[0].append(row)
    book.worksheets[0].merge_cells("A2:A3")
    book.save(tmp_path / "stock.xlsx")
    assert rows_of(loader.read(tmp_path / "stock.xlsx", ReadHints())) == [(2, ("A", "1")), (3, ("", "2"))]


def sheets_in(folder: Path) -> Path:
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = "Stock North"
    for title, state in (("Stock south ", "visible"), ("Notes", "visible"), ("stock old", "hidden")):
        book.create_sheet(title).sheet_state = state
    for sheet in book.worksheets:
        sheet.append([sheet.title])
    book.save(folder / "stock.xlsx")
    return folder / "stock.xlsx"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Stock North", "Stock North"),
        ("STOCK SOUTH", "Stock south "),
        ("note*", "Notes"),
        ("Stock Old", "stock old"),
    ],
)
def test_a_sheet_is_found_by_name_or_glob_in_any_case(tmp_path: Path, wanted: str, found: str) -> None:
    """The sheet that the mapping names is read, a hidden one too."""
    table = loader.read(sheets_in(tmp_path), ReadHints(sheet=wanted))
    assert (table.header, table.read_as.sheet) == ((found.strip(),), found)


def test_the_exact_name_goes_before_a_similar_one(tmp_path: Path) -> None:
    """Two tabs that differ by a space only are told apart by the name that is asked for."""
    book = openpyxl.Workbook()
    for title in ("Stock ", "Stock"):
        book.create_sheet(title).append([title])
    book.save(tmp_path / "stock.xlsx")
    assert loader.read(tmp_path / "stock.xlsx", ReadHints(sheet="Stock")).read_as.sheet == "Stock"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (
            "Sales",
            "The workbook has no sheet 'Sales', but 'Stock North', 'Stock south ', 'Notes', 'stock old'.",
        ),
        ("stock *", "Several sheets fit 'stock *': 'Stock North', 'Stock south ', 'stock old'. Name one"),
        (None, "The workbook has several sheets with rows: 'Stock North', 'Stock south ', 'Notes'. Name one"),
    ],
)
def test_no_sheet_or_several_set_the_file_aside(tmp_path: Path, wanted: str | None, words: str) -> None:
    """IN21: which sheet is meant is never guessed; the names are told."""
    with pytest.raises(SetAside) as caught:
        loader.read(sheets_in(tmp_path), ReadHints(sheet=wanted))
    assert str(caught.value).startswith(words)


def test_peek_shows_every_sheet_and_whether_it_is_seen(tmp_path: Path) -> None:
    """Who recognises a file sees hidden sheets as hidden; a name or glob narrows them."""
    path = sheets_in(tmp_path)
    seen = [(sheet.name, sheet.visible) for sheet in loader.peek(path, ReadHints())]
    assert seen == [("Stock North", True), ("Stock south ", True), ("Notes", True), ("stock old", False)]
    assert [sheet.name for sheet in loader.peek(path, ReadHints(sheet="*o*h"))] == [
        "Stock North",
        "Stock south ",
    ]


def test_empty_sheets_beside_the_one_with_rows_do_not_matter(tmp_path: Path) -> None:
    """The Sheet2 and Sheet3 of an old Excel are no choice."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a"])
    book.create_sheet("Sheet2")
    book.create_chartsheet("Chart")
    book.save(tmp_path / "stock.xlsx")
    assert loader.read(tmp_path / "stock.xlsx", ReadHints()).read_as.sheet == "Sheet"


def test_hidden_sheets_alone_are_no_choice(tmp_path: Path) -> None:
    """What a person does not see is read only where the mapping names it."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a"])
    book.worksheets[0].sheet_state = "hidden"
    book.create_chartsheet("Chart")
    book.save(tmp_path / "stock.xlsx")
    with pytest.raises(SetAside, match=r"No sheet that can be seen has rows \(sheets: 'Sheet'\)"):
        loader.read(tmp_path / "stock.xlsx", ReadHints())


def test_a_workbook_without_rows_is_set_aside(tmp_path: Path) -> None:
    """IN03: an empty sheet is no table."""
    with pytest.raises(SetAside, match="The sheet 'Sheet' is empty"):
        loader.read(book_of(tmp_path, []), ReadHints())


def test_parts_are_found_where_the_package_says(tmp_path: Path) -> None:
    """Parts without the usual pointer, in another case, with backslashes, and in the strict dialect are read."""
    path = book_of(tmp_path, [["a", "b"], ["1", date(2026, 3, 10)]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            if name != "_rels/.rels":
                archive.writestr(name.replace("xl/", "XL\\"), content.replace(MAIN.encode(), strict))
    assert rows_of(loader.read(path, ReadHints())) == [(2, ("1", "2026-03-10"))]


def test_block_and_table_may_be_dropped_unread(tmp_path: Path) -> None:
    """A caller that looks at the header only leaves no file open (a ResourceWarning would fail this test)."""
    path = book_of(tmp_path, [["a"], *([str(n)] for n in range(600))])
    assert loader.read(path, ReadHints()).header == ("a",)
    assert len(next(loader.read(path, ReadHints(), block_rows=10).blocks).rows) == 10


def test_faults_of_a_row_travel_with_its_block(tmp_path: Path) -> None:
    """Each block brings the faults of its own rows."""
    path = book_of(tmp_path, [["q"], *([n + 0.5] for n in range(4))])
    blocks = list(loader.read(path, ReadHints(), block_rows=2).blocks)
    assert [[fault.row for fault in block.faults] for block in blocks] == [[2, 3], [4, 5]]
    assert blocks[0].faults[0] == Fault(2, 0, "cell.fraction", "A2: 0.5")

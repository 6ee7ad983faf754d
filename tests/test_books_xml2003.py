"""XML Spreadsheets 2003: what only they have."""

from __future__ import annotations

import pytest

from sync.books.shapes import Merge
from sync.books.xml2003cell import style_of
from sync.errors import SetAside
from tests.bookmakers import only_cell, read
from tests.bookmakers.xml2003 import cell, sheet, workbook

FROM_1904 = "<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook>"
A = '<Cell><Data ss:Type="String">a</Data></Cell>'


def data(text: str, kind: str = "Number", attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (data(" 42\n"), ("42", None)),
        (data("NaN"), ("NaN", "cell.error")),
        (data("true", "Boolean"), ("TRUE", "cell.boolean")),
        (data("#NAME?", "Error"), ("#NAME?", "cell.error")),
        (data("2026-03-10", "DateTime"), ("2026-03-10", "cell.date")),
        (data("2026-03-10T06:30:00.000", "DateTime"), ("2026-03-10 06:30:00", "cell.date")),
        (data("1899-12-31T06:30:00.000", "DateTime"), ("06:30:00", "cell.date")),
        (data("soon", "DateTime"), ("soon", "cell.date")),
        (data(" a\nb ", "String"), (" a\nb ", None)),
        (data("A<B>b</B><html:Font>c</html:Font>", "String"), ("Abc", None)),
        ('<Cell ss:Formula="=1+1"><Data/></Cell>', ("", "cell.formula")),
        ('<Cell ss:Formula="=1+1"><Data ss:Type="Number"> </Data></Cell>', ("", "cell.formula")),
        ('<Cell ss:Formula="=1+1"><Data ss:Type="Number">2</Data></Cell>', ("2", None)),
        ('<Cell><Data ss:Type="String">a</Data><Comment><Data>b</Data></Comment></Cell>', ("a", None)),
        ("<Cell><Data>untyped</Data></Cell>", ("untyped", None)),
    ],
)
def test_values_of_every_type(made: str, expected: tuple[str, str | None]) -> None:
    """Rich text is text, a comment is none, and a formula without a value is named."""
    assert only_cell("xml2003", cell(made)) == expected


@pytest.mark.parametrize("chunk", [8, 11, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_hidden_sheets_are_found_wherever_it_is_said(
    encoding: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a sheet is hidden stands behind its cells, in any encoding and at any border of the pieces."""
    monkeypatch.setattr("sync.books.xml2003.CHUNK", chunk)
    options = "<x:WorksheetOptions><x:Visible>SheetVeryHidden</x:Visible></x:WorksheetOptions>"
    made = workbook(f'<Worksheet ss:Name="a">{options}</Worksheet><Worksheet ss:Name="b"/>', [])
    found = read("xml2003", made.decode().encode(encoding))
    assert [(sheet.name, sheet.info.visible) for sheet in found] == [("a", False), ("b", True)]


def test_an_empty_text_of_a_formula_is_blank() -> None:
    """It was calculated."""
    assert read("xml2003", cell('<Cell ss:Formula="=x"><Data ss:Type="String"></Data></Cell>'))[0].rows == []


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("Short Date", True),
        ("Medium Time", True),
        ("d/m/yyyy;@", True),
        ("General Number", False),
        ("Currency", False),
        ("Fixed", False),
        ("Scientific", False),
        ("Yes/No", False),
        ("0", False),
    ],
)
def test_formats_by_their_names(name: str, moment: bool) -> None:  # noqa: FBT001 - an example
    """Some formats have names here that look like the letters of a date."""
    assert style_of(name).moment is moment


def test_a_duration_is_counted_from_the_first_day() -> None:
    """A format of elapsed hours shows 30:00, not a day of 1900."""
    made = cell(data("1900-01-01T06:00:00.000", "DateTime", 'ss:StyleID="s1"'), "[h]:mm:ss")
    assert only_cell("xml2003", made) == ("30:00:00", "cell.date")


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    """A number that is shown as a day is another day in a workbook of an old Mac."""
    made = cell(data("1", attributes='ss:StyleID="s1"'), "Short Date", more=FROM_1904)
    assert only_cell("xml2003", made) == ("1904-01-02", "cell.date")


@pytest.mark.parametrize(
    "rows",
    [
        '<Table ss:StyleID="s1"><Row>{}</Row></Table>',
        '<Table><Column/><Column ss:Index="1" ss:StyleID="s1"/><Row>{}</Row></Table>',
        '<Table><Column ss:Span="3" ss:StyleID="s1"/><Row>{}</Row></Table>',
        '<Table><Row ss:StyleID="s1">{}</Row></Table>',
        '<Table ss:StyleID="s0"><Row ss:StyleID="s0">{}</Row></Table>',
    ],
)
def test_a_cell_has_the_style_of_what_it_stands_in(rows: str) -> None:
    """Leading zeros come from the cell's own style, else its row's, its column's, its table's."""
    own = 'ss:StyleID="s1"' if "s0" in rows else ""
    table = rows.format(data("42", attributes=own)).replace("<Column/>", "")
    made = workbook(f'<Worksheet ss:Name="Stock">{table}</Worksheet>', ["General", "00000"])
    assert only_cell("xml2003", made) == ("00042", None)


def test_a_style_takes_what_it_does_not_say_from_its_parent() -> None:
    """A style for a colour only keeps the zeros of its parent."""
    child = '<Style ss:ID="child" ss:Parent="s1"><Font/></Style>'
    made = cell(data("42", attributes='ss:StyleID="child"'), "00000")
    assert only_cell("xml2003", made.replace(b"</Styles>", child.encode() + b"</Styles>")) == ("00042", None)


def test_rows_and_cells_without_a_number_follow_the_one_before() -> None:
    """Merged cells and spans of rows take their places with them."""
    rows = (
        f'<Row ss:Index="3">{A}<Cell ss:MergeAcross="2" ss:MergeDown="1"><Data>b</Data></Cell>{A}</Row>'
        f'<Row ss:Span="4"/><Row>{A}</Row>'
    )
    (found,) = read("xml2003", sheet(rows))
    assert found.lines == {3: [(0, "a"), (1, "b"), (4, "a")], 9: [(0, "a")]}
    assert found.merges == [Merge(3, 4, 1, 3)]


@pytest.mark.parametrize(
    "rows",
    [
        f'<Row ss:Index="3">{A}</Row><Row ss:Index="2">{A}</Row>',
        f'<Row>{A}<Cell ss:Index="1"><Data>b</Data></Cell></Row>',
        f'<Row ss:Index="0">{A}</Row>',
        '<Row><Cell ss:MergeAcross="-5"/></Row>',
        '<Column ss:Index="3"/><Column ss:Index="2"/>',
    ],
)
def test_places_that_go_back_are_damage(rows: str) -> None:
    """A row or cell that stands before the last one is never guessed."""
    with pytest.raises(SetAside, match="damaged"):
        read("xml2003", sheet(rows))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b'<?xml version="1.0"?><Workbook/>', "no spreadsheet"),
        (sheet(f"<Row><Cell><Data>{'a' * (1 << 21)}</Data></Cell></Row>"), "no stock file"),
        (sheet("<Row>")[:-60], "damaged or cut off"),
        (sheet("<Row>" + "<a>" * 2000 + "</a>" * 2000 + "</Row>"), "without end"),
        (cell("<Cell><Data>" + "<b>" * 2000 + "</b>" * 2000 + "</Data></Cell>"), "without end"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, words: str) -> None:
    """IN22, IN23: hostile, foreign and cut documents are refused in words."""
    with pytest.raises(SetAside, match=words):
        read("xml2003", content)

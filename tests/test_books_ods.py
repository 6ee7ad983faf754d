"""OpenDocument spreadsheets: what only they have."""

from __future__ import annotations

import pytest

from sync.books.bounds import COLUMNS_MAX, ROWS_MAX, TEXT_MAX
from sync.books.odsreader import REPEATED_MAX
from sync.books.shapes import Merge
from sync.errors import SetAside
from tests.bookmakers import only_cell, read
from tests.bookmakers.ods import cell, packed, sheet

A = "<table:table-cell office:value-type='string'><text:p>a</text:p></table:table-cell>"


def row(cells: str = A, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def repeated(times: int, what: str = "rows") -> str:
    return f'table:number-{what}-repeated="{times}"'


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<text:p>one</text:p><text:p/><text:p>three</text:p>", "one\n\nthree"),
        ("<text:p>\n  in the\n  source </text:p>", "in the source"),
        ('<text:p>A<text:s text:c="3"/>B<text:s/>C</text:p>', "A   B C"),
        ("<text:p>A<text:tab/>B<text:line-break/>C</text:p>", "A\tB\nC"),
        ("<text:p>A<text:span>B<text:a>C</text:a></text:span>D</text:p>", "ABCD"),
        ("<office:annotation><text:p>note</text:p></office:annotation><text:p>A</text:p>", "A"),
        ("<text:p>A<office:annotation><text:p>note</text:p></office:annotation></text:p>", "A"),
        ("<text:p>A<text:ruby-text>no</text:ruby-text></text:p>", "A"),
        ("<table:table><table:table-row/></table:table><text:p>A</text:p>", "A"),
    ],
)
def test_paragraphs_are_shown_as_a_person_sees_them(inside: str, text: str) -> None:
    """White space of the document is none; notes and drawings are no text of the cell."""
    made = cell(f"<table:table-cell office:value-type='string'>{inside}</table:table-cell>")
    assert only_cell("ods", made) == (text, None)


@pytest.mark.parametrize(
    ("attributes", "shown", "expected"),
    [
        ("office:value-type='percentage' office:value='0.5'", "50%", ("0.5", "cell.fraction")),
        ("office:value-type='currency' office:value='12'", "12,00 €", ("12", None)),
        ("office:value-type='currency' office:value='42'", "TL 42", ("42", None)),
        ("office:value-type='float' office:value='42'", "1,042", ("42", None)),
        ("office:value-type='float' office:value='-42'", "-42", ("-42", None)),
        ("office:value-type='float' office:value='1230000000000'", "1.23E+12", ("1230000000000", None)),
        ("office:value-type='float' office:value='12345678901234567'", "012345678901234567", None),
        (
            "office:value-type='float' office:value='1' table:formula='of:=TRUE()'",
            "DOĞRU",
            ("TRUE", "cell.boolean"),
        ),
        (
            "office:value-type='float' office:value='0' table:formula='of:=A1'",
            "Err:502",
            ("Err:502", "cell.error"),
        ),
        (
            "office:value-type='float' office:value='0' table:formula='of:=A1'",
            "#WERT!",
            ("#WERT!", "cell.error"),
        ),
        ("office:value-type='string'", "#N/A", ("#N/A", "cell.error")),
        ("office:value-type='string' calcext:value-type='string'", "#N/A", ("#N/A", None)),
        ("office:value-type='string' calcext:value-type='error'", "", ("#N/A", "cell.error")),
        ("office:value-type='float' office:value='NaN'", "", ("NaN", "cell.error")),
        ("office:value-type='float'", "1,234", ("1,234", None)),
        ("office:value-type='time' office:time-value='PT06H30M00S'", "06:30", ("06:30:00", "cell.date")),
        ("office:value-type='time' office:time-value='P1DT6H0M5.25S'", "30:00", ("30:00:05", "cell.date")),
        ("office:value-type='time' office:time-value='soon'", "", ("soon", "cell.date")),
        ("office:value-type='date' office:date-value='-0044-03-15'", "", ("-0044-03-15", "cell.date")),
        ("office:value-type='string' office:string-value='kept'", "", ("kept", None)),
        ("table:formula='of:=\"a\"' office:value-type='string'", "a", ("a", None)),
        ("", "untyped", ("untyped", None)),
    ],
)
def test_values_of_every_type(attributes: str, shown: str, expected: tuple[str, str | None] | None) -> None:
    """The value counts, the text only for codes, truth values and errors."""
    expected = expected or ("12345678901234567", "cell.digits")
    paragraph = f"<text:p>{shown}</text:p>" if shown else ""
    assert (
        only_cell("ods", cell(f"<table:table-cell {attributes}>{paragraph}</table:table-cell>")) == expected
    )


def test_a_formula_that_gave_an_empty_text_is_blank() -> None:
    """LibreOffice writes an empty paragraph for it; no paragraph means that it was never calculated."""
    formula = "<table:table-cell table:formula='of:=\"\"'>{}</table:table-cell>"
    assert read("ods", cell(formula.format("<text:p/>")))[0].rows == []
    assert only_cell("ods", cell(formula.format(""))) == ("", "cell.formula")


def test_repeated_rows_and_cells_are_written_out() -> None:
    """A program writes equal neighbours once; they are as many rows and cells as it says."""
    twice = "<table:table-cell/>" + A.replace("string'", f"string' {repeated(2, 'columns')}")
    made = sheet(row(twice, repeated(3)) + row("", repeated(2)) + row())
    assert read("ods", made)[0].lines == {
        **{number: [(1, "a"), (2, "a")] for number in (1, 2, 3)},
        6: [(0, "a")],
    }


def test_repeated_blanks_cost_nothing() -> None:
    """Blank rows and cells that go on to the end of all sheets, and beyond, are no rows."""
    blanks = "<table:table-cell " + repeated(10**9, "columns") + "/>"
    made = sheet(row(A + blanks) + row(blanks, repeated(10**12)))
    assert read("ods", made)[0].lines == {1: [(0, "a")]}


@pytest.mark.parametrize(
    "rows",
    [
        row(attributes=repeated(ROWS_MAX)) + row(),
        row(A.replace("string'", f"string' {repeated(COLUMNS_MAX + 1, 'columns')}")),
        row(
            A.replace("string'", f"string' {repeated(COLUMNS_MAX, 'columns')}"),
            repeated(REPEATED_MAX // COLUMNS_MAX + 2),
        ),
        row(A.replace(">a<", f">{'a' * 32 * 8}<"), repeated(REPEATED_MAX // 8)),
        row(f"<table:table-cell><text:p>{'a' * (TEXT_MAX + 1)}</text:p></table:table-cell>"),
        row(f"<table:table-cell><text:p><text:s text:c='{10**15}'/></text:p></table:table-cell>"),
        row("<table:table-cell>" + f"<text:p>{'a' * 1000}</text:p>" * 1100 + "</table:table-cell>"),
    ],
)
def test_what_no_stock_file_holds_is_refused(rows: str) -> None:
    """HI: a few bytes cannot become billions of cells, nor one cell a gigabyte."""
    with pytest.raises(SetAside, match="no stock file"):
        read("ods", sheet(rows))


def test_what_a_merged_cell_covers_is_not_shown() -> None:
    """A covered cell may still hold the text that it had before the merge: nobody sees it."""
    merged = A.replace("string'", "string' table:number-columns-spanned='2' table:number-rows-spanned='1'")
    covered = A.replace("table:table-cell", "table:covered-table-cell").replace(">a<", ">old<")
    (found,) = read("ods", sheet(row(merged + covered + A)))
    assert (found.lines, found.merges) == ({1: [(0, "a"), (2, "a")]}, [Merge(1, 1, 0, 1)])


def test_rows_are_found_in_their_groups_and_nowhere_else() -> None:
    """Header rows and outlines hold rows; a collapsed outline hides them; tracked changes hold none."""
    head, group = (
        "<table:table-header-rows>{}</table:table-header-rows>",
        "<table:table-row-group {}>{}</table:table-row-group>",
    )
    shown, closed = group.format("", row()), group.format("table:display='false'", group.format("", row()))
    changes = f"<table:tracked-changes><table:table><table:table-row>{A}</table:table-row></table:table></table:tracked-changes>"
    made = packed(
        f"{changes}<table:table table:name='s'>{head.format(row())}{shown}{closed}{row()}</table:table>"
    )
    (found,) = read("ods", made)
    assert [(each.number, each.hidden) for each in found.rows] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed("", "<m:encryption-data/>"), "locked with a password"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b'<?xml version="1.0"?><other/>', "no spreadsheet"),
    ],
)
def test_what_is_no_open_spreadsheet_is_named(content: bytes, words: str) -> None:
    """IN22: locked, hostile and other documents are refused in words."""
    with pytest.raises(SetAside, match=words):
        read("fods" if content.startswith(b"<") else "ods", content)

"""CSV-like files: rows that do not fit, lines that a person counts, quotation marks left open, delimiters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync import loader
from sync.errors import FixSetup, SetAside
from sync.loader import dialect, splitting
from sync.rows import Fault, ReadHints

if TYPE_CHECKING:
    from pathlib import Path

Rows = list[tuple[int, tuple[str, ...]]]


def read(folder: Path, content: str | bytes, **hints: str) -> tuple[Rows, list[Fault]]:
    blocks = list(loader.read(file(folder, content), ReadHints(header_rows=(1,), **hints)).blocks)
    rows: Rows = []
    for block in blocks:
        cells = zip(*(column.to_pylist() for column in block.cells), strict=True)
        rows += [(int(number), row) for number, row in zip(block.rows, cells, strict=True)]
    return rows, [fault for block in blocks for fault in block.faults]


def file(folder: Path, content: str | bytes) -> Path:
    path = folder / "stock.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(folder: Path, content: str | bytes, **hints: str) -> str:
    with pytest.raises(SetAside) as caught:
        read(folder, content, **hints)
    return str(caught.value)


def test_short_and_long_rows_are_kept_and_named(tmp_path: Path) -> None:
    """A row that does not fit is padded or cut, and a fault says so; it is never dropped or shifted."""
    rows, faults = read(tmp_path, "a,b,c\n1,2\n1,2,3,4\n1,2,3\n")
    assert rows == [(2, ("1", "2", "")), (3, ("1", "2", "3")), (4, ("1", "2", "3"))]
    assert faults == [
        Fault(2, None, "row.short", "2 cells instead of 3"),
        Fault(3, None, "row.long", "4 cells instead of 3, beyond it: 4"),
    ]


def test_empty_cells_beyond_the_header_are_no_fault(tmp_path: Path) -> None:
    """A delimiter at the end of each row hides nothing."""
    assert read(tmp_path, "a,b\n1,2,\n3,4, ,\n") == ([(2, ("1", "2")), (3, ("3", "4"))], [])


def test_missing_cells_under_a_blank_header_are_no_fault(tmp_path: Path) -> None:
    """A delimiter at the end of the header only, or of the rows too, is fine; the blank name is kept."""
    assert loader.read(file(tmp_path, "a;b;;\n1;2\n"), ReadHints()).header == ("a", "b", "", "")
    assert read(tmp_path, "a;b;;\n1;2\n3;4;\n") == ([(2, ("1", "2", "", "")), (3, ("3", "4", "", ""))], [])


def test_lines_on_which_nothing_stands_are_no_rows(tmp_path: Path) -> None:
    """Empty lines count as lines and not as rows; a row of empty cells is a row."""
    rows, faults = read(tmp_path, "a;b\n\n1;2\n   \n;\n\r\n3;4")
    assert (rows, faults) == ([(3, ("1", "2")), (5, ("", "")), (7, ("3", "4"))], [])


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    """CR, LF and CRLF mixed, and line breaks inside quotation marks, all count one."""
    rows, _ = read(tmp_path, 'a,b\r1,"x\r\ny\rz\n"\n2,"q"\r\n\r3,r\n')
    assert rows == [(2, ("1", "x\r\ny\rz\n")), (6, ("2", "q")), (8, ("3", "r"))]


def test_line_numbers_hold_across_many_slices(tmp_path: Path) -> None:
    """Row numbers stay right where folded and plain rows follow each other over thousands of lines."""
    body = "".join(f'{n},"two\nlines"\n' if n % 300 == 7 else f"{n},x\n" for n in range(2000))
    rows, _ = read(tmp_path, "n,t\n" + body)
    numbers = [2]
    for _, (_, text) in rows[:-1]:
        numbers.append(numbers[-1] + 1 + text.count("\n"))
    assert [number for number, _ in rows] == numbers
    assert [row[0] for _, row in rows] == [str(n) for n in range(2000)]


def test_a_file_of_one_column_is_read_whole(tmp_path: Path) -> None:
    """Where nothing is split in the head, a comma further down splits nothing either."""
    content = "sku\n" + "A\n" * 300 + 'x,y\n" "\n\n'
    rows, faults = read(tmp_path, content)
    assert (len(rows), faults) == (302, [])
    assert rows[-2:] == [(302, ("x,y",)), (303, (" ",))]


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"'])
def test_a_sep_line_names_the_delimiter_and_is_no_row(tmp_path: Path, line: str) -> None:
    """Excel's `sep=;` is obeyed, left out, and counted as a line."""
    path = file(tmp_path, f"{line}\r\na;b,c\r\n1;2,3\r\n")
    table = loader.read(path, ReadHints(header_rows=(2,)))
    assert (table.header, table.read_as.delimiter) == (("a", "b,c"), ";")
    assert [int(number) for block in table.blocks for number in block.rows] == [3]


def test_a_declared_delimiter_wins(tmp_path: Path) -> None:
    """The mapping's word goes before the `sep=` line and before what the lines look like."""
    path = file(tmp_path, "sep=;\na;b|c\n")
    assert loader.read(path, ReadHints(delimiter="|")).header == ("a;b", "c")


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["a;b;c", "x;1,5;2", "y;2,5;3"], ";"),
        (["id;value", *["1;3,4,5"] * 6], ";"),
        (["A;1,5", "B;2,5"], ";"),
        (["Report, made today", "", "a\tb\tc", "1,5\t2\t3", "1\t2\t3"], "\t"),
        (["a|b", '"x|y"|1', "z|2"], "|"),
        (["a,b,c", '"x;y;z",1;2,3', "p,2,3"], ","),
        (['"a,b"', '"c,d"'], None),
        (["sku", "A-1", "B;2"], ";"),
        (["only"], None),
        ([], None),
    ],
)
def test_the_delimiter_is_found_by_the_steadiest_count(lines: list[str], delimiter: str | None) -> None:
    """Decimal commas, text with other delimiters and title lines do not mislead."""
    assert dialect.sniff([line + "\n" for line in lines]) == delimiter


def test_a_quotation_mark_that_is_never_closed_sets_the_file_aside(tmp_path: Path) -> None:
    """IN07: the rows behind an open quotation mark do not vanish; the line is named."""
    assert refusal(tmp_path, 'l,s,q\nA,S0,1\nA,"S1,1\nA,S2,2\nA,S3,3\n').startswith(
        "Line 3: a quotation mark is opened there and never closed."
    )


def test_text_after_a_closing_quotation_mark_sets_the_file_aside(tmp_path: Path) -> None:
    """A quotation mark that is not doubled inside a cell is named, not guessed at."""
    blank_lines = "\n" * 400
    assert refusal(tmp_path, f'l,s\n{blank_lines}A,"12" pipe"\n').startswith(
        "Line 402: text follows a closing quotation mark."
    )


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ('l,s,q\nA,"S1,1\nA,S2,2\nA,S3,3",3\n', "line 2 runs to line 4"),
        ('l,s,d,q\nA,S0,x,1\nA,S1,"desc,5\nA,S2,desc",7\n', "line 3 runs to line 4"),
    ],
)
def test_an_open_quotation_mark_that_swallows_rows_sets_the_file_aside(
    tmp_path: Path, content: str, lines: str
) -> None:
    """Two stray marks give a valid CSV in which rows are gone, or one takes the other's quantity: never read so."""
    assert refusal(tmp_path, content).startswith(f"An open quotation mark in {lines} and swallows rows.")


def test_an_honest_cell_of_several_lines_is_read(tmp_path: Path) -> None:
    """Line breaks and delimiters in a description alone are no sign of an open quotation mark."""
    rows, _ = read(tmp_path, 'l,s,d,q\nA,S1,"red, blue\nor green\n\nnew",5\n')
    assert rows == [(2, ("A", "S1", "red, blue\nor green\n\nnew", "5"))]


def test_a_cell_over_a_megabyte_sets_the_file_aside(tmp_path: Path) -> None:
    """A cell that no person wrote is not read, and its line is named."""
    lines = "x" * 1023 + "\n"
    assert refusal(tmp_path, f'a,b\n1,2\n3,"{lines * 1025}"\n').startswith(
        "Line 3: a cell is larger than 1 MB"
    )


def test_a_line_without_end_sets_the_file_aside(tmp_path: Path) -> None:
    """A line of many megabytes is refused before it is taken into memory as a whole."""
    assert refusal(tmp_path, "a,b\n1,2\n" + "3," * 3_000_000).startswith(
        "Line 3 is longer than 4194304 characters"
    )


def test_a_header_row_that_is_not_there_sets_the_file_aside(tmp_path: Path) -> None:
    """IN14: a declared header row beyond the end, or on a blank line, is named."""
    for row in (2, 9):
        with pytest.raises(SetAside, match=f"Row {row} should hold the header, but is blank or not there"):
            loader.read(file(tmp_path, "a,b\n , \n1,2\n"), ReadHints(header_rows=(row,)))


def test_blank_lines_only_set_the_file_aside(tmp_path: Path) -> None:
    """IN03: a file without any row is no table."""
    assert refusal(tmp_path, "\n\n", delimiter=",").startswith("Row 1 should hold the header")
    with pytest.raises(SetAside, match="The file has no rows"):
        loader.read(file(tmp_path, "\n  \n"), ReadHints())


def test_a_missing_last_line_end_is_told(tmp_path: Path) -> None:
    """IN01: a file that may be cut says so; one that ends in CR does not."""
    assert loader.read(file(tmp_path, "a,b\n1,2"), ReadHints()).warnings == (
        "the file does not end with a line end",
    )
    assert loader.read(file(tmp_path, "a,b\r1,2\r"), ReadHints()).warnings == ()


def test_a_file_that_changes_while_it_is_read_sets_itself_aside(tmp_path: Path) -> None:
    """Bytes that were not there when the file was checked end in words, not in a decoder's error."""
    path = file(tmp_path, "a,b\n1,2\n")
    table = loader.read(path, ReadHints())
    path.write_bytes(b"a,b\n1,\xff\n")
    with pytest.raises(SetAside, match="The file changed while it was read"):
        list(table.blocks)


def test_the_tokenizer_hands_out_what_came_before_an_error() -> None:
    """The line of a record in error is counted from the rows before it, which `extend` must keep."""
    rows: list[list[str]] = []
    with pytest.raises(ZeroDivisionError):
        rows.extend([str(1 // n)] for n in (1, 1, 0))
    assert splitting.lines_of(rows) == 2


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n"])
def test_a_declared_delimiter_must_be_one_character(tmp_path: Path, delimiter: str) -> None:
    """What cannot stand between cells is a mistake of the mapping, not of the file."""
    with pytest.raises(FixSetup, match="is not one character"):
        loader.read(file(tmp_path, "a,b\n"), ReadHints(delimiter=delimiter))

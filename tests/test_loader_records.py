"""Rows that are cut, ragged or broken in their quotes are kept under their lines and named; none vanishes, none is made up."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import loader
from sync.errors import SetAside
from sync.loader import delimited
from sync.loader.oddlines import may_be_glued, odd
from sync.loader.quoting import Dialect
from sync.rows import ReadHints
from tests.test_loader import rows_of

if TYPE_CHECKING:
    from pathlib import Path

HINTS = ReadHints(header_rows=(1,), delimiter=",")
GOOD = [f'{n},"text, {n}",EA' for n in range(30)]


def read(
    folder: Path, lines: list[str], hints: ReadHints = HINTS
) -> tuple[list[tuple[int, tuple[str, ...]]], list[tuple[int, str]]]:
    """Read lines as a table: its rows, and the row faults."""
    path = folder / "stock.csv"
    path.write_text("\n".join(["no,name,unit", *lines, ""]), encoding="utf-8", newline="")
    blocks = list(delimited.read(path, hints, block_rows=7).blocks)
    rows = [
        row
        for block in blocks
        for row in zip(
            block.rows.tolist(), zip(*(c.to_pylist() for c in block.cells), strict=True), strict=True
        )
    ]
    return rows, [(fault.row, fault.code) for block in blocks for fault in block.faults]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('8,"5" pipe, long",EA', ("8", '5" pipe, long', "EA")),
        ('8,"Round 48"","x"', ("8", 'Round 48"', "x")),
        ('8,"a" b,"c"', ("8", 'a" b', "c")),
        ('"8,lamp,"x"', ("8", "lamp", "x")),
    ],
)
def test_a_line_whose_quotes_do_not_pair_up_is_one_reject(
    tmp_path: Path, line: str, cells: tuple[str, ...]
) -> None:
    """It comes under its line, as it was most likely meant, marked row.quotes; its neighbours are not touched."""
    rows, faults = read(tmp_path, [*GOOD, line, *GOOD])
    assert len(rows) == 61
    assert (rows[30], faults) == ((32, cells), [(32, "row.quotes")])


def test_a_delimiter_that_is_missing_before_a_quote_does_not_shift_a_row(tmp_path: Path) -> None:
    """By chance such a line has as many cells as the header; it is found, split and rejected."""
    rows, faults = read(tmp_path, [*GOOD, 'pack"text, 8",EA', *GOOD])
    assert (rows[30], faults) == ((32, ("pack", "text, 8", "EA")), [(32, "row.quotes")])


def test_inches_and_names_are_no_broken_quotes(tmp_path: Path) -> None:
    """A quote inside an unquoted cell is a sign like any other."""
    rows, faults = read(tmp_path, [*GOOD, '8,5" x 3",EA', '9,O"Brien,"EA"'])
    assert (rows[30][1], rows[31][1], faults) == (("8", '5" x 3"', "EA"), ("9", 'O"Brien', "EA"), [])


def test_an_open_quote_whose_next_line_is_a_row_of_its_own_rejects_its_line_only(tmp_path: Path) -> None:
    """Both lines have the header's width apart, and nearly twice as much together: they are two rows."""
    rows, faults = read(tmp_path, [*GOOD, '8,lamp"x","EA', '9,"shade, red",EA', *GOOD])
    assert [row for row in rows if row[0] in {32, 33}][1] == (33, ("9", "shade, red", "EA"))
    assert (len(rows), faults) == (62, [(32, "row.quotes")])


def test_a_broken_record_over_lines_that_are_no_rows_sets_the_file_aside(tmp_path: Path) -> None:
    """What belongs together cannot be told, so nothing is."""
    with pytest.raises(SetAside, match="Line 32: text follows a closing quotation mark"):
        read(tmp_path, [*GOOD, '8,"lamp', 'big "x" shade",EA', *GOOD])


def test_too_many_broken_lines_mean_that_the_dialect_is_not_understood(tmp_path: Path) -> None:
    """More than one row in five: the whole file is set aside, with the first such line."""
    broken = '1,"say "x" loud",EA'
    assert len(read(tmp_path, [*GOOD, *[broken] * 7])[0]) == 37
    with pytest.raises(SetAside, match=r"Line 32: .* declare read\.quote"):
        read(tmp_path, [*GOOD, *[broken] * 12])


def test_a_line_with_another_delimiter_is_one_reject(tmp_path: Path) -> None:
    """It comes as the cells that it was meant to have, and marked: nobody looked at it when it was pasted."""
    rows, faults = read(tmp_path, [*GOOD, "8;lamp, red;EA", *GOOD])
    assert (rows[30], faults) == ((32, ("8", "lamp, red", "EA")), [(32, "row.delimiter")])


def test_an_extra_empty_cell_may_hide_a_shift(tmp_path: Path) -> None:
    """One delimiter too many moves cells to the right, where the last one is empty: never read as if it were fine."""
    rows, faults = read(tmp_path, [*GOOD, "8,,lamp,", *GOOD])
    assert (rows[30], faults) == ((32, ("8", "", "lamp")), [(32, "row.long")])


def test_bytes_of_no_encoding_are_a_fault_of_their_cells(tmp_path: Path) -> None:
    """Text damaged before it came: shown as escapes, never as other letters; the rest of the file is read."""
    path = tmp_path / "stock.csv"
    lines = [
        b"sku,name",
        *[b"A%d,plain" % n for n in range(9)],
        b"B1,soft\xe5\xca\x89\xdb\xa2tee",
        b"B\x81\x8d,x",
        b"",
    ]
    path.write_bytes(b"\n".join(lines))
    table = loader.read(path, ReadHints())
    (block,) = table.blocks
    assert [(fault.row, fault.column, fault.code, fault.shown) for fault in block.faults] == [
        (11, 1, "cell.encoding", r"soft\xe5\xca\x89\xdb\xa2tee"),
        (12, 0, "cell.encoding", r"B\x81\x8d"),
    ]
    assert block.cells[1][9].as_py() == r"soft\xe5\xca\x89\xdb\xa2tee"
    assert "text in no encoding" in table.warnings[0]


def test_bytes_of_no_encoding_above_the_rows_are_no_fault_of_a_row(tmp_path: Path) -> None:
    """A title may hold them, and there may be no rows at all."""
    (tmp_path / "stock.csv").write_bytes(b"a,b\nlist,\xe5\xca\x89\xdb\xa2\na,b\nsku,qty\n")
    assert list(loader.read(tmp_path / "stock.csv", ReadHints(header_rows=(4,))).blocks) == []


CELL = st.text(st.sampled_from('ab1 ,"\n'), max_size=5)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=20), st.integers(1, 9))
def test_no_record_vanishes_and_none_is_made_up(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], block_rows: int
) -> None:
    """Law: of what csv writes every record with any text is there under its line, or the file is set aside."""
    text, starts = io.StringIO(newline=""), []
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in [["h1", "h2", "h3"], *rows]:
        starts.append(1 + text.getvalue().count("\n"))
        writer.writerow(row)
    path = tmp_path_factory.mktemp("law") / "stock.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    try:
        seen = rows_of(delimited.read(path, HINTS, block_rows=block_rows))
    except SetAside:
        return
    wanted = {
        start: row for start, row in zip(starts[1:], rows, strict=True) if len(row) > 1 or row[0].strip()
    }
    assert {number: cells[: len(wanted[number])] for number, cells in seen} == {
        number: tuple(row[:3]) for number, row in wanted.items()
    }


@given(st.lists(st.text(alphabet='a1, ;"\t', max_size=12), max_size=6))
def test_a_line_with_a_glued_quote_is_never_overlooked(lines: list[str]) -> None:
    """The one look at many lines may find too much, never too little: the lines alone give the same as together."""
    dialect = Dialect(",", width=3)
    lot = [f"{line}\r\n" for line in lines]
    alone = {at: found for at, line in enumerate(lot) for _, found, _ in odd([line], [], dialect)}
    pattern = re.compile(r'(?:^|,)[^,"\r\n]*[^,"\r\n0-9\s](?="\w)')
    wide = {at for at, line in enumerate(lot) if pattern.search(line)}
    together = {at: found for at, found, _ in odd(lot, [], dialect)}
    assert (together, together.keys() <= wide) == (alone, True)
    assert wide == {at for at, line in enumerate(lot) if at in wide and may_be_glued("".join(lot), dialect)}

"""How lines are split is told from all of them: delimiter, quote, escape, spaces and frames; and every decision says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync import loader
from sync.errors import FixSetup, SetAside
from sync.loader import dialect
from sync.rows import ReadHints
from tests.test_loader import rows_of

if TYPE_CHECKING:
    from pathlib import Path


def file(folder: Path, content: str) -> Path:
    (folder / "stock.csv").write_text(content, encoding="utf-8", newline="")
    return folder / "stock.csv"


def table(folder: Path, content: str, **hints: str) -> list[tuple[str, ...]]:
    """Read a text whose first line is the header."""
    read = loader.read(file(folder, content), ReadHints(header_rows=(1,), **hints))
    return [read.header, *(cells for _, cells in rows_of(read))]


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["'Alpha Ltd.';€ 1,80;€ 9000,50", "'Beta';€ 2,00;€ 100000,30"], ";"),
        (["7;a b|c d|e f;1.1|1.2|1.3;ON;;;OFF"], ";"),
        (["code^name^qty", "A^x, y^1", "B^z^2", "C^v, w^3"], "^"),
        (["code~qty", "A~1", "B~2", "C~3"], "~"),
        (["sku qty", "A 1", "B 2", "C 3"], " "),
        (['no what "text" "more"', '1 a "x, y" "p"', '2 b "z" "q, r, s"', '3 c d "u" "v"'], " "),
        (["time", "12:30", "12:45", "13:00", "7:15:00"], None),
        (["a note, in words", "and one more", "then, a third"], ","),
        (["sku,qty", "A,1:2", "B,1:3", "C,1:4"], ","),
    ],
)
def test_what_splits_all_lines_alike_is_the_delimiter(lines: list[str], delimiter: str | None) -> None:
    """Cells that look whole, and quotes that lean against a sign, decide where counting does not."""
    assert dialect.sniff([f"{line}\n" for line in lines]) == delimiter


def test_two_delimiters_that_fit_equally_well_are_asked_about() -> None:
    """Nothing is guessed where two signs split every line into as many cells."""
    with pytest.raises(SetAside, match="Both semicolon and pipe split every line into 2 cells"):
        dialect.find(["a;b|c\n", "d;e|f\n", "g;h|i\n"])


def test_a_declared_delimiter_ends_the_question(tmp_path: Path) -> None:
    """`read.delimiter` is the remedy that the refusal names."""
    assert table(tmp_path, "a;b|c\nd;e|f\ng;h|i\n", delimiter="|")[1] == ("d;e", "f")


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n'x, y',1\n'p, q',2\n", [("a", "b"), ("x, y", "1"), ("p, q", "2")]),
        ("a,b\n'men's, L',1\n'x',2\n", [("a", "b"), ("men's, L", "1"), ("x", "2")]),
        ('a,b\n\'2"" x, L\',1\n\'don\'t\',2\n', [("a", "b"), ('2" x, L', "1"), ("don't", "2")]),
        ("a,b\n'0012,1\n'0013,2\n", [("a", "b"), ("'0012", "1"), ("'0013", "2")]),
        ("a,b\nmen's,1\nx',2\n", [("a", "b"), ("men's", "1"), ("x'", "2")]),
        ('a\tb\n"Best" one\t1\n"New" one\t2\n', [("a", "b"), ('"Best" one', "1"), ('"New" one', "2")]),
        ('a,b\n5" pipe,1\n6" pipe,2\n', [("a", "b"), ('5" pipe', "1"), ('6" pipe', "2")]),
    ],
)  # fmt: skip
def test_the_quote_is_what_cells_begin_and_end_with(
    tmp_path: Path, content: str, rows: list[tuple[str, ...]]
) -> None:
    """Apostrophes quote where they hold whole cells; a text marker, an inch or a name does not."""
    assert table(tmp_path, content) == rows


def test_an_escape_sign_is_told_by_the_quotes_behind_it(tmp_path: Path) -> None:
    r"""Where every inner quote stands behind the same sign, it escapes; elsewhere the sign stays as it is."""
    content = 'a,b\n"5\\" pipe, C:\\dir",1\n"say \\"x\\"",2\n"C:\\\\",3\n\\N,4\n'
    rows = [('5" pipe, C:\\dir', "1"), ('say "x"', "2"), ("C:\\", "3"), ("\\N", "4")]
    assert table(tmp_path, content) == [("a", "b"), *rows]


def test_what_is_declared_is_not_asked(tmp_path: Path) -> None:
    """Quote and escape go as the mapping says; nothing quoted, nothing escaped are answers too."""
    assert table(tmp_path, 'a;b\n"x;1\n', quote="") == [("a", "b"), ('"x', "1")]
    assert table(tmp_path, "a;b\n~x;y~;1\n", quote="~") == [("a", "b"), ("x;y", "1")]
    assert table(tmp_path, 'a;b\n"x^"y";1\n', escape="^") == [("a", "b"), ('x"y', "1")]


@pytest.mark.parametrize("hints", [{"quote": "''"}, {"escape": "\n"}, {"quote": ";", "delimiter": ";"}])
def test_a_declared_sign_is_one_character_of_its_own(tmp_path: Path, hints: dict[str, str]) -> None:
    """What cannot quote or escape is a mistake of the mapping."""
    with pytest.raises(FixSetup, match="is not one character of its own"):
        table(tmp_path, "a;b\n", **hints)


def test_a_space_behind_each_delimiter_belongs_to_it(tmp_path: Path) -> None:
    """Quotes behind `, ` quote."""
    content = 'a, b, c\n1, "x, y", 2\n3, "z", 4\n'
    assert table(tmp_path, content) == [("a", "b", "c"), ("1", "x, y", "2"), ("3", "z", "4")]


def test_a_drawn_table_loses_its_frame_and_keeps_its_lines(tmp_path: Path) -> None:
    """Rules are no rows, the outer pipes no cells; row numbers are those of the file."""
    content = "Stock list\n-----------\n|Mat |Qty|\n|----+---|\n|A1  |5  |\n|B2  |7  |\n-----------\n"
    read = loader.read(file(tmp_path, content), ReadHints(header_rows=(3,)))
    assert read.header == ("Mat", "Qty")
    assert rows_of(read) == [(5, ("A1  ", "5  ")), (6, ("B2  ", "7  "))]


def test_every_decision_has_its_evidence(tmp_path: Path) -> None:
    """Encoding, delimiter, quote, escape and row ends come with words for a person."""
    evidence = loader.read(file(tmp_path, 'a;b\r\n"x";1\r\n'), ReadHints()).read_as.evidence
    assert evidence == {
        "encoding": "every byte is ASCII",
        "quote": '1 cells begin and end with "',
        "escape": "every quoted cell closes where a cell ends",
        "delimiter": "2 of 2 rows looked at have 2 cells",
        "row ends": "CRLF",
    }
    told = loader.read(file(tmp_path, "sep=;\na;b\n"), ReadHints(header_rows=(2,), quote="")).read_as
    assert (told.evidence["delimiter"], told.evidence["quote"]) == ("line 1 says so (sep=)", "as declared")

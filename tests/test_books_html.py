"""Web pages that are named .xls: what only they have."""

from __future__ import annotations

import pytest

from sync.books.bounds import TEXT_MAX
from sync.books.shapes import Merge
from sync.errors import SetAside
from tests.bookmakers import only_cell, read
from tests.bookmakers.html import cell, page, table


def of(text: str) -> str:
    """Write a table of one cell."""
    return f"<table><tr><td>{text}</td></tr></table>"


TABLE = of("a")


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<td>\n  in the\n  source </td>", "in the source"),
        ("<td>one<br>two<br/>three<br></td>", "one\ntwo\nthree"),
        ("<td><p>one</p><p>two</p>three</td>", "one\ntwo\nthree"),
        ("<td><div><b>A</b>-<font color=red>1</font></div></td>", "A-1"),
        ("<td>&nbsp;A&amp;B&#39;s &lt;1&gt; &euro;&nbsp;</td>", "A&B's <1> €"),
        ("<td>1&nbsp;234</td>", "1\xa0234"),
        ("<td>00123</td>", "00123"),
        ("<td>A<!-- no -->B<!--[if gte mso 9]><td>no</td><![endif]--></td>", "AB"),
        ("<td><![if !supportEmptyParas]>A<![endif]></td>", "A"),
        ("<td>A<script>if (1 < 2) {'</td>'}</script><style>b</style></td>", "A"),
        ("<td>A<span style='display: none'>no<span>no</span></span>B</td>", "AB"),
        ("<td>A<span style='mso-hide:all'>no</span></td>", "A"),
        ("<td>A<comment>no</comment></td>", "A"),
        ("<th>A</th>", "A"),
        ("<TD NOWRAP CLASS=x>A</TD>", "A"),
    ],
)
def test_cells_are_shown_as_a_browser_shows_them(inside: str, text: str) -> None:
    """Line ends of the source are spaces, <br> is a line end, and what is hidden is not there."""
    assert only_cell("html", cell(inside)) == (text, None)


@pytest.mark.parametrize(
    ("attributes", "shown", "expected"),
    [
        ("x:num", "42", ("42", None)),
        ('x:num="1230000000000"', "1.23E+12", ("1.23E+12", None)),
        ('x:num="42"', "00042", ("00042", None)),
        ('x:num="1234"', "1,234", ("1,234", None)),
        ('x:num="1234.5"', "1,235", ("1234.5", "cell.fraction")),
        ('x:num="440.583"', "441", ("440.583", "cell.fraction")),
        ('sdval="0.4"', "0", ("0.4", "cell.fraction")),
        ('sdval="46093" sdnum="1033;0;D-MMM"', "12-Mar", ("12-Mar", "cell.date")),
        ('sdval="46093" sdnum="1033;0;0000"', "46093", ("46093", None)),
        ('x:num="45009.5"', "2023", ("2023", None)),
        ('x:num="broken"', "5", ("5", None)),
        ("x:str", "00123", ("00123", None)),
        ('x:bool="TRUE"', "TRUE", ("TRUE", "cell.boolean")),
        ('x:err="#DIV/0!"', "#DIV/0!", ("#DIV/0!", "cell.error")),
        ("", "#N/A", ("#N/A", "cell.error")),
        ("", "#YOK", ("#YOK", "cell.error")),
        ("", "#12", ("#12", None)),
        ('style="mso-number-format:\\@"', "1E5", ("1E5", None)),
    ],
)
def test_what_is_shown_wins_but_for_a_rounded_number(
    attributes: str, shown: str, expected: tuple[str, str | None]
) -> None:
    """A code that Excel has shown as 1.23E+12 stays damaged, so that it is found; 440.583 is not 441."""
    assert only_cell("html", cell(f"<td {attributes}>{shown}</td>")) == expected


def test_tags_that_are_left_open_are_closed() -> None:
    """Programs that write pages by hand close few tags."""
    made = table("<tr><td>a<td>b<tr><td>c<tbody><tr><td>d</td>")
    assert read("html", made)[0].lines == {1: [(0, "a"), (1, "b")], 2: [(0, "c")], 3: [(0, "d")]}


def test_a_cell_without_a_row_begins_one() -> None:
    """Cells may stand in a table without <tr>."""
    assert read("html", table("<td>a</td><td>b</td>"))[0].texts == [["a", "b"]]


def test_blank_rows_count() -> None:
    """Row numbers are those that a person counts in the table."""
    assert read("html", table("<tr></tr><tr><td>&nbsp;</td></tr><tr><td>a"))[0].lines == {3: [(0, "a")]}


def test_cells_that_reach_down_end_with_their_group() -> None:
    """A browser lets no cell reach beyond thead, tbody or tfoot."""
    body = "<tbody><tr><td rowspan=9>a<td>b<tr><td>c</tbody>"
    (found,) = read("html", table(f"{body}<tbody><tr><td>d<td>e</tbody>"))
    assert found.lines == {1: [(0, "a"), (1, "b")], 2: [(1, "c")], 3: [(0, "d"), (1, "e")]}
    assert found.merges == [Merge(1, 2, 0, 0)]


def test_blanks_that_excel_has_drawn_together_are_not_merged() -> None:
    """Excel saves blanks beside each other as one cell, and says that it is not one."""
    blank = "<td colspan=2 rowspan=2 style='height:15pt;mso-ignore:colspan-rowspan'>"
    (found,) = read("html", table(f"<tr>{blank}<td>a<tr><td>b"))
    assert (found.lines, found.merges) == ({1: [(2, "a")], 2: [(2, "b")]}, [])


def test_the_foot_of_a_table_comes_last_wherever_it_stands() -> None:
    """Old pages write <tfoot> before the rows that it is the foot of."""
    made = table("<tfoot><tr><td colspan=2>sum</tfoot><tr><td>a<tr><td>b")
    (found,) = read("html", made)
    assert (found.texts, found.merges) == ([["a"], ["b"], ["sum"]], [Merge(3, 3, 0, 1)])


def test_hidden_groups_hide_their_rows() -> None:
    """IN21: hidden rows are known to be hidden."""
    made = table("<tbody style='display:none'><tr><td>a</tbody><tr><td>b<tr hidden><td>c")
    assert [row.hidden for row in read("html", made)[0].rows] == [True, False, True]


def test_tables_without_a_cell_are_no_sheets() -> None:
    """Tables that only place others on the page are passed over; the others are numbered."""
    outer = f"<table><tr><td>{TABLE}</td><td>{of('b')}</td></tr></table>"
    found = read("html", page(f"<table><tr><td> </table>{outer}{TABLE}"))
    assert [(sheet.name, sheet.texts) for sheet in found] == [
        ("Table 1", [["a"]]),
        ("Table 2", [["b"]]),
        ("Table 3", [["a"]]),
    ]


def test_a_table_inside_a_cell_is_a_table_of_its_own() -> None:
    """Its text is none of the cell around it, and its rows wait for the end of the table around it."""
    outer = f"<table><tr><td>x<tr><td>y{TABLE}z<td>w<tr><td>v</table>{of('c')}"
    found = read("html", page(outer))
    assert [sheet.texts for sheet in found] == [[["x"], ["yz", "w"], ["v"]], [["a"]], [["c"]]]


def test_tables_that_wait_keep_their_merges() -> None:
    """What is merged in a table inside another one is listed with it."""
    inner = "<table><tr><td colspan=2>a</table>"
    found = read("html", page(f"<table><tr><td>x<tr><td>{inner}</table>"))
    assert [sheet.merges for sheet in found] == [[], [Merge(1, 1, 0, 1)]]


def test_tables_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """HI: a page cannot make us keep all its tables by putting them into another one."""
    monkeypatch.setattr("sync.books.html.WAITING_MAX", 3)
    assert len(read("html", page(f"<table><tr><td>x<tr><td>{TABLE * 3}</table>"))) == 4
    with pytest.raises(SetAside, match="more than 3 cells"):
        read("html", page(f"<table><tr><td>x<tr><td>{TABLE * 4}</table>"))


def test_a_hidden_part_that_is_left_open_hides_no_row() -> None:
    """Where an end tag is missing, what is hidden ends with its cell: no row vanishes."""
    made = table(
        "<tr><td>a<span style='display:none'>no<td>b</td></tr><tr><td><i hidden>no</td><td>c</td></tr>"
    )
    assert read("html", made)[0].texts == [["a", "b"], ["c"]]
    assert read("html", table("<tr><td>a<td><i hidden>no</td></tr>"))[0].texts == [["a"]]


def test_tables_inside_a_hidden_part_are_not_seen() -> None:
    """Panes of a page that are not shown hold no stock."""
    made = page(f"<div style='display:none'><div></div>{TABLE}</div>{of('b')}")
    assert [sheet.texts for sheet in read("html", made)] == [[["b"]]]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p>Session expired</p>", "web page"),
        ("<table><tr><td>&nbsp;</td></tr></table>", "web page"),
        ("<frameset><frame src=sheet001.htm></frameset>", "files beside it"),
        ("<table>" * 101, "without end"),
        ("<table><tr><td>" + "<" * 20_000, "no stock file"),
        (f"<table><tr><td>{'a' * (TEXT_MAX + 1)}</table>", "no stock file"),
        (f"<table><tr><td title='{'a' * (1 << 23)}'></table>", "no stock file"),
        (
            "<table>" + "<tr>" + "<td rowspan=65534 colspan=1000>a" * 16 + "<tr><td>a" * 9 + "</table>",
            "no stock file",
        ),
        ("<table><tr>" + "<td colspan=1000>" * 17 + "</table>", "no stock file"),
        (f"<table><tr><td>x<tr><td>{TABLE * 9}<![foo[ bar", "damaged"),
    ],
)
def test_pages_that_are_no_stock_files_are_refused(body: str, words: str) -> None:
    """IN22, HI: a page without data, or one made to do harm, ends in words."""
    with pytest.raises(SetAside, match=words):
        read("html", page(body))


def test_a_page_that_is_cut_off_is_refused_wherever_it_is_cut() -> None:
    """IN01: half a page is never taken for a whole one."""
    whole = page("<!-- x --><table><tr><td class='b'>a</td></tr><tr><td>b</td></tr></table>").rstrip()
    end = whole.index(b"</table>") + len(b"</table>")
    for at in range(whole.index(b"<table"), end):
        with pytest.raises(SetAside):
            read("html", whole[:at])
    assert all(read("html", whole[:at])[0].texts == [["a"], ["b"]] for at in range(end, len(whole) + 1))


def test_what_is_left_open_to_the_end_is_cut_off() -> None:
    """A comment, a script or a hidden part that never ends may have swallowed a table."""
    for rest in ("<!-- ", "<script>", "<div hidden>", "<td a='"):
        with pytest.raises(SetAside, match="cut off"):
            read("html", page(TABLE + rest + TABLE))

"""Totals in a file: known by their words in many languages, left out where they are sums, and never taken for stock."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import totals
from sync.mapping.model import Mapping
from sync.mapping.plan import Plan, make_plan
from sync.rows import Origin
from tests.desks import MAPPING, Desk
from tests.stages import MATRIX, Case, Result, staged, warned

HEADER = ("Wh", "Item", "Name", "Qty")
A, B = ("A", "S1", "Nut", "5"), ("A", "S2", "Bolt", "7")


def plan(rows: dict[str, object]) -> Plan:
    columns = {
        "location_code": {"column": "Wh"},
        "sku_code": {"column": "Item"},
        "quantity": {"column": "Qty"},
    }
    made = {"version": 1, "name": "m", "columns": columns, "rows": rows}
    return make_plan(Mapping.model_validate(made), HEADER, Origin("f.csv"))


def judged(*lines: tuple[str, ...], **rows: object) -> Result:
    return staged(Case(plan(rows), lines))


def counts(*lines: tuple[str, ...], **rows: object) -> dict[str, int]:
    return {name: count for name, count in judged(*lines, **rows).counts.items() if count}


ALONE = """
Total, GRAND TOTAL:, *** Sub-Total ***, T O T A L, Totals, Total général, TOTAL GÉNÉRAL, Subtotal, sous-total, \uff34\uff2f\uff34\uff21\uff2c,
Ara Toplam, GENEL TOPLAM, Итого:, ВСЕГО, Разом, Summe, Gesamtsumme, Totale, Totaal, Razem, SUMA, Celkem, Összesen, Yhteensä, Σύνολο,
合计, 合 计, 小計, 총계, 소 계, Jumlah, Tổng cộng, รวม, المجموع, סה"כ, Ukupno
"""


@pytest.mark.parametrize("text", ALONE.strip().split(","))
def test_a_word_for_a_total_is_known(text: str) -> None:
    """Whatever its case, its spaces and the signs around it."""
    assert totals.is_total(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TOTAL QUARTZ 5W40",
        "Total 2",
        "Totalizer",
        "S1",
        "12",
        "Sumatra",
        "Gesamtschule",
        "計画",
        "Total-12",
    ],
)
def test_a_word_with_anything_beside_it_is_none(text: str) -> None:
    """A product may be called after a total."""
    assert not totals.is_total(text)


def test_the_first_look_finds_every_word() -> None:
    """No word of the table is lost before it is compared."""
    words = [
        form
        for word in totals.WORDS | totals.ENDINGS
        for form in (word, word.upper(), f"{word} X", f"X {word}")
    ]
    found = pc.match_substring_regex(pa.array(words), totals.FIRST_LOOK).to_pylist()
    assert [word for word, seen in zip(words, found, strict=True) if not seen] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(
            ("Total Warehouse A", "Warehouse A"),
            ("Total for A-1", "A-1"),
            ("Warehouse A Total", "Warehouse A"),
        ),
        *(
            ("Итого по складу 3", "складу 3"),
            ("Summe: Lager 1", "Lager 1"),
            ("A仓合计", "A仓"),
            ("Depo 1 Toplam", "Depo 1"),
        ),
        *(("Grand total EUR", "EUR"), ("Total", None), ("S1", None), ("Totals 5", "5")),
    ],
)
def test_a_total_may_name_its_group(text: str, name: str | None) -> None:
    """What is left beside the word is the group's name."""
    assert totals.group(text) == (None if name is None else totals.name(name))


@pytest.mark.parametrize(
    "line",
    [
        *(
            ("Total", "", "", "12"),
            ("", "", "Grand total:", "12"),
            ("A", "", "Toplam", "99"),
            ("Итого", "", "", ""),
        ),
        *(("", "Total", "", "12"), ("A", "TOTAL", "", "12"), ("", "合计", "", ""), ("Total", "S1", "", "12")),
        *(
            ("Total A", "", "", "12"),
            ("", "Total A", "", "12"),
            ("Total B", "", "Total", "99"),
            ("A Total", "", "", ""),
            ("", "Total Bolt", "", "12"),
        ),
    ],
)
def test_a_total_is_left_out(line: tuple[str, ...]) -> None:
    """Without a SKU by its word, with one as the sum of the rows above or without a number; its pair stays whole."""
    assert counts(A, B, line) == {"read": 3, "go": 2, "totals": 1}


@pytest.mark.parametrize("quantity", ["13", "5", "x", "-12", "12.5"])
def test_what_is_not_the_sum_is_rejected(quantity: str) -> None:
    """A word in the SKU's own cell with another number is no proof of anything: a person has to say."""
    (reject,) = judged(A, B, ("A", "Total", "", quantity)).rejects
    found = {(problem.field, problem.code, problem.value) for problem in reject.problems}
    assert ("Qty", "row.totals", quantity) in found


@pytest.mark.parametrize(
    "line",
    [
        *(("A", "TOTAL QUARTZ 5W40", "", "12"), ("A", "Total Nails", "", "12"), ("A", "S3", "Total", "12")),
        *(("A", "Totalizer", "", "0"), ("A", "Total A", "", "13"), ("A", "12", "Summe", "12")),
    ],
)
def test_a_product_called_after_a_total_goes(line: tuple[str, ...]) -> None:
    """A name that names no group above it, or whose number is no sum, is a code like any other."""
    assert counts(A, B, line) == {"read": 3, "go": 3}


def test_a_product_without_its_sku_is_no_total() -> None:
    """A name that only begins like a total, and is no sum, leaves the row where it is: rejected."""
    (reject,) = judged(A, B, ("A", "", "TOTAL QUARTZ 5W40", "4")).rejects
    assert [problem.code for problem in reject.problems] == ["sku.missing"]


def test_totals_of_totals() -> None:
    """Each is the sum of the rows since some total before it: groups, the group of groups, and the whole."""
    lines = [
        A,
        B,
        ("", "Total", "", "12"),
        ("B", "S1", "", "8"),
        ("", "Total", "", "8"),
        ("", "Sum", "", "20"),
    ]
    more = [*lines, ("B", "S9", "", "1,5"), ("B", "S8", "", "2"), ("", "Grand total", "", "2")]
    assert counts(*lines) == {"read": 6, "go": 3, "totals": 3}
    assert judged(*more).counts["totals"] == 3


def test_a_sum_may_include_what_is_left_out() -> None:
    """The file's own total counts every row, excluded ones too; or those that count alone."""
    closed = ("A", "S3", "closed", "4")
    for total in ("16", "12"):
        found = counts(A, closed, B, ("", "Total", "", total), exclude={"column": "Name", "in": "closed"})
        assert found == {"read": 4, "go": 2, "excluded": 1, "totals": 1}


def test_a_total_written_with_a_sign_for_thousands() -> None:
    """The sum alone reaches a thousand: whichever way of reading it gives the sum is meant."""
    lines = [("A", "S1", "", "700"), ("A", "S2", "", "800"), ("", "Total", "", "1,500")]
    assert counts(*lines) == {"read": 3, "go": 2, "totals": 1}


def test_totals_may_be_kept() -> None:
    """With rows.totals: keep a total is a row like any."""
    lines = [A, B, ("A", "Total", "", "12")]
    assert counts(*lines, totals="keep") == {"read": 3, "go": 3}
    assert counts(*lines, ("Total", "", "", ""), totals="keep")["rejected"] == 1


def test_no_sum_reaches_over_what_cannot_be_read() -> None:
    """Of a row without a number nobody knows what it adds; behind the next total all is known again."""
    lines = [A, ("A", "S2", "", "x"), ("A", "Total", "", "5"), B, ("A", "Total", "", "7")]
    assert [reject.row for reject in judged(*lines).rejects] == [3, 4, 5]
    assert judged(*lines[:3], ("A", "S3", "", "7"), lines[4]).counts["totals"] == 1


def test_totals_of_one_location_are_no_pair() -> None:
    """Two of them share location and word, and neither says anything about the other."""
    lines = [A, ("A", "Total", "", "5"), B, ("A", "Total", "", "7"), ("A", "TOTAL", "", "12")]
    assert counts(*lines) == {"read": 5, "go": 2, "totals": 3}
    assert warned(Case(plan({}), lines)) == ()


def test_a_matrix_sums_each_column() -> None:
    """Every location has its own sum; a cell of the line that is none is rejected alone."""
    columns = {"sku_code": {"column": "Item"}, "quantity": {}}
    made = {
        "version": 1,
        "name": "m",
        "layout": "matrix",
        "columns": columns,
        "matrix": {"locations": ["A", "B"]},
    }
    matrix = make_plan(Mapping.model_validate(made), MATRIX, Origin("f.csv"))
    lines = [("S1", "1", "2"), ("S2", "3", "4"), ("Total", "4", "7"), ("", "", "")]
    result = staged(Case(matrix, lines))
    assert result.counts["totals"] == 1
    assert [(reject.row, reject.column) for reject in result.rejects] == [(4, 2)]


def test_a_short_line_may_be_a_total() -> None:
    """Programs write totals with fewer cells than rows."""
    case = Case(plan({}), [A, B, ("Total", "", "", "")], ragged=frozenset({2}))
    assert staged(case).counts == {"read": 3, "go": 2, "merged": 0, "rejected": 0, "totals": 1}


WORDS = st.sampled_from(["Total", "TOPLAM", "Итого:", "合计", "Sub-total"])
GROUPS = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(GROUPS, WORDS, st.integers(1, 7), st.integers(0, 1))
def test_every_true_total_is_left_out_and_no_row_with_it(
    groups: list[list[int]], word: str, size: int, grand: int
) -> None:
    """Whatever the groups and the blocks: all rows go, all sums are left out, and nothing is lost."""
    lines: list[tuple[str, ...]] = []
    for at, group in enumerate(groups):
        lines += [(f"W{at}", f"S{number}", "", str(quantity)) for number, quantity in enumerate(group)]
        lines.append(("", word, "", str(sum(group))))
    lines += [("", word, "", str(sum(map(sum, groups))))] * grand
    found = staged(Case(plan({}), lines), size=size).counts
    assert found["totals"] == len(groups) + grand
    assert found["go"] == sum(map(len, groups))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["S1", "S2", "Total", "Total A", ""]), st.sampled_from(["", "1", "2", "x"]))
    )
)
def test_the_law_of_rows_holds(rows: list[tuple[str, str]]) -> None:
    """Every row has one outcome, in blocks of any size, and no row called Total is sent with a number that is no sum."""
    lines = [("A", sku, "", quantity) for sku, quantity in rows] or [A]
    result = staged(Case(plan({"duplicates": "sum"}), lines), size=3)
    found = dict(result.counts)
    assert found.pop("read") == len(lines) == sum(found.values())
    assert result == judged(*lines, duplicates="sum")
    assert not [sku for _, _, sku, _ in result.sent if sku == "Total"]


def test_a_total_that_the_mapping_excludes_later_is_settled(desk: Desk) -> None:
    """Once it is left out on purpose nothing of it stands open."""
    rows = [("Depot", "Item", "Pieces"), ("A", "S1", "5"), ("A", "Total", "6")]
    parent = desk.report("run", desk.file(rows))
    assert (parent["rows"]["rejected"], parent["problems"][0]["code"]) == (1, "row.totals")
    excluded = MAPPING + "rows: {exclude: {column: Item, in: Total}}\n"
    (desk.folder / "mappings" / "stock.yaml").write_text(excluded)
    assert desk.report("retry", parent["run"])["skipped_by_reason"] == {"excluded": 1}
    assert desk("status", "--json").json["open_rejects"] == {"new": 0, "standing": 0}


def test_a_report_counts_totals(desk: Desk) -> None:
    """They stand among the rows read, as skipped, with their reason."""
    rows = [("Depot", "Item", "Pieces"), ("A", "S1", "5"), ("", "Genel Toplam", "5")]
    report = desk.report("run", desk.file(rows))
    assert (report["exit_code"], report["rows"]["read"], report["rows"]["accepted"]) == (0, 2, 1)
    assert report["skipped_by_reason"] == {"totals": 1}

"""Codes that only their column shows to be damaged: dates, `123.0`, lost zeros; and catalogues that merely look odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.gtin import is_gtin
from sync.mapping.model import Mapping
from sync.mapping.plan import Plan, make_plan
from sync.rows import Origin
from tests.desks import MAPPING, Desk
from tests.stages import LIST, Case, staged
from tests.test_cli_rejects import corrected

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN = [f"A-{number}" for number in range(30)]
WIDE = [f"{number * 3789:06d}" for number in range(1, 200)]  # 26 begin with a zero, 2 with two
PAD = {"pad_left": {"width": 6, "with": "0"}}


def plan(**sku: object) -> Plan:
    columns = {
        "location_code": {"column": "Wh"},
        "sku_code": {"column": "Item", **sku},
        "quantity": {"column": "Qty"},
    }
    return make_plan(
        Mapping.model_validate({"version": 1, "name": "m", "columns": columns}), LIST, Origin("f.csv")
    )


def rejected(codes: Sequence[str], **sku: object) -> dict[str, str]:
    """Stage a file of these codes; give the rejected ones with their reason."""
    case = Case(plan(**sku), [("W", code, "1") for code in codes])
    return {reject.cells[1]: reject.problems[0].code for reject in staged(case).rejects}


@pytest.mark.parametrize(
    "date",
    [
        *(
            "12-Mar",
            "Mar-12",
            "12.Mar",
            "03.12.2026",
            "3/12/2026",
            "2026-03-12",
            "12-mar",
            "12. Mrz",
            "12-mars",
        ),
        *("12-Mar-26", "12.мар", "Mai 26", "01.Şub", "12-févr.", "12/abr", "03.12.2026 10:30", "12-okt"),
    ],
)
def test_a_date_among_codes_is_damage(date: str) -> None:
    """Where the others are no dates a spreadsheet has made one of a code, in the short months of any language."""
    assert rejected([*PLAIN, date]) == {date: "code.damaged"}


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-12 00:00:00",
        "2026-03-12T00:00:00",
        "3\u670812\u65e5",
        "03\uc6d4 12\uc77c",
        "1.23457E+12",
        "1,2E+05",
    ],
)
def test_what_no_code_looks_like_needs_no_neighbours(text: str) -> None:
    """Midnight, a day in Chinese or Korean, an exponent: nobody writes a code so."""
    assert rejected([text]) == {text: "code.damaged"}


@pytest.mark.parametrize(
    "code",
    [
        *(
            "12-MAR",
            "MAR-12",
            "32-Mar",
            "00-Mar",
            "12-Abc",
            "03.12.0007",
            "45.99.2026",
            "Set-12",
            "Pro-10",
            "12-led",
        ),
        *("12.03.26", "12-Mar-1", "Mar-2126", "A-12-Mar", "1.5", "2.0"),
    ],
)
def test_what_only_resembles_a_date_is_a_code(code: str) -> None:
    """Capital months, days that are none, years of no time, and words of any catalogue are left alone."""
    assert rejected([*PLAIN, code]) == {}


@pytest.mark.parametrize(
    "codes",
    [
        [f"{day}-{month}" for day in range(1, 9) for month in ("Mar", "Apr", "Abc", "Xyz")],
        [f"{day:02d}.{month:02d}.20{day:02d}" for day in range(1, 29) for month in range(1, 12)],
        [f"{day}-Mar" for day in range(1, 29)],
        [*PLAIN[:9], *(f"{day}-Mar" for day in range(1, 9))],
        [*PLAIN, "12-Abc", "13-Xyz", "12-Mar"],
        ["12-Mar"],
        ["A", "B", "12-Mar"],
    ],
)
def test_codes_that_are_written_so_go(codes: list[str]) -> None:
    """Where many codes have the form, or the form is not that of dates alone, it is the shop's own; few rows prove nothing."""
    assert rejected(codes) == {}


def test_capitals_beside_damaged_codes_stay() -> None:
    """A spreadsheet writes no month in capitals: that one code kept its form."""
    damaged = ["1-Jan", "2-Feb", "3-Apr", "4-Jun", "5-Jul"]
    assert set(rejected([*PLAIN, *damaged, "12-MAR"])) == set(damaged)


def test_a_months_double_meaning_is_told_by_the_others() -> None:
    """`12-set` is a set of twelve, or September where the column has another month."""
    assert rejected([*PLAIN, "12-set"]) == {}
    assert rejected([*PLAIN, "12-set", "3-dic"]) == {"12-set": "code.damaged", "3-dic": "code.damaged"}


def test_a_date_in_a_workbooks_text_is_text() -> None:
    """A workbook says itself what is a date."""
    case = Case(plan(), [("W", code, "1") for code in [*PLAIN, "12-Mar"]])
    assert staged(case, file_format="xlsx").rejects == []


def test_a_number_with_a_point_and_nothing_behind_it() -> None:
    """Whole numbers beside it show what `123.0` was; a column of it was one of numbers."""
    whole = [str(number) for number in range(100, 130)]
    assert rejected([*whole, "131.0", "132,0"]) == {"131.0": "code.damaged", "132,0": "code.damaged"}
    assert set(rejected([f"{number}.0" for number in whole]).values()) == {"code.damaged"}


@pytest.mark.parametrize(
    "codes",
    [
        [*map(str, range(100, 130)), "131.0", "131.5"],
        [*map(str, range(100, 130)), "2.0"],
        [f"{number}.0" for number in range(9)],
        [*PLAIN, "131.0"],
        ["131.0"],
    ],
)
def test_a_version_is_a_code(codes: list[str]) -> None:
    """Where other fractions stand, or no whole number of its width, `2.0` is a code like any other."""
    assert rejected(codes) == {}


def test_a_short_code_among_codes_with_zeros_has_lost_its_own() -> None:
    """All others have one width, and some begin with zeros: the short one did, too; the words name the width."""
    assert rejected([*WIDE, "17891", "7892"]) == {"17891": "code.zeros", "7892": "code.zeros"}
    (reject,) = staged(Case(plan(), [("W", code, "1") for code in [*WIDE, "17891"]])).rejects
    assert reject.problems[0].value == "17891, where the others have 6 digits, as 007578"
    assert reject.sku_code == ""


@pytest.mark.parametrize(
    "codes",
    [
        [*WIDE, "17891", "1234567"],  # a longer one: widths vary
        [*WIDE, "17891", "00123"],  # a short one that kept its zeros
        [*WIDE[30:], "17891"],  # none begins with a zero
        [*WIDE[:15], "17891"],  # too few to tell
        [*WIDE, *map(str, range(10000, 10060))],  # many short ones: a mixed catalogue
        [*WIDE, "17891", *PLAIN],  # codes of other kinds
        [*WIDE, "4011"[:3]],  # shorter by more zeros than any has
        [*WIDE, "17891", "18000", "19000", "007891", "17"],
    ],
)
def test_a_catalogue_of_several_widths_goes(codes: list[str]) -> None:
    """Without strong evidence nothing is rejected."""
    found = rejected(codes)
    assert found == {} or codes[-1] == "17"


def test_a_short_barcode_is_one_of_its_own() -> None:
    """Twelve digits with the right check digit among thirteen are a UPC, and four are a fruit."""
    wide = [f"{number * 7_919_000_017:013d}" for number in range(60, 190)]
    assert is_gtin("725272730706")
    assert rejected([*wide, "725272730706", "4011"]) == {}
    assert rejected([*wide, "36000291453"[:12] + "1"]) == {"360002914531": "code.zeros"}


def test_short_codes_whose_full_form_is_there() -> None:
    """A few beside many others are codes of their own; where most have one, two lists were put together."""
    few = ["17891", "18892", "19893", "7578"]
    assert set(rejected([*WIDE, *few])) == set(few[:3])
    both = [code.lstrip("0") for code in WIDE[:20]]
    assert set(rejected([*WIDE, *both])) == set(both)


@pytest.mark.parametrize(
    ("codes", "sku"),
    [
        ([*WIDE, "17891"], PAD),
        ([*WIDE, "17891"], {"pad_left": {"width": 1, "with": "0"}}),
        ([*WIDE, "17891"], {"lookup": {"17891": "17891"}, "lookup_missing": "keep"}),
        ([*PLAIN, "12-Mar"], {"lookup": {"12-Mar": "12-03"}, "lookup_missing": "keep"}),
        ([*map(str, range(100, 130)), "131.0"], {"replace": {"pattern": "\\.0$", "with": ""}}),
    ],
)
def test_what_the_mapping_speaks_of_is_meant(codes: list[str], sku: dict[str, object]) -> None:
    """Padding, a look-up and a replacement settle it: the mapping knows such codes."""
    assert rejected(codes, **sku) == {}


def test_damage_spoils_no_pair_and_keeps_its_other_reasons() -> None:
    """The rows of a damaged code are rejected each by itself, and a row that is left out stays out."""
    lines = [("W", code, "1") for code in PLAIN]
    case = Case(plan(), [*lines, ("W", "12-Mar", "1"), ("V", "12-Mar", "x"), ("W", "12-Mar", "2")])
    rejects = staged(case, size=7).rejects
    codes = [[problem.code for problem in reject.problems] for reject in rejects]
    assert codes == [["code.damaged"], ["quantity.text", "code.damaged"], ["code.damaged"]]


def test_a_location_may_be_damaged() -> None:
    """Locations are codes, too, and the reason names their column."""
    lines = [(f"D-{number}", "S1", "1") for number in range(9)]
    (reject,) = staged(Case(plan(), [*lines, ("12-Mar", "S1", "1")])).rejects
    assert (reject.problems[0].field, reject.location_code, reject.sku_code) == ("Wh", "", "")


def test_rejects_that_come_back_are_not_judged_by_each_other(desk: Desk) -> None:
    """Unchanged the code is still damaged, however few rows come back; corrected it goes."""
    rows = [("Depot", "Item", "Pieces"), *(("A", code, "1") for code in [*WIDE, "17891", "18000"])]
    parent = desk.report("run", desk.file(rows))
    assert (parent["rows"]["accepted"], parent["rows"]["rejected"]) == (len(WIDE), 2)
    rejects = desk.folder / "rejects" / parent["rejects"].rpartition("/")[2]
    corrected(rejects, {str(len(WIDE) + 2): {"Item": "017891"}})
    child = desk.report("run", rejects)
    assert (child["rows"]["accepted"], child["rows"]["rejected"]) == (1, 1)
    assert [problem["code"] for problem in child["problems"]] == ["code.zeros"]
    assert desk.stock()["A", "017891"] == 1


def test_what_came_back_is_a_part_of_a_file(desk: Desk) -> None:
    """A short code in a catalogue of many widths goes, though those that came back with it all have another one."""
    wrong = [("A", code, "x") for code in [*WIDE, "17891"]]
    rows = [
        ("Depot", "Item", "Pieces"),
        *wrong,
        *(("A", f"{number}", "1") for number in range(9000000, 9000099)),
    ]
    parent = desk.report("run", desk.file(rows))
    rejects = desk.folder / "rejects" / parent["rejects"].rpartition("/")[2]
    corrected(rejects, {str(row): {"Pieces": "2"} for row in range(2, len(wrong) + 2)})
    assert desk.report("run", rejects)["rows"]["accepted"] == len(wrong)


def test_padding_declared_later_mends_what_was_rejected(desk: Desk) -> None:
    """`retry` with the mapping mended sends the code with its zeros."""
    rows = [("Depot", "Item", "Pieces"), *(("A", code, "1") for code in [*WIDE, "17891"])]
    parent = desk.report("run", desk.file(rows))
    padded = MAPPING.replace("{column: Item}", '{column: Item, pad_left: {width: 6, with: "0"}}')
    (desk.folder / "mappings" / "stock.yaml").write_text(padded)
    assert desk.report("retry", parent["run"])["rows"]["accepted"] == 1
    assert desk.stock()["A", "017891"] == 1


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from([*WIDE[:40], *PLAIN, "12-Mar", "17891", "5.0", "Total", ""])), st.integers(1, 9)
)
def test_blocks_make_no_difference_and_the_law_holds(codes: list[str], size: int) -> None:
    """Whatever the column holds: one outcome for every row, the same for blocks of any size."""
    case = Case(plan(), [("W", code, "1") for code in [*WIDE[40:90], *codes]])
    whole = staged(case)
    assert staged(case, size=size) == whole
    assert whole.counts["read"] == 50 + len(codes) == sum(whole.counts.values()) - whole.counts["read"]

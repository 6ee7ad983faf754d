"""IN05, IN08, IN09, IN12, IN13, IN15, IN16, IN19 from outside: single rows that are wrong in good faith, through `run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.desks import MAPPING

if TYPE_CHECKING:
    from tests.desks import Desk

HEAD = "Depot,Item,Pieces"
GOOD = "B,GOOD,1"


def sent(desk: Desk, *lines: str) -> dict[str, Any]:
    """Send a file of these lines and a good one."""
    path = desk.folder / "stock.csv"
    path.write_bytes("\n".join([HEAD, *lines, GOOD, ""]).encode())
    return desk.report("run", path)


def codes(report: dict[str, Any]) -> dict[int, str]:
    """Give the reason of each rejected row."""
    return {problem["row"]: problem["code"] for problem in report["problems"]}


@pytest.mark.parametrize("cell", ["", "   ", "\u00a0", '""', "-", "n/a", "N/A", "NULL", "?"])
def test_a_quantity_that_is_not_there_is_never_0(desk: Desk, cell: str) -> None:
    """IN05: rejected, and nothing is sent for the pair; a dash and n/a are no zeros either."""
    report = sent(desk, f"A,S1,{cell}")
    assert set(codes(report).values()) <= {"quantity.blank", "quantity.text"}
    assert (report["exit_code"], desk.stock()) == (1, {("B", "GOOD"): 1})


@pytest.mark.parametrize("word", ["NA", "N/A", "null", "None", "nan", "TRUE", "inf", "#", "-"])
def test_words_that_programs_take_for_nothing_are_codes(desk: Desk, word: str) -> None:
    """IN08: as a SKU and as a location they are kept as text and sent."""
    desk.file([("Depot", "Item", "Pieces"), ("A", word, "5"), (word, "S1", "6")])
    report = desk.report("run", desk.folder / "stock.csv")
    assert (report["rows"]["accepted"], codes(report)) == (2, {})
    assert desk.stock()["A", word] == 5
    assert [row["quantity"] for row in desk("stock", "get", "--location", word, "--json").json["stock"]] == [
        6
    ]


@pytest.mark.parametrize("code", ["00123", "1E5", "12345678901234567890", "1.10", "3/10", "0", "+5", "1,5"])
def test_a_code_of_a_text_file_arrives_byte_for_byte(desk: Desk, code: str) -> None:
    """IN09: no number is made of it."""
    assert sent(desk, f'A,"{code}",5')["rows"]["accepted"] == 2
    assert desk.stock() == {("A", code): 5, ("B", "GOOD"): 1}


ODD_NUMBERS = {
    "1,234": "quantity.ambiguous",
    "1.234": "quantity.ambiguous",
    "1 234": "quantity.text",
    "1.9": "quantity.fraction",
    "1e3": "quantity.text",
    "5 pcs": "quantity.text",
    "٥": "quantity.text",
    "５": "quantity.text",
    "0x10": "quantity.text",
    "-1": "quantity.negative",
    "2147483648": "quantity.range",
    "9223372036854775808": "quantity.range",
    "1.5": "quantity.fraction",
    "NaN": "quantity.text",
    "inf": "quantity.text",
}


@pytest.mark.parametrize(("cell", "code"), ODD_NUMBERS.items())
def test_a_quantity_is_read_in_one_way_or_rejected(desk: Desk, cell: str, code: str) -> None:
    """IN12, IN13: never rounded, never cut to fit, never a number that somebody else would read otherwise."""
    report = sent(desk, f'A,S1,"{cell}"')
    assert (codes(report), desk.stock()) == ({2: code}, {("B", "GOOD"): 1})


def test_a_number_of_four_hundred_digits_is_one_rejected_row(desk: Desk) -> None:
    """IN13: no overflow, and the other rows go."""
    report = sent(desk, f"A,S1,1{'0' * 400}")
    assert (report["rows"]["rejected"], report["rows"]["accepted"]) == (1, 1)


@pytest.mark.parametrize(("cell", "quantity"), [("12.0", 12), ("2147483647", 2147483647)])
def test_what_can_be_read_in_one_way_only_goes(desk: Desk, cell: str, quantity: int) -> None:
    """IN12: the other half of the promise: not everything that is odd is rejected."""
    sent(desk, f"A,S1,{cell}")
    assert desk.stock()["A", "S1"] == quantity


POLICIES = [("reject", 0, 2, None), ("sum", 1, 0, 8), ("last", 1, 0, 3)]


@pytest.mark.parametrize(("policy", "merged", "rejected", "quantity"), POLICIES)
def test_a_pair_that_stands_twice_goes_by_the_mapping(
    desk: Desk, policy: str, merged: int, rejected: int, quantity: int | None
) -> None:
    """IN15: what was declared is done, counted and told; nothing is declared: nothing goes."""
    (desk.folder / "mappings" / "stock.yaml").write_text(f"{MAPPING}rows: {{duplicates: {policy}}}\n")
    report = sent(desk, "A,S1,5", "A,S1,3")
    assert (report["rows"]["merged"], report["rows"]["rejected"]) == (merged, rejected)
    assert desk.stock().get(("A", "S1")) == quantity


@pytest.mark.parametrize("other", ["s1", "S\u00a01", "S\u200b1", "Ѕ1"])
def test_pairs_that_look_alike_are_told(desk: Desk, other: str) -> None:
    """IN16: case, odd spaces, signs without width, letters of other scripts: two records, never two silent ones."""
    report = sent(desk, "A,S1,5" if other != "S\u00a01" else "A,S 1,5", f"A,{other},6")
    assert report["rows"]["accepted"] == 3
    assert any("look" in warning or "differ" in warning for warning in report["warnings"])


def test_spaces_around_a_code_are_no_part_of_it(desk: Desk) -> None:
    """IN16: ` S1 ` and `S1` are one pair, and so is what a text editor adds."""
    report = sent(desk, " A , S1 ,5", "A,S1\u00a0,5")
    assert (report["rows"]["merged"], desk.stock()["A", "S1"]) == (1, 5)


def test_lines_that_are_no_rows_are_counted_and_odd_ones_are_named(desk: Desk) -> None:
    """IN19: short, long, blank, a total: each line is accounted for, with the number that an editor shows."""
    report = sent(desk, "A,S1", "A,S2,5,extra", "", ",,", "A,S3,5", "Total,,6")
    assert codes(report) == {2: "row.short", 3: "row.long"}
    assert report["skipped_by_reason"] == {"blank": 1, "totals": 1}
    assert report["rows"]["read"] == 6

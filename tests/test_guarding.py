"""Guards from outside: files of one mapping, one after the other, by `run` and `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desks import MAPPING
from tests.nights import HEADER, Night, guards, rows

if TYPE_CHECKING:
    from tests.desks import Desk


@pytest.fixture
def night(desk: Desk) -> Night:
    return Night(desk)


def test_a_location_that_is_cut_waits_and_the_others_go(night: Night) -> None:
    """IN02: the safe location's rows are accepted, the other's wait; exit code 3, and the numbers add up."""
    night.run(rows())
    report = night.run([*rows("A", 100, 6), *rows("B", 40, 6)])
    assert (report["status"], report["exit_code"]) == ("held", 3)
    assert (report["rows"]["accepted"], report["rows"]["held"]) == (100, 40)
    assert guards(report) == [("fewer_rows", "B")]
    assert (report["held"]["locations"], report["held"]["rows"]) == (["B"], 40)
    assert {q for (place, _), q in night.desk.stock().items() if place == "B"} == {5}


def test_a_feed_of_one_file_a_shop_is_compared_shop_by_shop(night: Night) -> None:
    """Each with its own last one: the small shop does not wait, and the large one that was cut does."""
    night.run(rows("A", 200))
    first = night.run(rows("B", 60))  # a new shop: nothing of it to compare with but the others
    assert night.desk("approve", first["run"]).code == 0
    assert night.run(rows("A", 200, 6))["status"] == "ok"
    assert night.run(rows("B", 60, 6))["status"] == "ok"
    assert guards(night.run(rows("A", 70, 7))) == [("fewer_rows", None)]


def test_a_file_of_zeros_waits_with_numbers_and_examples(night: Night) -> None:
    """IN04: how many of how many, and three pairs with old and new."""
    night.run(rows())
    report = night.run(rows(quantity=0))
    (guard,) = report["held"]["guards"]
    assert guard["numbers"] == "200 of 200 pairs that were above 0 go to 0 (100%; the limit is 10%)"
    assert guard["examples"] == ["A, S0: 5 -> 0", "A, S1: 5 -> 0", "A, S2: 5 -> 0"]
    assert set(night.desk.stock().values()) == {5}


def test_a_price_in_place_of_the_quantity_waits(night: Night) -> None:
    """IN06: the median is a hundred times that of the last file."""
    night.run(rows())
    report = night.run(rows(quantity=1999))
    assert guards(report) == [("jump", None)]
    assert report["rows"]["accepted"] == 0


def test_many_rejected_rows_hold_the_others(night: Night) -> None:
    """A mapping that fits the file no more; the first file too."""
    report = night.run([*rows("A", 60), *rows("B", 60, "many")])
    assert guards(report) == [("rejected", None)]
    assert (report["rows"]["held"], report["rows"]["rejected"]) == (60, 60)


def test_where_nothing_is_left_to_hold_the_guard_is_a_warning(night: Night) -> None:
    """All rows are rejected: that is the outcome, and no person has anything to approve."""
    report = night.run(rows(quantity="many"))
    assert (report["status"], report["exit_code"], report["held"]) == ("partial", 1, None)
    assert any(words.startswith("guard rejected: 200 of 200 rows") for words in report["warnings"])


@pytest.mark.parametrize("cut", range(1, 13))
def test_a_file_that_was_cut_waits_and_its_last_row_never_goes(night: Night, cut: int) -> None:
    """IN01: one to twelve bytes short; also where what is left of the quantity is a number."""
    good = [*rows("A", 30), ("A", "LAST", 12345)]
    night.run(good)
    report = night.run(night.text(good)[:-cut])
    assert ("cut", None) in guards(report)
    assert (report["rows"]["accepted"], report["rows"]["held"], report["rows"]["rejected"]) == (0, 30, 1)
    assert "the file ends in the middle of a row (line 32)" in report["held"]["guards"][0]["numbers"]
    night.desk("approve", report["run"])
    assert night.desk.stock()["A", "LAST"] == 12345


def test_a_file_without_a_last_line_end_goes_where_nothing_is_known(night: Night) -> None:
    """With a warning; and the next one like it too, as its kind is known."""
    for quantity in (5, 6):
        report = night.run(night.text(rows(quantity=quantity))[:-1])
        assert (report["status"], report["rows"]["accepted"]) == ("ok", 200)
        assert "the file does not end with a line end" in report["warnings"]


def test_a_short_last_record_is_a_cut_without_any_history(night: Night) -> None:
    """It has no line end and too few cells: nothing else explains it."""
    report = night.run(night.text(rows())[:-4])
    assert guards(report) == [("cut", None)]
    assert report["rows"]["held"] == 198  # another row of the pair B, S9 waits for none


def test_a_quotation_mark_that_is_open_at_the_end_is_a_cut(night: Night) -> None:
    """The row that it stands in is rejected, and the others wait."""
    report = night.run(night.text(rows()) + 'B,"LAMP, br')
    assert guards(report) == [("cut", None)]
    assert [problem["code"] for problem in report["problems"]] == ["row.quotes"]
    assert report["rows"]["held"] == 200


def test_the_sign_with_which_old_systems_end_a_file_is_no_cut(night: Night) -> None:
    """Ctrl-Z, as the last line of every file."""
    for quantity in (5, 6):
        report = night.run(night.text(rows(quantity=quantity)) + "\x1a")
        assert report["rows"]["accepted"] == 200


def test_what_was_approved_is_what_the_next_file_is_compared_with(night: Night) -> None:
    """A shop was closed: one yes, and from then on that is how the files look."""
    night.run(rows())
    held = night.run(rows(each=40, quantity=6))
    night.desk("approve", held["run"])
    assert night.run(rows(each=40, quantity=7))["status"] == "ok"


def test_what_was_discarded_is_no_measure(night: Night) -> None:
    """A no is a no: the next short file is held as the first one was."""
    night.run(rows())
    held = night.run(rows(each=40, quantity=6))
    night.desk("discard", held["run"])
    again = night.run(rows(each=40, quantity=7))
    assert guards(again) == [("fewer_rows", None)]
    assert "the 200 of the last file" in again["held"]["guards"][0]["numbers"]


def test_check_says_what_run_would_hold_and_leaves_no_trace(night: Night) -> None:
    """The same guards with the same numbers, and nothing is held or written by asking."""
    night.run(rows())
    before = sorted(path for path in (night.desk.folder / "state").rglob("*"))
    asked = night.check(rows(quantity=0))
    assert sorted(path for path in (night.desk.folder / "state").rglob("*")) == before
    ran = night.run(rows(quantity=0))
    assert asked["held"] == ran["held"]
    assert (asked["exit_code"], ran["exit_code"]) == (3, 3)


def test_a_mapping_says_what_is_plausible_for_it(night: Night) -> None:
    """`content: part` has fewer rows as it likes; a guard that is off is off."""
    mapping = night.desk.folder / "mappings" / "stock.yaml"
    mapping.write_text(f"{MAPPING}content: part\nguards: {{zeroed: off, jump: off}}\n")
    night.run(rows())
    assert night.run(rows(each=30, quantity=0))["status"] == "ok"
    assert night.run(rows(each=30, quantity=99999))["status"] == "ok"


@pytest.mark.parametrize("lines", ["", ",,\n,,\n"])
def test_no_rows_are_never_success(night: Night, lines: str) -> None:
    """IN03: a header only, or rows of empty cells only."""
    report = night.run(f"{HEADER}\n{lines}")
    assert (report["status"], report["exit_code"]) == ("failed", 6)
    assert "no rows" in report["why"][0]


def test_fewer_rows_than_the_mapping_asks_for_wait(night: Night) -> None:
    """min_rows, also for a first file."""
    mapping = night.desk.folder / "mappings" / "stock.yaml"
    mapping.write_text(f"{MAPPING}guards: {{min_rows: 300}}\n")
    report = night.run(rows())
    assert guards(report) == [("min_rows", None)]
    assert report["rows"]["held"] == 200


def test_an_old_file_waits_where_the_mapping_limits_its_age(night: Night) -> None:
    """`max_age`, by the as-of."""
    mapping = night.desk.folder / "mappings" / "stock.yaml"
    mapping.write_text(f"{MAPPING}guards: {{max_age: 2d}}\n")
    report = night.run(rows(), "--as-of", "2020-01-01T00:00Z")
    assert guards(report) == [("max_age", None)]


def test_stock_of_a_moment_to_come_waits(night: Night) -> None:
    """More than ten minutes ahead; the message says which moment."""
    report = night.run(rows(), "--as-of", "2099-01-01T00:00Z")
    assert guards(report) == [("as_of.future", None)]
    assert "2099-01-01T00:00:00Z" in report["held"]["guards"][0]["numbers"]


def test_corrected_rows_are_not_compared_with_whole_files(night: Night) -> None:
    """Thirty corrected rows, all of them 0 now, are no file with fewer rows."""
    first = night.run([*rows(), *rows("A", 0), *[("B", f"X{number}", "n/a") for number in range(30)]])
    path = next((night.desk.folder / "rejects").glob("*.csv"))
    path.write_text(path.read_text(encoding="utf-8-sig").replace("n/a", "0"), encoding="utf-8-sig")
    assert first["rows"]["rejected"] == 30
    report = night.desk.report("run", path)
    assert (report["status"], report["rows"]["accepted"]) == ("ok", 30)


def test_pairs_that_another_mapping_sends_are_a_warning_with_both_names(night: Night) -> None:
    """Each undoes what the other did; counted, and with the run."""
    other = night.desk.folder / "mappings" / "shop.yaml"
    other.write_text(MAPPING.replace("name: stock", "name: shop").replace("stock*", "shop*"))
    first = night.run(rows())
    path = night.file(night.text(rows("B", 70, 6)), "shop.csv")
    report = night.desk.report("run", path)
    assert report["warnings"] == [
        f"70 of its pairs were sent by the mapping stock in the last 7 days (run {first['run']}): shop and stock send the same pairs, and each undoes what the other did"
    ]


def test_a_row_that_was_cut_off_is_nothing_to_correct_once_the_whole_file_came(night: Night) -> None:
    """Its codes may be cut too, so that no row of the whole file is known to be the same."""
    night.run(rows())
    cut = night.run(night.text(rows(quantity=6)).removesuffix("99,6\n"))
    assert (cut["status"], cut["rows"]["rejected"]) == ("held", 1)
    night.run(rows(quantity=7))
    status = night.desk("status", "--json").json
    assert (status["held"], status["open_rejects"]) == ([], {"new": 0, "standing": 0})

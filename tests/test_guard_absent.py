"""`absent: zero`: pairs that the mapping sent before and that are no longer in the file go to 0, in a run of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.desks import MAPPING
from tests.nights import Night, guards, rows

if TYPE_CHECKING:
    from tests.desks import Desk
    from tests.nights import Row

ALL_BUT = 95  # of a hundred rows a location: five that are gone are few enough to go


@pytest.fixture
def night(desk: Desk) -> Night:
    """Set the mapping up to zero what is gone."""
    (desk.folder / "mappings" / "stock.yaml").write_text(f"{MAPPING}absent: zero\n")
    return Night(desk)


def both(night: Night, lines: list[Row] | str, *options: str) -> list[dict[str, Any]]:
    """Send tonight's file and give the reports: its own, and that of what is gone where anything is."""
    path = night.file(lines if isinstance(lines, str) else night.text(lines))
    reports: list[dict[str, Any]] = night.desk("run", path, *options, "--json").json["runs"]
    return sorted(reports, key=lambda report: report["parent"] is not None)


def test_what_is_gone_goes_to_zero_and_is_counted_apart(night: Night) -> None:
    """The file's own numbers stay its own; the tenant has 0 for what was sold out of the list."""
    night.run(rows())
    file, gone = both(night, [*rows("A", ALL_BUT), *rows("B")])
    assert (file["rows"]["read"], file["rows"]["accepted"], file["absent"]) == (195, 195, 5)
    assert (gone["rows"]["accepted"], gone["parent"]) == (5, file["run"])
    assert {sku: q for (place, sku), q in night.desk.stock().items() if place == "A" and not q} == {
        f"S{number}": 0 for number in range(ALL_BUT, 100)
    }


def test_what_went_to_zero_is_not_sent_again(night: Night) -> None:
    """The next night it is known to be 0; and when it comes back it counts as ever."""
    night.run(rows())
    both(night, rows(each=ALL_BUT))
    (file,) = both(night, rows(each=ALL_BUT, quantity=6))
    assert file["absent"] == 0
    night.run(rows(quantity=7))
    assert set(night.desk.stock().values()) == {7}


def test_a_location_that_is_not_in_the_file_is_left_alone(night: Night) -> None:
    """A file of one shop says nothing of the others."""
    night.run(rows("ABCD"))
    (file,) = both(night, rows("ABC"))
    assert file["absent"] == 0


def test_where_a_row_was_rejected_nobody_knows_what_is_gone(night: Night) -> None:
    """Of that location nothing goes to 0; the other is whole."""
    night.run(rows())
    file, gone = both(night, [*rows("A", ALL_BUT), *rows("B", ALL_BUT), ("A", "S3", "many")])
    assert (file["absent"], gone["rows"]["accepted"]) == (5, 5)
    assert all(q for (place, _), q in night.desk.stock().items() if place == "A")


@pytest.mark.parametrize("bad", [("A", "", 5), ("", "S3", 5)])
def test_a_row_without_its_codes_may_be_any(night: Night, bad: Row) -> None:
    """Nothing at all goes to 0 beside it."""
    night.run(rows())
    (file,) = both(night, [*rows(each=ALL_BUT), bad])
    assert (file["absent"], file["rows"]["rejected"]) == (0, 1)


def test_many_that_are_gone_are_held_as_zeros_are(night: Night) -> None:
    """Inside the guard `zeroed`: a shop with a fifth less waits as a whole, and the other goes."""
    night.run([*rows("A", 200), *rows("B", 200)])
    file, gone = both(night, [*rows("A", 160, 6), *rows("B", 200, 6)])
    assert (guards(file), file["absent"]) == ([("zeroed", "A")], 0)
    assert (gone["rows"]["held"], gone["rows"]["accepted"]) == (40, 0)
    assert file["held"]["guards"][0]["examples"][0] == "A, S160: 5 -> 0 (not in the file)"
    assert {q for (place, _), q in night.desk.stock().items() if place == "A"} == {5}


@pytest.mark.parametrize("location", [["--location", "A"], []])
def test_a_yes_to_a_held_place_is_one_to_its_zeros(night: Night, location: list[str]) -> None:
    """They were shown beside it: approved, they go with it; nothing is left to be held the next night."""
    night.run([*rows("A", 200), *rows("B", 200)])
    file, _ = both(night, [*rows("A", 160, 6), *rows("B", 200, 6)])
    ended = night.desk("approve", file["run"], *location)
    assert ended.code == 0
    stock = night.desk.stock()
    assert [stock["A", f"S{number}"] for number in range(155, 165)] == [6] * 5 + [0] * 5
    assert night.desk.report("show", file["run"])["absent"] == 40
    assert not night.desk("status", "--json").json["held"]
    (again,) = both(night, [*rows("A", 160, 7), *rows("B", 200, 7)])
    assert (again["exit_code"], again["absent"]) == (0, 0)


@pytest.mark.parametrize("location", [["--location", "A"], []])
def test_a_no_to_a_held_place_is_one_to_its_zeros(night: Night, location: list[str]) -> None:
    """Discarded with it: the tenant keeps what it has, and nothing waits any more."""
    night.run([*rows("A", 200), *rows("B", 200)])
    file, _ = both(night, [*rows("A", 160, 6), *rows("B", 200, 6)])
    night.desk("discard", file["run"], *location)
    assert {q for (place, _), q in night.desk.stock().items() if place == "A"} == {5}
    assert not night.desk("status", "--json").json["held"]


def test_where_the_tenant_refuses_a_row_nothing_goes_to_zero(night: Night) -> None:
    """The refused code may be a damaged one of those that are gone; the file's own rows go first, so that it is known."""
    catalogue = night.desk.folder / "catalogue.csv"
    known = [f"sku,S{number}" for number in range(100)]
    catalogue.write_text("\n".join(["kind,code", "location,A", "location,B", *known]) + "\n")
    night.desk.configure({"url": "sandbox"}, sandbox={"catalogue": str(catalogue)})
    night.run(rows())
    both(night, [*rows("A", ALL_BUT, 6), *rows("B", ALL_BUT, 6), ("B", "S-99", 5)])
    gone = {place for (place, _), q in night.desk.stock().items() if not q}
    assert gone == {"A"}


def test_what_is_in_the_file_is_not_gone_whatever_becomes_of_it(night: Night) -> None:
    """A row that is left out on purpose is there."""
    mapping = f"{MAPPING}absent: zero\nrows: {{exclude: [{{column: Item, in: [S1]}}]}}\n"
    night.run(rows())
    (night.desk.folder / "mappings" / "stock.yaml").write_text(mapping)
    (file,) = both(night, rows(quantity=6))
    assert (file["skipped_by_reason"], file["absent"]) == ({"excluded": 2}, 0)
    assert night.desk.stock()["A", "S1"] == 5


def test_what_another_mapping_sent_since_is_not_ours_to_zero(night: Night) -> None:
    """The newest word for a pair is the other's."""
    other = night.desk.folder / "mappings" / "shop.yaml"
    other.write_text(MAPPING.replace("name: stock", "name: shop").replace("stock*", "shop*"))
    night.run(rows())
    night.desk(
        "run", night.file(night.text([("A", f"S{number}", 9) for number in range(97, 100)]), "shop.csv")
    )
    file, gone = both(night, [*rows("A", ALL_BUT), *rows("B")])
    assert (file["absent"], gone["rows"]["accepted"]) == (2, 2)
    assert night.desk.stock()["A", "S99"] == 9


def test_an_older_file_zeroes_nothing(night: Night) -> None:
    """What it does not have may have come since."""
    night.run(rows())
    (file,) = both(night, rows(each=ALL_BUT), "--as-of", "2020-01-01T00:00Z")
    assert (file["absent"], file["skipped_by_reason"]) == (0, {"superseded": 190})


def test_a_repeat_in_between_hides_nothing(night: Night) -> None:
    """The same file twice, then one with less: what is gone is found in the first."""
    night.run(rows())
    night.run(rows())
    file, _ = both(night, rows(each=ALL_BUT))
    assert file["absent"] == 10


def test_the_same_file_again_is_still_a_repeat(night: Night) -> None:
    """The run of what is gone is no newer file of the mapping."""
    night.run(rows())
    both(night, rows(each=ALL_BUT))
    assert night.run(rows(each=ALL_BUT))["skipped_by_reason"] == {"repeat": 190}


def test_check_counts_what_is_gone_and_sends_nothing(night: Night) -> None:
    """As `run` would, without a trace."""
    night.run(rows())
    assert night.check(rows(each=ALL_BUT))["absent"] == 10
    assert set(night.desk.stock().values()) == {5}


def test_what_the_tenant_no_longer_knows_is_nobody_s_work(night: Night) -> None:
    """A SKU that was taken off the list at both ends: left out and counted, not a reject for a person."""
    night.run(rows())
    catalogue = ["kind,code", *(f"sku,S{number}" for number in range(97))]
    (night.desk.folder / "catalogue.csv").write_text("\n".join(catalogue))
    night.desk.configure({"url": "sandbox"}, sandbox={"catalogue": "catalogue.csv"})
    _, gone = both(night, rows(each=ALL_BUT))
    assert (gone["exit_code"], gone["rows"]["accepted"]) == (0, 4)
    assert gone["skipped_by_reason"] == {"unknown": 6}


def test_an_older_file_brings_nothing_back_that_the_newer_one_no_longer_has(night: Night) -> None:
    """Newest first: what only the older file has was gone by then. Its other location, of which the newer one says nothing, goes."""
    older = night.file(night.text([*rows("A"), *rows("B", 95), ("A", "GONE", 4)]), "stock_1.csv")
    newer = night.file(night.text([*rows("A"), *rows("C", 30)]), "stock_2.csv")
    reports = night.desk("run", older, newer, "--json").json["runs"]
    monday = next(report for report in reports if report["file"].endswith("stock_1.csv"))
    stock = night.desk.stock()
    assert ("A", "GONE") not in stock
    assert sum(place == "B" for place, _ in stock) == 95
    assert (monday["rows"]["accepted"], monday["skipped_by_reason"]["superseded"]) == (95, 101)


def test_an_older_file_goes_where_the_tenant_refused_a_row_of_the_newer(night: Night) -> None:
    """Nobody knows what is gone from such a location."""
    catalogue = night.desk.folder / "catalogue.csv"
    known = [f"sku,{sku}" for sku in ("GONE", *(f"S{number}" for number in range(100)))]
    catalogue.write_text("\n".join(["kind,code", "location,A", *known]) + "\n")
    night.desk.configure({"url": "sandbox"}, sandbox={"catalogue": str(catalogue)})
    older = night.file(night.text([*rows("A"), ("A", "GONE", 4)]), "stock_1.csv")
    newer = night.file(night.text([*rows("A"), ("A", "S-99", 5)]), "stock_2.csv")
    night.desk("run", older, newer)
    assert night.desk.stock()["A", "GONE"] == 4

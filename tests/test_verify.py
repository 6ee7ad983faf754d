"""`verify` in a folder of its own: what a run sent against what the tenant holds, pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sync.ledger import lock
from sync.sandbox.store import Store
from tests.readings import change, grid, stock_rows, tree

if TYPE_CHECKING:
    from tests.desks import Desk

OLD, NEW = "2026-11-22T02:00Z", "2026-11-23T02:00Z"


def sent(desk: Desk, *rows: tuple[str, str, int], at: str = OLD) -> str:
    """Send a file and give the run's id."""
    path = desk.file(stock_rows(*rows))
    return str(desk.report("run", path, "--as-of", at, "--again")["run"])


def store(desk: Desk) -> Store:
    """Open the records of the desk's sandbox."""
    return Store(desk.folder / "state" / "sandbox.db")


def counts(told: dict[str, Any]) -> dict[str, int]:
    """Give the counts that are not 0."""
    return {name: count for name, count in told["counts"].items() if count}


def test_what_is_there_is_the_same(desk: Desk) -> None:
    """Every accepted pair stands as it was sent: exit 0, and no pair is named."""
    run = sent(desk, *grid("ABC", 30))
    told = desk("verify", run, "--json")
    assert (told.code, counts(told.json), told.json["pairs"]) == (0, {"same": 90}, [])
    assert "same" in desk("verify", run).out


def test_every_pair_that_differs_is_named(desk: Desk) -> None:
    """All of them in JSON, with what was sent and what is found; twenty and a count in words; exit 1."""
    run = sent(desk, *grid("AB", 40))
    with store(desk) as records:
        change(records, "UPDATE records SET quantity = quantity + 1 WHERE sku_code >= 'S020'")
        change(records, "DELETE FROM records WHERE sku_code = 'S019'")
    told = desk("verify", run, "--json")
    assert (told.code, counts(told.json)) == (1, {"same": 38, "differs": 40, "missing": 2})
    found = {(pair["location_code"], pair["sku_code"]): pair["found"] for pair in told.json["pairs"]}
    gone = {("A", "S019"): None, ("B", "S019"): None}
    assert found == gone | {(place, sku): n + 1 for place, sku, n in grid("AB", 40) if sku >= "S020"}
    words = desk("verify", run)
    assert words.code == 1
    assert sum("S0" in line for line in words.out.splitlines()) == 20
    assert "22 pairs more" in words.out


def test_the_words_fit_a_terminal(desk: Desk) -> None:
    """However long the codes are, no line of the table is longer than 80 columns."""
    run = sent(desk, *((f"L{'x' * 200}{n}", f"S{'y' * 200}{n}", n) for n in range(3)))
    with store(desk) as records:
        change(records, "UPDATE records SET quantity = 7, sku_code = upper(sku_code)")
    lines = desk("verify", run).out.splitlines()
    table = [line for line in lines if "…" in line]
    assert len(table) == 3
    assert max(map(len, table)) <= 80


def test_what_a_newer_run_sent_is_no_difference(desk: Desk) -> None:
    """The pair has changed since, by that run: exit 0."""
    old = sent(desk, ("A", "S1", 5), ("A", "S2", 6), ("B", "S1", 7))
    new = sent(desk, ("A", "S1", 50), ("A", "S2", 6), at=NEW)
    told = desk("verify", old, "--json")
    assert (told.code, counts(told.json)) == (0, {"same": 2, "changed_since": 1})
    (pair,) = told.json["pairs"]
    assert (pair["sku_code"], pair["sent"], pair["found"], pair["run"]) == ("S1", 5, 50, new)
    assert f"by run {new} (1)" in desk("verify", old).out
    assert desk("verify", new).code == 0


def test_an_old_value_over_a_newer_one_is_a_difference_of_the_newer_run(desk: Desk) -> None:
    """A late request put the old value back: the newer run says so, the older one finds what it sent."""
    old, new = sent(desk, ("A", "S1", 5)), sent(desk, ("A", "S1", 50), at=NEW)
    with store(desk) as records:
        records.put([("A", "S1", 5)])
    assert desk("verify", new).code == 1
    assert desk("verify", old).code == 0


def test_a_newer_run_of_the_same_value_explains_nothing(desk: Desk) -> None:
    """Where the last that was sent is what this run sent, another value is a difference."""
    old = sent(desk, ("A", "S1", 5))
    sent(desk, ("A", "S1", 50), at=OLD)
    sent(desk, ("A", "S1", 5), at=NEW)
    with store(desk) as records:
        records.put([("A", "S1", 50)])
    assert desk("verify", old).code == 1


def test_what_was_refused_or_rejected_is_not_looked_for(desk: Desk) -> None:
    """Only what the tenant accepted is compared."""
    (desk.folder / "catalogue.csv").write_text("kind,code\nsku,S1\nsku,S3\n")
    desk.configure({"url": "sandbox"}, sandbox={"catalogue": str(desk.folder / "catalogue.csv")})
    report = desk.report("run", desk.file([*stock_rows(("A", "S1", 5), ("A", "S2", 6)), ("A", "S3", "1,5")]))
    assert (report["rows"]["accepted"], report["rows"]["rejected"]) == (1, 2)
    told = desk("verify", report["run"], "--json")
    assert (told.code, counts(told.json)) == (0, {"same": 1})


@pytest.mark.parametrize("column", ["sku_code", "location_code"])
def test_codes_in_capitals_are_told_from_codes_that_are_missing(desk: Desk, column: str) -> None:
    """A tenant that writes codes in its own way has the pairs, under other codes: named as such, exit 1."""
    run = sent(desk, ("a-1", "s-1", 5), ("a-1", "s-2", 6))
    with store(desk) as records:
        change(records, f"UPDATE records SET {column} = upper({column})")
    told = desk("verify", run, "--json")
    assert (told.code, counts(told.json)) == (1, {"other_code": 2})
    kept = {"location_code": "a-1", "sku_code": "s-1"}
    assert told.json["pairs"][0]["found_as"] == kept | {column: kept[column].upper()}
    assert "let the mapping write them" in desk("verify", run).out


def test_a_capital_of_another_quantity_differs(desk: Desk) -> None:
    """The other codes do not hide that the quantity is wrong."""
    run = sent(desk, ("A", "s-1", 5))
    with store(desk) as records:
        change(records, "UPDATE records SET sku_code = 'S-1', quantity = 4")
    assert counts(desk("verify", run, "--json").json) == {"differs": 1}


def test_a_reading_that_may_be_cut_calls_nothing_missing(desk: Desk) -> None:
    """Exactly 100 records and no word about more: what is not among them cannot be verified, and exit is 4."""
    run = sent(desk, *grid("A", 60), ("B", "S1", 1))
    with store(desk) as records:
        change(records, "DELETE FROM records WHERE sku_code < 'S003'")
        records.put([("A", f"T{n:03}", n) for n in range(43)])
    told = desk("verify", run, "--json")
    assert (told.code, counts(told.json)) == (4, {"same": 58, "cannot_verify": 3})
    (place,) = told.json["cannot_verify"]
    assert (place["location_code"], place["pairs"]) == ("A", 3)
    assert "exactly 100 records" in place["why"]


def test_a_reading_that_may_be_cut_and_holds_all_that_was_sent_is_enough(desk: Desk) -> None:
    """What was found needs no proof that nothing else is there."""
    run = sent(desk, *grid("A", 100))
    assert desk("verify", run).code == 0


def test_verify_waits_for_nobody_and_changes_nothing(desk: Desk) -> None:
    """While another run is at work: same answer, no lock, no file changed."""
    run = sent(desk, *grid("AB", 5))
    before = tree(desk.folder)
    with lock.hold(desk.folder / "state"):
        assert desk("verify", run, "--json").code == 0
        held = tree(desk.folder)
    assert {name: held[name] for name in before if name != "state/lock"} == {
        name: content for name, content in before.items() if name != "state/lock"
    }
    assert held.keys() == before.keys()


def test_a_run_that_is_not_here_is_a_mistake(desk: Desk) -> None:
    """So is one that went to another tenant: exit 2, and nothing is asked."""
    assert desk("verify", "2026").code == 2
    run = sent(desk, ("A", "S1", 5))
    assert desk("verify", run, "--tenant", "sandbox").code == 0
    desk("sandbox", "reset")
    told = desk("verify", run)
    assert (told.code, "another one now" in told.err) == (2, True)


def test_a_run_of_which_nothing_went_has_nothing_to_compare(desk: Desk) -> None:
    """A file that could not be taken, and a repeat, which names the run that it repeats."""
    run = sent(desk, ("A", "S1", 5))
    again = desk.report("run", desk.folder / "stock.csv", "--as-of", OLD)
    assert again["rows"]["skipped"] == 1
    told = desk("verify", str(again["run"]))
    assert (told.code, f"verify {run}" in told.out) == (0, True)


def test_without_its_send_list_a_run_cannot_be_verified(desk: Desk) -> None:
    """A list that is gone, or that is damaged: exit 4, in four parts, and the outcome stays."""
    run = sent(desk, ("A", "S1", 5))
    (kept,) = (desk.folder / "state" / "sent").glob("*/send")
    for damage in (lambda: kept.write_bytes(b"ARROW1 no more"), kept.unlink):
        damage()
        told = desk("verify", run)
        assert (told.code, "no longer kept" in told.err, "1 pairs stay accepted" in told.err) == (
            4,
            True,
            True,
        )

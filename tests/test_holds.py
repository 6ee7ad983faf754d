"""What a guard holds waits for a person: it is shown with numbers, let go or given up a location at a time; and it ends by itself only once all of it is out of date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from tests.desks import four_parts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Desk

EMPTIED = {"A": 11, "B": 0}
GONE = {"A": 0, "B": 0}


def stock(desk: Desk, name: str, quantity: dict[str, int], day: str = "20") -> tuple[str | Path, ...]:
    """Write a file of 60 SKUs in two locations, and give the arguments that run it as of a day."""
    rows = [(place, f"S{at}", str(level)) for place, level in quantity.items() for at in range(60)]
    return desk.file([("Depot", "Item", "Pieces"), *rows], name), "--as-of", f"2026-11-{day}T00:00Z"


def held_run(desk: Desk) -> str:
    """Give the run that waits."""
    (run,) = desk("status", "--json").json["held"]
    assert run["rows"]["held"]
    return str(run["run"])


def begun(desk: Desk) -> None:
    """Send a first file, so that there is something to compare with."""
    assert desk("run", *stock(desk, "stock_1.csv", {"A": 10, "B": 10}, "19")).code == 0


def test_safe_locations_go_and_suspicious_ones_wait(desk: Desk) -> None:
    """3, four parts, the numbers, three examples and the command; the law of rows holds; nothing moves it but a yes."""
    begun(desk)
    ended = desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    assert (ended.code, four_parts(ended.err)) == (3, True)
    assert all(
        words in ended.err
        for words in ("60 of 60 pairs", "10 -> 0", "inventory-sync approve", "0 of 120 rows lost")
    )
    assert desk.stock() == {
        (place, f"S{at}"): {"A": 11, "B": 10}[place] for place in "AB" for at in range(60)
    }
    for command in (["resume"], ["run", *stock(desk, "stock_2.csv", EMPTIED)]):
        desk(*command)
        report = desk.report("show", held_run(desk))
        assert (report["status"], report["rows"]["held"], report["held"]["locations"]) == ("held", 60, ["B"])
        assert len(report["held"]["guards"][0]["examples"]) == 3


def test_the_same_content_is_the_same_run_while_it_is_held(desk: Desk) -> None:
    """No second run is made of it, also under another name or mtime; it says again that it is held."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    run = held_run(desk)
    report = desk.report("run", stock(desk, "stock_copy.csv", EMPTIED)[0])
    assert (report["run"], report["exit_code"]) == (run, 3)
    assert len(desk("status", "--json").json["runs"]) == 2


def test_a_yes_is_for_one_location_or_for_all(desk: Desk) -> None:
    """What was approved goes at once, the rest waits on; then the run ends like any other."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", GONE))
    run = held_run(desk)
    assert desk("approve", run, "--location", "A", "--by", "Ayşe", "--why", "counted").code == 3
    assert desk.stock()["A", "S1"] == 0
    assert desk.stock()["B", "S1"] == 10
    assert desk("approve", run).code == 0
    assert set(desk.stock().values()) == {0}
    assert desk.report("show", run)["rows"]["accepted"] == 120


def test_who_said_what_and_why_is_kept(desk: Desk) -> None:
    """`show` tells each word with its name, reason and moment."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", GONE))
    run = held_run(desk)
    desk("approve", run, "--location", "A", "--by", "Ayşe", "--why", "counted")
    desk("discard", run, "--by", "Ali", "--why", "a broken export")
    words = desk.report("show", run)["decisions"]
    assert [(word["location"], word["verdict"], word["who"], word["why"]) for word in words] == [
        ("A", "approved", "Ayşe", "counted"),
        ("B", "discarded", "Ali", "a broken export"),
    ]


def test_a_no_skips_the_rows_and_the_file_is_held_anew(desk: Desk) -> None:
    """They are discarded and counted; the same content later is judged again, and waits again."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", GONE))
    run = held_run(desk)
    report = desk.report("discard", run, "--location", "B")
    assert (report["skipped_by_reason"], report["rows"]["held"]) == ({"discarded": 60}, 60)
    assert desk.report("discard", run)["skipped_by_reason"] == {"discarded": 120}
    assert desk.report("run", *stock(desk, "stock_2.csv", GONE, "21"))["rows"]["held"] == 120


def test_a_changed_file_needs_a_yes_of_its_own(desk: Desk) -> None:
    """The yes was for the content that was judged."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    run = held_run(desk)
    report = desk.report("run", *stock(desk, "stock_2.csv", {"A": 12, "B": 0}, "21"))
    assert report["run"] != run
    assert report["rows"]["held"] == 60
    assert desk("approve", run).code == 0
    assert desk.report("show", report["run"])["rows"]["held"] == 60


def test_what_is_approved_late_does_not_undo_what_came_since(desk: Desk) -> None:
    """Pair by pair: a newer file went meanwhile, so the old value is superseded."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    run = held_run(desk)
    assert (
        desk("run", *stock(desk, "stock_3.csv", {"A": 11, "B": 20}, "22"), "--json").json["runs"][0]["rows"][
            "accepted"
        ]
        == 120
    )
    assert desk("approve", run).code == 0
    assert desk.report("show", run)["skipped_by_reason"] == {"superseded": 60}
    assert desk.stock()["B", "S1"] == 20


def test_a_file_of_the_future_is_held_and_its_yes_makes_it_now(desk: Desk) -> None:
    """Else everything that comes until then would be older than it."""
    file, *_ = stock(desk, "stock_1.csv", {"A": 10})
    assert desk("run", file, "--as-of", "2099-01-01T00:00Z").code == 3
    run = held_run(desk)
    assert desk.report("show", run)["held"]["guards"][0]["guard"] == "as_of.future"
    assert desk("approve", run).code == 0
    assert desk.report("show", run)["as_of"] < "2099"


def test_check_says_what_would_be_held_and_lists_only_what_would_go(desk: Desk) -> None:
    """The guards' verdict before anything is sent: 3, and `--rows` without the held ones."""
    begun(desk)
    arguments = stock(desk, "stock_2.csv", EMPTIED)
    report = desk.report("check", *arguments)
    assert (report["exit_code"], report["rows"]["held"], report["rows"]["pending"]) == (3, 60, 60)
    rows = desk("check", *arguments, "--rows").out.splitlines()
    assert len(rows) == 61
    assert all(row.startswith("A,") for row in rows[1:])


def test_nothing_held_nothing_to_approve(desk: Desk) -> None:
    """A run that is done, a location that is not held, a run that is not there: 2, in words."""
    begun(desk)
    (run,) = desk("status", "--json").json["runs"]
    assert desk("approve", run["run"]).code == 2
    assert "nothing of the run" in desk("approve", run["run"]).err
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    ended = desk("approve", held_run(desk), "--location", "A")
    assert (ended.code, "held are B" in ended.err) == (2, True)


def test_what_is_held_ends_once_something_newer_went_for_all_of_it(desk: Desk) -> None:
    """The next night's good file makes the hold pointless: nobody finds it there after a holiday; the numbers add up, `show` says why."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    held = held_run(desk)
    assert desk("run", *stock(desk, "stock_3.csv", {"A": 12, "B": 9}, "21")).code == 0
    assert desk("status", "--json").json["held"] == []
    (run,) = desk("show", held, "--json").json["runs"]
    assert (run["rows"]["accepted"], run["rows"]["skipped"], run["rows"]["held"]) == (60, 60, 0)
    assert "something newer was sent" in desk("show", held).out
    again = desk("approve", held)
    assert (again.code, "something newer was sent" in again.out + again.err) == (0, True)


def test_what_is_held_stays_while_any_of_its_pairs_has_nothing_newer(desk: Desk) -> None:
    """A newer file of part of it says nothing of the rest."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    held = held_run(desk)
    newer = [(place, f"S{at}", "9") for place in "AB" for at in range(59)]
    file = desk.file([("Depot", "Item", "Pieces"), *newer], "stock_3.csv")
    assert desk("run", file, "--as-of", "2026-11-21T00:00Z").code == 0
    assert held_run(desk) == held


def test_of_what_is_held_under_one_name_all_stays_while_any_is_up_to_date(desk: Desk) -> None:
    """What is held while it is sent may be several parts of the list without a location."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    held = held_run(desk)
    with closing(sqlite3.connect(desk.folder / "state" / "ledger.db")) as db, db:
        db.execute("UPDATE holds SET location = '', stop = stop - 30 WHERE run = ?", (held,))
        db.execute(
            "INSERT INTO holds (run, location, start, stop) SELECT run, '', stop, stop + 30 FROM holds"
        )
    newer = [(place, f"S{at}", "9") for place in "AB" for at in range(59)]
    file = desk.file([("Depot", "Item", "Pieces"), *newer], "stock_3.csv")
    desk("run", file, "--as-of", "2026-11-21T00:00Z")
    assert desk("status", "--json").json["held"][0]["rows"]["held"] == 60

"""`status`: what ran, what waits for a person, and what is open, with its age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.ledger.book import connect
from tests.desks import GOOD, ROWS
from tests.test_holds import EMPTIED, begun, stock

if TYPE_CHECKING:
    from tests.desks import Desk

HEAD, BAD = ("Depot", "Item", "Pieces"), ("A", "S2", "many")


def backdate(desk: Desk, run: str, day: str) -> None:
    """Let a run have been started on another day."""
    ledger = connect(desk.folder / "state" / "ledger.db")
    ledger.db.execute("UPDATE runs SET started = ? WHERE run = ?", (f"{day}T06:15:00Z", run))
    ledger.close()


def rejects(desk: Desk) -> tuple[int, int, int]:
    """Give what is new, what stands, and what was cleared."""
    found = desk("status", "--json").json
    return found["open_rejects"]["new"], found["open_rejects"]["standing"], found["cleared_rejects"]


def test_what_a_guard_holds_is_listed_with_the_command(desk: Desk) -> None:
    """Among the held runs, not among the pending ones, and no longer once it was approved."""
    begun(desk)
    desk("run", *stock(desk, "stock_2.csv", EMPTIED))
    found = desk("status", "--json").json
    (held,) = found["held"]
    assert (held["held"]["locations"], held["held"]["rows"], found["pending"]) == (["B"], 60, [])
    assert f"inventory-sync approve {held['run']}" in desk("status").out
    assert desk("approve", held["run"]).code == 0
    assert desk("status", "--json").json["held"] == []


def test_a_reject_is_new_once_and_then_it_stands(desk: Desk) -> None:
    """What the next file of the mapping brings again is no news, and as old as its first rejection."""
    first = desk.report("run", desk.file([HEAD, BAD, ("A", "S1", "5")]))
    assert rejects(desk) == (1, 0, 0)
    backdate(desk, first["run"], "2026-01-05")
    desk("run", desk.file([HEAD, BAD, ("A", "S3", "none"), ("A", "S1", "6")], "stock_2.csv"))
    assert rejects(desk) == (1, 1, 0)
    assert desk("status", "--json").json["oldest_open_reject"] == "2026-01-05T06:15:00Z"
    assert "1 new, 1 standing, the oldest since 2026-01-05 06:15" in desk("status").out


def test_what_was_corrected_is_cleared(desk: Desk) -> None:
    """By the newest run of the mapping; nothing is open then, and nothing has an age."""
    desk("run", desk.file([HEAD, BAD, ("A", "S1", "5")]))
    desk("run", desk.file([HEAD, ("A", "S2", "7")], "stock_2.csv"))
    assert rejects(desk) == (0, 0, 1)
    assert desk("status", "--json").json["oldest_open_reject"] is None


def test_a_row_without_a_pair_is_no_news_each_night(desk: Desk) -> None:
    """No newer file can judge it by its pair; as it stands rejected again word for word, it is the same one, told once."""
    for night in range(3):
        rows = [HEAD, ("A", "", "7"), ("A", "", "7"), ("A", "S1", str(night))]
        desk("run", desk.file(rows, f"stock_{night}.csv"))
        assert rejects(desk) == ((2, 0, 0) if not night else (0, 2, 0))
    desk("run", desk.file([HEAD, ("A", "S0", "7"), ("A", "S1", "9")], "stock_9.csv"))
    assert rejects(desk) == (0, 0, 2)


def test_each_mapping_has_news_of_its_own(desk: Desk) -> None:
    """A file of another mapping makes no reject an old one."""
    other = (desk.folder / "mappings" / "stock.yaml").read_text().replace("stock", "other")
    (desk.folder / "mappings" / "other.yaml").write_text(other)
    desk("run", desk.file(ROWS))
    before = rejects(desk)
    assert desk("run", desk.file(GOOD, "other.csv")).code == 0
    assert rejects(desk) == before


def test_a_run_says_which_version_of_the_program_judged_it(desk: Desk) -> None:
    """SC11: in the ledger, and in `show`; an upgrade in between changes nothing of it."""
    ran = desk.report("run", desk.file(GOOD))
    ledger = connect(desk.folder / "state" / "ledger.db")
    ledger.db.execute("""UPDATE runs SET about = json_set(about, '$.version', '9.8.7')""")
    ledger.close()
    assert "version" in ran
    assert desk.report("show", ran["run"])["version"] == "9.8.7"

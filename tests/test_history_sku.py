"""`status --sku`: each value that was sent, when, from which file and row, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.cli import telling
from sync.config import load
from sync.run.skuhistory import by_sku
from tests.desks import GOOD
from tests.rehearsals import rehearse
from tests.test_holds import begun
from tests.test_holds import stock as stock_of
from tests.test_order import dropped

if TYPE_CHECKING:
    from sync.config import Settings
    from tests.desks import Desk


def settings_of(desk: Desk) -> Settings:
    """Give the settings of a desk."""
    return load({"config": desk.folder / "inventory-sync.yaml"}, {}, desk.folder)


def history(desk: Desk, sku: str, *options: str) -> list[tuple[Any, ...]]:
    """Give what became of a SKU's values, the newest first: location, quantity, outcome, reason, row."""
    values = desk("status", "--sku", sku, *options, "--json").json["values"]
    names = ("location_code", "quantity", "outcome", "reason", "row")
    return [tuple(value[name] for name in names) for value in values]


def test_each_value_is_told_the_newest_first(desk: Desk) -> None:
    """From which file and row, in any case of the letters; another SKU is none of it."""
    desk("run", dropped(desk, 1, ("A", "Rug-5", "5"), ("A", "Rug-55", "1")))
    desk(
        "run",
        dropped(desk, 2, ("A", "Other", "1"), ("A", "Rug-5", "6"), ("B", "Rug-5", "7"), name="stock_2.csv"),
    )
    assert history(desk, "RUG-5") == [
        ("A", 6, "accepted", None, 3),
        ("B", 7, "accepted", None, 4),
        ("A", 5, "accepted", None, 2),
    ]
    assert history(desk, "RUG-5", "--location", "b") == [("B", 7, "accepted", None, 4)]
    told = desk("status", "--sku", "rug-5").out
    assert "Rug-5 at A:" in told
    assert "stock_2.csv row 3, stock of 2025-11-23 12:15" in told


def test_a_rejected_value_tells_why(desk: Desk) -> None:
    """Before sending and by the tenant; in the reject's words, and by which run it was judged again."""
    with rehearse(desk, unknown=("S7",)):
        desk("run", dropped(desk, 1, ("A", "S1", "1,500"), ("A", "S7", "1"), ("A", "S2", "2")))
        assert history(desk, "S7") == [("A", 1, "rejected", None, 3)]
        assert history(desk, "S1") == [("A", None, "rejected", None, 2)]
        desk("run", dropped(desk, 2, ("A", "S1", "15"), name="stock_2.csv"))
        assert history(desk, "S1")[0] == ("A", 15, "accepted", None, 2)
        told = desk("status", "--sku", "S1").out
    assert "can be read in two ways" in told or "1,500" in told
    assert "judged again by the run" in told


def test_a_row_without_a_location_is_found_by_its_sku(desk: Desk) -> None:
    """It was rejected, and stands in no send list."""
    desk("run", desk.file([*GOOD, ("", "S9", "3")]))
    assert history(desk, "s9") == [("", None, "rejected", None, 4)]


def test_what_is_held_given_up_or_let_go_is_told(desk: Desk) -> None:
    """Of one run, location by location."""
    begun(desk)
    desk("run", *stock_of(desk, "stock_2.csv", {"A": 0, "B": 0, "C": 3}))
    run = desk("status", "--json").json["held"][0]["run"]
    assert [item[2] for item in history(desk, "S5", "--location", "A")] == ["held", "accepted"]
    desk("discard", run, "--location", "A")
    desk("approve", run, "--location", "B")
    found = {item[0]: item[1:4] for item in reversed(history(desk, "S5"))}
    assert found == {"A": (0, "skipped", "discarded"), "B": (0, "accepted", None), "C": (3, "accepted", None)}


def test_what_was_never_sent_because_something_newer_came_is_superseded(desk: Desk) -> None:
    """Pending in an outage; of a batch that goes without it the other pairs are accepted."""
    (desk.folder / "faults.yaml").write_text("- {method: POST, status: 503}")
    desk.configure({"url": "sandbox"}, sandbox={"faults": "faults.yaml"})
    desk("run", dropped(desk, 1, ("A", "S1", "1"), ("A", "S2", "2")))
    assert history(desk, "S1") == [("A", 1, "pending", None, 2)]
    assert "no clear answer came" in desk("status", "--sku", "S1").out
    desk.configure({"url": "sandbox"})
    desk("run", dropped(desk, 2, ("A", "S1", "5"), name="stock_2.csv"))
    assert [item[1:4] for item in history(desk, "S1")] == [
        (5, "accepted", None),
        (1, "skipped", "superseded"),
    ]
    assert [item[1:3] for item in history(desk, "S2")] == [(2, "accepted")]


def test_what_it_looked_at_is_told(desk: Desk) -> None:
    """How many runs, how far back, and whether there was time for all."""
    for number in range(3):
        desk("run", dropped(desk, number, ("A", "S1", str(number))))
    told = desk("status", "--sku", "S1").out
    assert "looked at 3 runs" in told
    assert "all that are remembered" in told


def test_it_ends_in_time_and_says_so(desk: Desk) -> None:
    """A year of runs is not waited for: the newest are told, and that there was no time for the others."""
    for number in range(3):
        desk("run", dropped(desk, number, ("A", "S1", str(number))))
    found = by_sku(settings_of(desk), "S1", None, patience=0)
    assert (found["looked_at"], found["complete"], len(found["values"])) == (1, False, 1)
    assert "there was no time" in "".join(telling.sku(found))


def test_a_damaged_send_list_hides_no_other(desk: Desk) -> None:
    """Its run is named."""
    for number in range(2):
        run = desk.report("run", dropped(desk, number, ("A", "S1", str(number))))["run"]
    (desk.folder / "state" / "sent" / run / "send").write_bytes(b"ARROW1 and then nothing")
    assert [item[1] for item in history(desk, "S1")] == [0]
    assert f"unreadable: {run}" in desk("status", "--sku", "S1").out


def test_a_name_and_a_sku_are_two_questions(desk: Desk) -> None:
    """And a location alone is none."""
    assert desk("status", "stock", "--sku", "S1").code == 2
    assert desk("status", "--location", "A").code == 2

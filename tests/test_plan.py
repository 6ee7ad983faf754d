"""`plan`: what sending a file would change at the tenant, old -> new, without a trace."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ledger import lock
from sync.run.bylocation import Part
from sync.run.planning import LARGEST, UNKNOWN, Plan
from sync.run.readback import Reading
from sync.sandbox.access import Key
from sync.sandbox.store import Store
from tests.desks import KEY, ROWS, four_parts
from tests.readings import at_port, change, grid, stock_rows, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Desk


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)


@pytest.fixture
def stock(desk: Desk) -> Desk:
    """A desk whose sandbox holds something."""
    (desk.folder / "state").mkdir()
    with Store(desk.folder / "state" / "sandbox.db") as store:
        store.put([("A", "S1", 5), ("A", "S2", 6), ("A", "S3", 7), ("B", "S1", 0)])
    return desk


FILE = [("A", "S1", 5), ("A", "S2", 60), ("A", "S3", 0), ("A", "S4", 1), ("B", "S1", 0), ("C", "S1", 0)]


def planned(desk: Desk, *files: Path) -> dict[str, Any]:
    """Plan one file and give what stands under `plan`."""
    plan = desk.report("plan", *files)["plan"]
    assert isinstance(plan, dict)
    return plan


def test_every_pair_is_created_changed_zeroed_or_unchanged(stock: Desk) -> None:
    """Each location with its counts, and their sum; a pair that is 0 and stays 0 is unchanged."""
    plan = planned(stock, stock.file(stock_rows(*FILE)))
    kinds = {"created": 1, "changed": 1, "zeroed": 1, "unchanged": 1, "unknown": 0}
    assert {"location_code": "A", **kinds, "why": None} in plan["locations"]
    assert plan["counts"] == {"created": 2, "changed": 1, "zeroed": 1, "unchanged": 2, "unknown": 0}
    assert plan["complete"] is True


def test_the_rows_are_old_and_new(stock: Desk) -> None:
    """`--rows` prints each pair once, what is not there empty; nothing else stands on stdout."""
    ended = stock("plan", stock.file(stock_rows(*FILE)), "--rows")
    lines = list(csv.reader(ended.out.splitlines()))
    assert lines[0] == ["location_code", "sku_code", "old", "new"]
    old = {("A", "S1"): "5", ("A", "S2"): "6", ("A", "S3"): "7", ("B", "S1"): "0"}
    assert lines[1:] == [[place, sku, old.get((place, sku), ""), str(new)] for place, sku, new in FILE]


def test_the_largest_changes_stand_first(stock: Desk) -> None:
    """Ten at most, by how much they change; a pair that is not there counts as 0; unchanged ones are none."""
    plan = planned(stock, stock.file(stock_rows(*FILE)))
    assert [(each["sku_code"], each["old"], each["new"]) for each in plan["largest"]] == [
        ("S2", 6, 60),
        ("S3", 7, 0),
        ("S4", None, 1),
    ]


def test_what_run_would_reject_is_told_as_check_tells_it(stock: Desk) -> None:
    """Same report and exit code as `check`, and the plan beside it."""
    path = stock.file(ROWS)
    checked, report = stock.report("check", path), stock.report("plan", path)
    assert report.pop("plan")["counts"]["unchanged"] == 1
    for name in ("run", "started", "seconds", "notes"):
        checked.pop(name), report.pop(name)
    assert report == checked
    assert stock("plan", path).code == stock("check", path).code == 1


def test_planning_leaves_no_trace(stock: Desk) -> None:
    """No lock, no ledger, no file: also while another run is at work."""
    path = stock.file(stock_rows(*FILE))
    with lock.hold(stock.folder / "state"):
        before = tree(stock.folder)
        assert stock("plan", path).code == 0
        assert tree(stock.folder) == before


def test_a_sandbox_that_was_never_used_is_empty_and_stays_unmade(desk: Desk) -> None:
    """Everything would be created, and the state folder is not."""
    plan = planned(desk, desk.file(stock_rows(*FILE)))
    assert plan["counts"]["created"] == len(FILE)
    assert not (desk.folder / "state").exists()


def test_a_plan_comes_true(stock: Desk) -> None:
    """After `run` the same file would change nothing, and what was to be created was."""
    path = stock.file(stock_rows(*FILE))
    before = planned(stock, path)["counts"]
    report = stock.report("run", path)
    assert report["tenant_counts"]["created"] == before["created"]
    after = stock.report("plan", path, "--again")["plan"]["counts"]
    assert after == {"created": 0, "changed": 0, "zeroed": 0, "unchanged": len(FILE), "unknown": 0}


def test_the_table_fits_a_terminal(stock: Desk) -> None:
    """Long codes lose their middle, numbers nothing; twenty locations, then all of them in one line."""
    rows = [(f"L{'x' * 200}{n:02}", "S" * 200, 1_000_000 + n) for n in range(30)]
    told = stock("plan", stock.file(stock_rows(*rows)))
    table = [line for line in told.out.splitlines() if "…" in line]
    assert (told.code, len(table)) == (0, 20 + LARGEST)
    assert max(map(len, table)) <= 80
    assert "30 locations" in told.out
    assert "1,000,029" in told.out


def test_a_file_that_cannot_be_taken_has_no_plan(stock: Desk) -> None:
    """The others have; the exit code is the gravest."""
    good, bad = stock.file(stock_rows(*FILE)), stock.file([("X", "Y")], name="other.csv")
    told = stock("plan", bad, good, "--json")
    assert (told.code, [bool(run["plan"]) for run in told.json["runs"]]) == (6, [False, True])
    assert four_parts(stock("plan", bad).err)


def test_a_key_that_may_only_write_sees_what_would_be_sent(desk: Desk) -> None:
    """403: exit 4, said as such in four parts; old is unknown, and never called created."""
    with at_port(desk, scopes=("integrations.inventory.write",)):
        path = desk.file(stock_rows(*FILE))
        told, rows = desk("plan", path, "--json"), desk("plan", path, "--rows")
    (report,) = told.json["runs"]
    assert (told.code, report["status"], report["rows"]["pending"]) == (4, "incomplete", len(FILE))
    assert report["plan"]["counts"] == dict.fromkeys(report["plan"]["counts"], 0) | {"unknown": len(FILE)}
    assert {line.split(",")[2] for line in rows.out.splitlines()[1:]} == {UNKNOWN}
    assert four_parts(told.err)
    assert "the plan shows what would be sent, not what it changes" in told.err


def test_a_refused_key_is_exit_5(desk: Desk) -> None:
    """401, once for all files: what was checked is told, and the key shows nowhere."""
    with at_port(desk) as (_, keys):
        keys.clear()
        keys["another"] = Key()
        path = desk.file(stock_rows(*FILE))
        told = desk("plan", path, path, "--json")
    assert (told.code, [run["status"] for run in told.json["runs"]]) == (5, ["refused", "refused"])
    assert "Invalid API key" in told.err
    assert KEY not in told.err + told.out


def test_without_a_key_nothing_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key for a tenant on a port is a matter of set-up."""
    with at_port(desk):
        monkeypatch.delenv("INVENTORY_SYNC_API_KEY")
        assert desk("plan", desk.file(stock_rows(*FILE))).code == 2


def test_locations_that_cannot_be_read_are_named(desk: Desk) -> None:
    """The others are compared; exit 4."""
    with at_port(desk, method="GET", after=1, status=404, body="<html>") as (store, _):
        store.put([("A", "S1", 5)])
        told = desk("plan", desk.file(stock_rows(("A", "S1", 6), ("B/1", "S1", 5))), "--json")
    (report,) = told.json["runs"]
    assert (told.code, report["plan"]["complete"]) == (4, False)
    assert {each["location_code"]: bool(each["why"]) for each in report["plan"]["locations"]} == {
        "A": False,
        "B/1": True,
    }
    assert "B/1" in told.err


def test_a_tenant_that_is_down_is_exit_4(desk: Desk) -> None:
    """Nothing listens: nothing is called created."""
    with at_port(desk):
        path = desk.file(stock_rows(*grid("ABCDEFGH", 3)))
    told = desk("plan", path, "--json")
    assert (told.code, told.json["runs"][0]["plan"]["counts"]["unknown"]) == (4, 24)
    assert four_parts(told.err)


def test_a_reading_that_may_be_cut_creates_nothing(desk: Desk) -> None:
    """Of exactly 50 records what is found is compared, and what is not is unknown."""
    with at_port(desk) as (store, _):
        store.put([("A", f"S{n:03}", n) for n in range(50)])
        plan = planned(desk, desk.file(stock_rows(*grid("A", 52))))
    assert (plan["counts"]["unchanged"], plan["counts"]["unknown"], plan["counts"]["created"]) == (50, 2, 0)


def test_a_pair_beside_one_in_other_letters_is_pointed_out(stock: Desk) -> None:
    """It would be created; a person may have meant the other one."""
    with Store(stock.folder / "state" / "sandbox.db") as store:
        change(store, "UPDATE records SET sku_code = lower(sku_code)")
    told = stock("plan", stock.file(stock_rows(*FILE)))
    assert "4 pairs would be created beside one whose codes differ only in case" in told.out


def test_rows_and_json_are_one_or_the_other(stock: Desk) -> None:
    """Both at once is a mistake of usage."""
    assert stock("plan", stock.file(GOOD_FILE), "--rows", "--json").code == 2


GOOD_FILE = stock_rows(*FILE)


@given(
    held=st.dictionaries(st.integers(0, 30), st.integers(0, 9)),
    new=st.dictionaries(st.integers(0, 30), st.integers(0, 9), min_size=1),
    whole=st.booleans(),
)
def test_each_pair_is_counted_once(held: dict[int, int], new: dict[int, int], whole: bool) -> None:  # noqa: FBT001 - an example
    """Whatever is held and sent: the kinds add up, and the largest are the largest."""
    part = Part("A", [str(sku) for sku in new], list(new.values()), list(new), None)  # type: ignore[arg-type]  # positions are no matter here
    plan = Plan()
    changes = list(
        plan.take(part, Reading({("A", str(k)): v for k, v in held.items()}, "" if whole else "cut"))
    )
    plan.note(changes)
    assert sum(plan.counts().values()) == len(new)
    assert plan.counts()["unknown"] == (0 if whole else len(new.keys() - held.keys()))
    sizes = sorted((abs(v - held.get(k, 0)) for k, v in new.items() if whole or k in held), reverse=True)
    assert [change.size for change in plan.largest] == [size for size in sizes if size][:LARGEST]
    assert json.loads(json.dumps(plan.as_json()))["complete"] is (plan.counts()["unknown"] == 0)

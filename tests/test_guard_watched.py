"""Guards of the watched folder, where nobody looks: a mapping's first file, and old files where nothing is remembered."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sync.run.watched.work import PLANS
from tests.desks import KEY, MAPPING
from tests.drops import HEAD
from tests.wires import Shop, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drops import Drop

DAY = 86_400


def guards(report: dict[str, Any]) -> list[str]:
    return [guard["guard"] for guard in (report["held"] or {"guards": []})["guards"]]


def age(drop: Drop, days: float) -> None:
    """Make what lies in the inbox older."""
    for path in drop.inbox.glob("*.csv"):
        os.utime(path, (time.time() - days * DAY,) * 2)


@pytest.fixture
def shop(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Serve a tenant that is not the sandbox."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    shop = Shop()
    drop.configure({"url": shop.origin, "workers": 1})
    with serving(shop):
        yield shop


def test_a_mapping_s_first_file_for_a_tenant_waits_for_a_yes(drop: Drop, shop: Shop) -> None:
    """Nothing is posted; after the yes it goes, and the next one goes by itself."""
    drop.put()
    first = drop.report()
    assert (guards(first), first["exit_code"], shop.stock) == (["first"], 3, {})
    assert "the first file of the mapping stock" in first["held"]["guards"][0]["numbers"]
    assert drop.kept() == {"held": 1}
    assert drop.desk("approve", first["run"]).code == 0
    drop.put("stock_2.csv", "6")
    assert (drop.report()["status"], shop.stock) == ("ok", {"S1": 6})
    assert drop.kept() == {"processed": 2}


def test_as_long_as_there_is_no_yes_every_file_is_the_first(drop: Drop, shop: Shop) -> None:
    """A second file must not slip through because one was held before it."""
    for name in ("stock_1.csv", "stock_2.csv"):
        drop.put(name, quantity=name[6])
        assert guards(drop.report()) == ["first"]
    assert shop.stock == {}


def test_of_many_first_files_the_newest_say_what_they_would_change(drop: Drop, shop: Shop) -> None:
    """A plan reads the tenant; a thousand files that were dropped before the first yes must not read it a thousand times."""
    for number in range(PLANS + 2):
        path = drop.put(f"stock_{number}.csv", quantity=str(number))
        os.utime(path, (time.time() - 60 * number,) * 2)
    reports = drop.once("--json").json["runs"]
    planned = [report["file"] for report in reports if "created" in report["held"]["guards"][0]["values"]]
    assert {Path(file).name for file in planned} == {f"stock_{number}.csv" for number in range(PLANS)}
    assert drop.kept() == {"held": PLANS + 2}
    assert shop.stock == {}


def test_whoever_names_a_file_has_looked_at_it(drop: Drop, shop: Shop) -> None:
    """`run` holds no first file; and after it the folder knows the mapping."""
    assert drop.desk("run", drop.desk.file([HEAD, ("A", "S1", "5")])).code == 0
    drop.put("stock_2.csv", "6")
    assert (drop.report()["status"], shop.stock) == ("ok", {"S1": 6})


def test_the_sandbox_takes_a_first_file(drop: Drop) -> None:
    """Nothing there can be harmed."""
    drop.put()
    assert drop.report()["status"] == "ok"


def test_old_files_wait_where_nothing_is_remembered(drop: Drop) -> None:
    """FS21: the state folder is lost, and last month's files lie there: none of them goes over today's stock."""
    drop.put()
    drop.once()
    shutil.rmtree(drop.desk.folder / "state")
    drop.put("stock_old.csv", "99")
    age(drop, 30)
    report = drop.report()
    assert guards(report) == ["max_age"]
    assert "was the state folder lost?" in report["held"]["guards"][0]["numbers"]
    assert drop.desk.stock() == {}


@pytest.mark.parametrize(("days", "status"), [(1.9, "ok"), (2.1, "held")])
def test_two_days_are_old_without_a_history(drop: Drop, days: float, status: str) -> None:
    """A week-end is not; and a file that a person names goes however old it is."""
    drop.put()
    age(drop, days)
    assert drop.report()["status"] == status
    assert drop.desk("run", drop.put("stock_2.csv", sku="S2")).code == 0


def test_with_a_history_old_files_are_taken_for_what_they_are(drop: Drop) -> None:
    """Their pairs are judged one by one; age alone is no reason, unless the mapping says so."""
    drop.put()
    drop.once()
    drop.put("stock_old.csv", "9", sku="S2")
    age(drop, 30)
    assert drop.report()["status"] == "ok"


def test_a_mapping_may_say_that_age_does_not_matter(drop: Drop) -> None:
    """`max_age: off` also where nothing is known."""
    (drop.desk.folder / "mappings" / "stock.yaml").write_text(f"{MAPPING}guards: {{max_age: off}}\n")
    drop.put()
    age(drop, 300)
    assert drop.report()["status"] == "ok"


def test_what_is_gone_from_a_dropped_file_goes_to_zero(drop: Drop) -> None:
    """In a run of its own, which has no file to put away."""
    (drop.desk.folder / "mappings" / "stock.yaml").write_text(f"{MAPPING}absent: zero\n")
    drop.rows([HEAD, ("A", "S1", "5"), ("A", "S2", "5")])
    drop.once()
    drop.rows([HEAD, ("A", "S1", "6")], "stock_2.csv")
    reports = drop.once("--json").json["runs"]
    assert sorted(report["absent"] for report in reports) == [0, 1]
    assert drop.desk.stock() == {("A", "S1"): 6, ("A", "S2"): 0}
    assert drop.kept() == {"processed": 2}
    assert drop.once().code == 0

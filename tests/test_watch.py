"""The watched folder through the command line: where files end up, what is told, and what a pass takes up."""

from __future__ import annotations

import os
import shutil

import pytest

from sync.ledger import lock
from sync.run.watched import order
from tests.desks import KEY, MAPPING, four_parts
from tests.drops import HEAD, Drop
from tests.test_house import FRAMES, imported_by
from tests.wires import Shop, serving

A_MONTH = 30 * 86_400


def test_a_dropped_file_goes_and_is_put_away(drop: Drop) -> None:
    """The tenant has its rows, the folder `processed` the file, and the report its place in the inbox."""
    file = drop.put("stock.csv", "5")
    report = drop.report()
    assert (report["status"], report["file"], drop.kept()) == ("ok", str(file), {"processed": 1})
    assert drop.desk.stock() == {("A", "S1"): 5}
    assert report["lies_at"] == str(drop.root / "processed" / f"stock.{report['run']}.csv")


def test_nothing_to_do_is_0_and_silent(drop: Drop) -> None:
    """SC09: whoever is called by cron every ten minutes is no news; after missed ticks one pass takes all."""
    ended = drop.once()
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    for number in range(3):
        drop.put(f"stock_{number}.csv", sku=f"S{number}")
    assert len(drop.once("--json").json["runs"]) == 3
    assert drop.once("--json").json == {"exit_code": 0, "runs": [], "left": [], "waiting": 0}


def test_a_pass_without_files_imports_nothing_heavy(drop: Drop) -> None:
    """Most passes find nothing: they do not wait for what reads and sends files."""
    config = str(drop.desk.folder / "inventory-sync.yaml")
    assert imported_by("watch", "--once", "--config", config) & (FRAMES | {"httpx"}) == set()


def test_the_same_content_again_is_told_as_a_repeat(drop: Drop) -> None:
    """IN24: processed, nothing sent."""
    drop.put()
    drop.once()
    drop.put("stock_again.csv")
    report = drop.report()
    assert (report["skipped_by_reason"], report["requests"]["sent"]) == ({"repeat": 1}, 0)
    assert drop.kept() == {"processed": 2}


def test_rejects_lie_in_the_folder_of_the_staff_as_a_workbook(drop: Drop) -> None:
    """Whatever the file was; code 1, and the file itself is processed."""
    drop.rows([HEAD, ("A", "S1", "5"), ("A", "S2", "1,500")])
    assert drop.once().code == 1
    assert drop.kept() == {"processed": 1, "rejects": 1}
    assert drop.files("rejects")[0].suffix == ".xlsx"


def test_what_cannot_be_taken_is_failed_once(drop: Drop) -> None:
    """6 in four parts that say where it lies now; the next pass has nothing to say."""
    drop.rows([("x",)], "other.csv")
    ended = drop.once()
    assert (ended.code, drop.kept(), drop.once().code) == (6, {"failed": 1}, 0)
    assert four_parts(ended.err)
    assert str(drop.files("failed")[0]) in ended.err


def test_the_subfolder_is_the_location(drop: Drop) -> None:
    """Columns without a location: the folder says which."""
    folder = MAPPING.replace("{column: Depot}", "{folder: true}")
    (drop.desk.folder / "mappings" / "stock.yaml").write_text(folder)
    drop.put("A/stock.csv", "7")
    drop.put("B/stock.csv", "8")
    assert drop.once().code == 0
    assert drop.desk.stock() == {("A", "S1"): 7, ("B", "S1"): 8}
    assert drop.kept() == {"processed": 2}


def test_what_is_held_is_told_once_and_moved_when_it_is_decided(drop: Drop) -> None:
    """3 in the pass that holds it and 0 in the next; a decided run's file lies in `processed` after the next pass."""
    file = drop.put()
    os.utime(file, (file.stat().st_mtime - A_MONTH,) * 2)
    report = drop.report()
    assert (report["status"], drop.kept(), drop.once().code) == ("held", {"held": 1}, 0)
    assert drop.desk("approve", report["run"]).code == 0
    assert drop.once().code == 0
    assert (drop.kept(), list((drop.root / "held").iterdir())) == ({"processed": 1}, [])
    assert drop.desk.stock() == {("A", "S1"): 5}


def test_what_is_held_and_comes_again_is_the_same_run(drop: Drop) -> None:
    """Both files wait, and one word frees both."""
    for name in ("stock.csv", "stock_again.csv"):
        file = drop.put(name)
        os.utime(file, (file.stat().st_mtime - A_MONTH,) * 2)
        report = drop.report()
    assert (drop.kept(), drop.once("--json").json["runs"]) == ({"held": 2}, [])
    assert drop.desk("discard", report["run"]).code == 0
    assert (drop.kept(), list((drop.root / "held").iterdir())) == ({"processed": 2}, [])


def test_a_folder_can_be_named(drop: Drop) -> None:
    """DIR is the root, whatever the configuration says."""
    elsewhere = drop.desk.folder / "elsewhere"
    shutil.copytree(drop.put().parent, elsewhere / "inbox")
    assert drop.desk("watch", elsewhere, "--once").code == 0
    assert len(list((elsewhere / "processed").iterdir())) == 1
    assert drop.kept() == {"inbox": 1}


def test_one_pass_at_a_time(drop: Drop) -> None:
    """SC01, SC12: another run holds the lock: 75, nothing touched."""
    drop.once()
    drop.put()
    with lock.hold(drop.desk.folder / "state"):
        assert drop.once().code == 75
    assert drop.kept() == {"inbox": 1}


def test_the_lock_is_free_after_a_pass(drop: Drop) -> None:
    """A person's command need not wait for the folder."""
    drop.put()
    drop.once()
    assert lock.holder(drop.desk.folder / "state") is None


@pytest.fixture
def shop(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A tenant that knows the mapping already, as its first file waits for a yes."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    shop = Shop()
    drop.configure({"url": shop.origin, "workers": 1})
    return shop


def known(drop: Drop, shop: Shop) -> None:
    """Have the mapping's first file sent, by a command."""
    assert drop.desk("run", drop.desk.file([HEAD, ("A", "S0", "1")])).code == 0
    shop.requests.clear()


def test_what_is_pending_goes_with_the_next_pass(drop: Drop, shop: Shop) -> None:
    """No new file is needed; the file lies in `processed` meanwhile, as the ledger has its rows."""
    with serving(shop):
        known(drop, shop)
    drop.put("stock.csv", "6")
    assert (drop.once().code, drop.kept()) == (4, {"processed": 1})
    again = Shop(port=int(shop.origin.rpartition(":")[2]))
    with serving(again):
        assert drop.once().code == 0
    assert again.stock == {"S1": 6}


def test_while_the_tenant_fails_the_rest_stays_in_the_inbox(
    drop: Drop, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not claimed can still be replaced by its owner."""
    with serving(shop):
        known(drop, shop)
    monkeypatch.setattr(order, "AT_ONCE", 1)
    for number in range(3):
        drop.put(f"stock_{number}.csv", sku=f"S{number}")
    assert (drop.once().code, drop.kept()) == (4, {"inbox": 2, "processed": 1})

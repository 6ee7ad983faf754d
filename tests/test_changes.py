"""`changes_only`: what the tenant acknowledged before is not posted again, and nothing else is left out."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desks import KEY, MAPPING, UNGUARDED, Desk
from tests.drops import HEAD as DROPPED
from tests.drops import Drop
from tests.readings import change
from tests.test_verify import store
from tests.wires import Shop, answer, hangs_up, says, serving

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Cli

HEAD = ("Depot", "Item", "Pieces", "Counted")
Stock = dict[str, int]


def sent(desk: Desk, day: int, stock: Stock, *options: str) -> dict[str, Any]:
    """Run a file whose stock is true for a day; give its report."""
    path = desk.file([HEAD, *(("A", sku, str(count), str(day)) for sku, count in stock.items())])
    return desk.report("run", path, "--as-of", f"2026-11-{day:02}", *options)


def outcome(report: dict[str, Any]) -> dict[str, int]:
    """Give the outcomes that are not 0, and the requests."""
    return {name: n for name, n in report["rows"].items() if n} | {"requests": report["requests"]["sent"]}


def send(desk: Desk, words: str) -> None:
    """Have the mapping say how rows are sent."""
    (desk.folder / "mappings" / "stock.yaml").write_text(f"{MAPPING}{UNGUARDED}send: {{{words}}}\n")


def later(desk: Desk, days: int) -> None:
    """Have everything on record happen so many days earlier."""
    with sqlite3.connect(desk.folder / "state" / "ledger.db") as db:
        db.execute("UPDATE runs SET started = strftime('%Y-%m-%dT%H:%M:%fZ', started, ?)", (f"-{days} days",))


def test_only_what_changed_is_posted(desk: Desk) -> None:
    """The rest is unchanged: counted as that, found under its SKU, and no request is made where nothing is left."""
    desk.unguarded()
    sent(desk, 1, {"S1": 5, "S2": 6, "S3": 7})
    report = sent(desk, 2, {"S1": 5, "S2": 60, "S3": 7, "S4": 8}, "--changes-only")
    assert outcome(report) == {"read": 4, "accepted": 2, "unchanged": 2, "requests": 1}
    assert report["status"] == "ok"
    again = sent(desk, 3, {"S1": 5, "S2": 60, "S3": 7, "S4": 8}, "--changes-only")
    assert outcome(again) == {"read": 4, "unchanged": 4, "requests": 0}
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 60, ("A", "S3"): 7, ("A", "S4"): 8}
    told = [value["outcome"] for value in desk("status", "--sku", "S1", "--json").json["values"]]
    assert told == ["unchanged", "unchanged", "accepted"]
    assert "2 unchanged" in desk("show", report["run"]).out


def test_check_tells_what_would_not_be_posted(desk: Desk) -> None:
    """As run would, with the rows that would go alone."""
    desk.unguarded()
    sent(desk, 1, {"S1": 5, "S2": 6})
    path = desk.file([HEAD, ("A", "S1", "5", "2"), ("A", "S2", "7", "2")], "stock2.csv")
    report = desk.report("check", path, "--changes-only")
    assert (report["rows"]["unchanged"], report["rows"]["pending"]) == (1, 1)
    rows = desk("check", path, "--changes-only", "--rows").out.splitlines()
    assert rows == ["location_code,sku_code,quantity,row", "A,S2,7,3"]
    assert desk.report("check", path)["rows"]["pending"] == 2


def test_the_mapping_says_so_and_a_first_file_goes_whole(desk: Desk) -> None:
    """Before a whole file of the mapping went, nothing is left out; an initial load and --again are whole too."""
    send(desk, "changes_only: true")
    assert outcome(sent(desk, 1, {"S1": 5, "S2": 6})) == {"read": 2, "accepted": 2, "requests": 1}
    assert outcome(sent(desk, 2, {"S1": 5, "S2": 7})) == {
        "read": 2,
        "accepted": 1,
        "unchanged": 1,
        "requests": 1,
    }
    whole = sent(desk, 3, {"S1": 5, "S2": 7}, "--source", "initial_load")
    assert outcome(whole) == {"read": 2, "accepted": 2, "requests": 1}
    assert outcome(sent(desk, 4, {"S1": 5, "S2": 7}, "--again"))["accepted"] == 2
    typed = sent(desk, 5, {"S1": 5, "S2": 7}, "--source", "initial_load", "--changes-only")
    assert outcome(typed) == {"read": 2, "unchanged": 2, "requests": 0}


def test_everything_goes_every_now_and_then(desk: Desk) -> None:
    """A week after the last whole file the next one goes whole, a repeat too; then the week begins again."""
    send(desk, "changes_only: true, full_every: 7d")
    sent(desk, 1, {"S1": 5})
    later(desk, 6)
    assert outcome(sent(desk, 2, {"S1": 5})) == {"read": 1, "unchanged": 1, "requests": 0}
    later(desk, 2)
    assert outcome(sent(desk, 3, {"S1": 5})) == {"read": 1, "accepted": 1, "requests": 1}
    assert outcome(sent(desk, 4, {"S1": 5}))["requests"] == 0
    later(desk, 8)
    assert (
        outcome(sent(desk, 5, {"S1": 5}, "--changes-only"))["requests"] == 1
    )  # a crontab with the option too


def test_full_every_is_for_changes_only(desk: Desk) -> None:
    """Alone it would do nothing, and is refused in words."""
    send(desk, "full_every: 7d")
    path = desk.file([HEAD, ("A", "S1", "5", "1")])
    ended = desk("run", path)
    assert ended.code == 2
    assert "full_every" in ended.err
    assert "changes_only: true" in ended.err


def test_staff_read_how_many_rows_were_unchanged(desk: Desk) -> None:
    """On the page and in the note beside a reject workbook, in words of their own."""
    drop = Drop(desk)
    send(desk, "changes_only: true")
    drop.rows([DROPPED, ("A", "S1", "5"), ("A", "S2", "6"), ("A", "S3", "7")])
    drop.once()
    drop.rows([DROPPED, ("A", "S1", "5"), ("A", "S2", "6"), ("A", "S3", "x")], "stock2.csv")
    (report,) = drop.once("--json").json["runs"]
    assert outcome(report) == {"read": 3, "unchanged": 2, "rejected": 1, "requests": 0}
    told = "Already the same in the stock system: 2 rows."
    assert told in (drop.root / "STATUS.html").read_text()
    (note,) = (drop.root / "rejects").glob("*.txt")
    assert told in note.read_text()


def test_a_difference_that_verify_saw_has_everything_sent(desk: Desk) -> None:
    """Somebody else changed the tenant: the memory is not believed until a whole file went, and words say why."""
    desk.unguarded()
    run = sent(desk, 1, {"S1": 5, "S2": 6})["run"]
    change(store(desk), "UPDATE records SET quantity = 99 WHERE sku_code = 'S1'")
    assert desk("verify", run).code == 1
    report = sent(desk, 2, {"S1": 5, "S2": 6}, "--changes-only")
    assert outcome(report) == {"read": 2, "accepted": 2, "requests": 1}
    assert any("verify" in words for words in report["warnings"])
    assert desk.stock()["A", "S1"] == 5
    with sqlite3.connect(desk.folder / "state" / "ledger.db") as db:  # as if it was not within this second
        db.execute("UPDATE tenants SET differs = '2026-11-01T00:00:00+00:00'")
    assert outcome(sent(desk, 3, {"S1": 5, "S2": 6}, "--changes-only"))["requests"] == 0


def test_verify_compares_what_was_unchanged_too(desk: Desk) -> None:
    """A run that posted nothing still says what the tenant should hold."""
    desk.unguarded()
    sent(desk, 1, {"S1": 5, "S2": 6})
    run = sent(desk, 2, {"S1": 5, "S2": 6}, "--changes-only")["run"]
    assert desk("verify", run, "--json").json["counts"]["same"] == 2
    change(store(desk), "UPDATE records SET quantity = 1 WHERE sku_code = 'S2'")
    assert desk("verify", run).code == 1


def test_an_unchanged_value_counts_from_its_own_file(desk: Desk) -> None:
    """What is older than the file that repeated a value comes too late."""
    desk.unguarded()
    sent(desk, 1, {"S1": 5})
    sent(desk, 5, {"S1": 5}, "--changes-only")
    report = sent(desk, 3, {"S1": 9})
    assert report["skipped_by_reason"] == {"superseded": 1}
    assert desk.stock() == {("A", "S1"): 5}


def test_what_was_held_while_something_else_was_sent_is_posted(desk: Desk) -> None:
    """Whether a value is unchanged is asked again when it may go: here another one came between."""
    desk.unguarded()
    sent(desk, 1, {"S1": 5, "S2": 6, "S3": 7, "S4": 8})
    (desk.folder / "mappings" / "stock.yaml").write_text(
        f"{MAPPING}guards: {{min_rows: 4, fewer_rows: off}}\n"
    )
    held = sent(desk, 5, {"S1": 5, "S2": 60, "S3": 7}, "--changes-only")
    assert held["status"] == "held"
    assert outcome(sent(desk, 3, {"S1": 5, "S2": 6, "S3": 9, "S4": 8}))["accepted"] == 4
    assert desk("approve", held["run"], "--why", "a small shop").code == 0
    assert desk.stock() == {("A", "S1"): 5, ("A", "S2"): 60, ("A", "S3"): 7, ("A", "S4"): 8}


def test_a_value_whose_last_answer_is_unknown_is_posted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """7 was posted and nobody answered, so 5 is no longer what the tenant certainly holds."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    desk.unguarded()
    shop = Shop()
    retry = {"attempts": 1, "base": 0.01, "max": 0.01, "deadline": 1}
    desk.configure({"url": shop.origin, "retry": retry})
    with serving(shop):
        sent(desk, 1, {"S1": 5})
        shop.otherwise = hangs_up
        assert sent(desk, 2, {"S1": 7})["rows"]["pending"] == 1
        shop.otherwise = shop.takes
        path = desk.file([HEAD, ("A", "S1", "5", "3")])
        runs = desk("run", path, "--as-of", "2026-11-03", "--changes-only", "--json").json["runs"]
    (new,) = (run for run in runs if "2026-11-03" in run["as_of"])
    assert (new["rows"]["accepted"], new["rows"]["unchanged"]) == (1, 0)
    assert shop.stock == {"S1": 5}


REFUSED = {"location_id": "A", "product_id": "S1", "errors": {"quantity": ["too many"]}}


def test_a_value_that_was_refused_since_is_posted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenant refused 7: that it still holds 5 is likely, and nobody said so."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    desk.unguarded()
    shop = Shop()
    desk.configure({"url": shop.origin})
    counts = {"total": 2, "created": 0, "updated": 1, "failed": 1, "errors": [REFUSED]}
    with serving(shop):
        sent(desk, 1, {"S1": 5, "S2": 6})
        shop.otherwise = says(answer(json.dumps({"success": True, "data": counts}).encode()))
        assert outcome(sent(desk, 2, {"S1": 7, "S2": 6})) == {
            "read": 2,
            "accepted": 1,
            "rejected": 1,
            "requests": 1,
        }
        shop.otherwise = shop.takes
        report = sent(desk, 3, {"S1": 5, "S2": 6}, "--changes-only")
    assert outcome(report) == {"read": 2, "accepted": 1, "unchanged": 1, "requests": 1}


FILES = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.dictionaries(st.sampled_from(["S1", "S2", "s1", "S3"]), st.integers(0, 2), min_size=1),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES)
def test_the_tenant_holds_what_it_would_hold_without_it(cli: Cli, files: list[tuple[int, Stock]]) -> None:
    """Law: whatever files come, in whatever order and as old as they may be, only the number of requests differs."""
    held = []
    for options in ((), ("--changes-only",)):
        with TemporaryDirectory() as folder:
            desk = Desk(Path(folder), cli)
            desk.unguarded()
            for day, stock in files:
                sent(desk, day, stock, *options)
            held.append(desk.stock())
    assert held[0] == held[1]

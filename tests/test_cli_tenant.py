"""The command line against a tenant over a real socket: what a user is told, and what stays safe."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.desks import GOOD, KEY, Desk, four_parts

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_wrong_key_stops_with_5_and_the_tenant_s_words(desk: Desk, tenant: Callable[[Any], None]) -> None:
    """Rows stay pending; the key is in no output and no file."""
    tenant([{"status": 401, "body": {"detail": f"Invalid API key {KEY}"}}])
    ended = desk("run", desk.file(GOOD))
    assert ended.code == 5
    assert "Invalid API key" in ended.err
    assert four_parts(ended.err)
    kept = b"".join(path.read_bytes() for path in desk.folder.rglob("*") if path.is_file())
    assert KEY not in ended.out + ended.err
    assert KEY.encode() not in kept


def test_a_tenant_that_is_down_leaves_rows_pending_and_resume_finishes_them(
    desk: Desk, tenant: Callable[[Any], None]
) -> None:
    """Exit 4, then 0; the source is not read again."""
    tenant([{"status": 503, "times": 2}])
    file = desk.file(GOOD)
    ended = desk("run", file)
    assert ended.code == 4
    assert four_parts(ended.err)
    file.unlink()
    assert desk("status", "--json").json["pending"][0]["rows"]["pending"] == 2
    assert desk.report("resume")["rows"] | {"read": 0} == {
        "read": 0,
        "accepted": 2,
        "unchanged": 0,
        "merged": 0,
        "skipped": 0,
        "rejected": 0,
        "held": 0,
        "pending": 0,
    }
    assert desk("resume").code == 0


def test_discard_ends_what_is_pending(desk: Desk, tenant: Callable[[Any], None]) -> None:
    """The rows are skipped, counted, and never sent."""
    tenant([{"status": 503}])
    run = desk.report("run", desk.file(GOOD))["run"]
    report = desk.report("discard", run)
    assert (report["exit_code"], report["skipped_by_reason"]) == (0, {"discarded": 2})
    assert desk("resume", "--json").json["runs"] == []


def test_an_address_where_nothing_listens_is_4(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run or resume goes on."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    desk.configure({"url": "http://127.0.0.1:9"})
    ended = desk("run", desk.file(GOOD))
    assert ended.code == 4
    assert "127.0.0.1:9" in ended.err


def test_a_file_that_the_tenant_refuses_does_not_hold_up_the_others(
    desk: Desk, tenant: Callable[[Any], None]
) -> None:
    """One row that is refused whatever happens; the next file goes all the same."""
    tenant([{"poison_skus": ["BAD"], "poison_status": 400}])
    assert (
        desk("run", desk.file([GOOD[0], ("A", "BAD", "1")], "stock_bad.csv"), "--as-of", "2026-01-01").code
        == 5
    )
    ended = desk("run", desk.file(GOOD), "--json")
    outcomes = {run["file"].rpartition("/")[2]: run["rows"] for run in ended.json["runs"]}
    assert (outcomes["stock.csv"]["accepted"], outcomes["stock_bad.csv"]["rejected"]) == (2, 1)
    assert ended.code == 1
    assert desk("resume").code == 0


@pytest.mark.parametrize("status", [500, 503])
def test_a_row_that_always_fails_does_not_hold_up_later_files(
    desk: Desk, tenant: Callable[[Any], None], status: int
) -> None:
    """Night after night the new file goes, and the old row is asked for once more."""
    tenant([{"poison_skus": ["BAD"], "poison_status": status}])
    desk.configure({"url": _url(desk), "retry": {"attempts": 3, "base": 0.01}})
    bad = desk.file([GOOD[0], ("A", "BAD", "1")], "stock_bad.csv")
    assert desk("run", bad, "--as-of", "2026-01-01").code == 4
    for night in range(3):
        ended = desk("run", desk.file([GOOD[0], ("A", f"N{night}", "1")], f"stock_{night}.csv"), "--json")
        outcomes = {run["file"].rpartition("/")[2]: run["rows"] for run in ended.json["runs"]}
        assert outcomes[f"stock_{night}.csv"]["accepted"] == 1
        assert outcomes["stock_bad.csv"]["pending"] == 1


def test_the_hour_that_the_tenant_named_outlives_the_run(desk: Desk, tenant: Callable[[Any], None]) -> None:
    """`discard` ends the run, not the tenant's wish."""
    tenant([{"status": 429, "headers": {"Retry-After": "3600"}, "times": 1}])
    run = desk.report("run", desk.file(GOOD))["run"]
    assert desk("discard", run).code == 0
    report = desk.report("run", desk.file(GOOD[:2], "stock_more.csv"))
    assert (report["exit_code"], report["requests"]["sent"]) == (4, 0)


def _url(desk: Desk) -> str:
    configured: str = json.loads((desk.folder / "inventory-sync.yaml").read_text())["tenant"]["url"]
    return configured


def test_a_command_before_the_hour_that_the_tenant_named_posts_nothing(
    desk: Desk, tenant: Callable[[Any], None]
) -> None:
    """Retry-After: an hour. Neither `resume` nor another file knocks before it; both say when."""
    tenant([{"status": 429, "headers": {"Retry-After": "3600"}, "times": 1}])
    assert desk("run", desk.file(GOOD)).code == 4
    for command in (("resume",), ("run", str(desk.file(GOOD[:2], "stock_more.csv")))):
        ended = desk(*command)
        assert ended.code == 4
        assert "not before 2" in ended.err
    runs = desk("resume", "--json").json["runs"]
    assert sorted(run["requests"]["sent"] for run in runs) == [0, 1]


def test_a_refusal_that_two_runs_met_stands_open_once(desk: Desk, tenant: Callable[[Any], None]) -> None:
    """A run that was left pending, and the same file again: of the pair's two refusals the newest stands."""
    tenant([{"status": 503, "times": 3}, {"poison_skus": ["S2"], "poison_status": 400}])
    desk.configure(
        {
            "url": _url(desk),
            "batch_rows": 1,
            "workers": 1,
        }
    )
    assert desk("run", desk.file(GOOD)).code == 4
    assert desk("run", desk.folder / "stock.csv").code == 1
    assert desk("status", "--json").json["open_rejects"] == {"new": 1, "standing": 0}

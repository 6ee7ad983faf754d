"""The command line as a real process: killed, told to end, started twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.serve import served
from sync.sandbox.store import Store
from tests.desks import GOOD, KEY, ROWS, Desk

if TYPE_CHECKING:
    from pathlib import Path


def start(desk: Desk, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start the command line in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "sync",
        arguments[0],
        "--config",
        desk.folder / "inventory-sync.yaml",
        *arguments[1:],
    ]
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"INVENTORY_SYNC_API_KEY": KEY},
    )


def many(n: int) -> list[tuple[str, ...]]:
    """Make a file of n rows that can all be told apart."""
    return [
        ("Depot", "Item", "Pieces"),
        *(("AB"[number % 2], f"S{number:05d}", str(number)) for number in range(n)),
    ]


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_is_finished_by_resume(desk: Desk, sign: signal.Signals) -> None:
    """Killed in the middle of its batches: no row is lost, none is doubled, the tenant equals the file."""
    store = Store(desk.folder / "tenant.db")
    with served(store, plan=[{"extra_fields": {"slow": True}}]) as url:
        desk.configure({"url": url, "batch_rows": 20, "workers": 2})
        run = start(desk, "run", desk.file(many(4000)))
        until = time.monotonic() + 60
        while not store.at_location("A") and time.monotonic() < until:
            time.sleep(0.005)
        run.send_signal(sign)
        assert run.wait(30) == (-sign if sign == signal.SIGKILL else 130)
        half = len(store.at_location("A")) + len(store.at_location("B"))
        assert 0 < half < 4000
        assert start(desk, "resume").wait(60) == 0
        stock = {row.sku_code: row.quantity for place in "AB" for row in store.at_location(place)}
    store.close()
    assert stock == {f"S{number:05d}": number for number in range(4000)}
    (report,) = desk("status", "--json").json["runs"]
    assert (report["status"], report["rows"]["accepted"]) == ("ok", 4000)


def test_a_second_run_leaves_at_once_with_75(desk: Desk) -> None:
    """One run at a time for each state folder."""
    store = Store(desk.folder / "tenant.db")
    with served(store) as url:
        desk.configure({"url": url, "batch_rows": 1, "workers": 1})
        first = start(desk, "run", desk.file(many(3000)))
        until = time.monotonic() + 60
        while not store.at_location("A") and time.monotonic() < until:
            time.sleep(0.005)
        assert start(desk, "run", desk.folder / "stock.csv").wait(30) == 75
        first.kill()
        first.wait()
    store.close()


def test_a_log_line_is_json_on_request_and_stdout_stays_one_document(desk: Desk) -> None:
    """Logs go to stderr."""
    ended = desk("run", desk.file(GOOD), "--json", "--log-format", "json", "-v")
    assert ended.json["exit_code"] == 0
    events = [json.loads(line)["event"] for line in ended.err.splitlines()]
    assert {"staged", "ended"} <= set(events)


def test_a_name_that_steers_a_terminal_is_shown_escaped(desk: Desk) -> None:
    """One event is one line, and no escape sequence gets through."""
    ended = desk("run", desk.file(GOOD, "stock\x1b[31m\nx.csv"))
    assert ended.code == 0
    assert "\x1b" not in ended.out + ended.err


def test_files_of_ours_are_not_for_others(desk: Desk) -> None:
    """Whatever the umask was: 0640 or tighter."""
    desk("run", desk.file(ROWS))
    ours = [path for folder in ("state", "rejects") for path in (desk.folder / folder).rglob("*")]
    assert ours
    assert [path for path in ours if path.stat().st_mode & 0o027] == []

"""The command line as a real process: killed, told to end, started twice."""

from __future__ import annotations

import json
import os
import signal
import socket
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


STARTED = """if True:
    import atexit, os, signal, sys
    when, sign, *sys.argv[1:] = sys.argv[1:]
    def tell(*_, kill=os.kill, process=os.getpid(), sign=int(sign)):
        kill(process, sign)
    class Told:
        __del__ = find_spec = flush = tell
        def write(self, text):
            tell()
            return sys.__stdout__.write(text)
    if when == "printing":
        sys.stdout = Told()
    elif when == "ending":
        atexit.register(tell)
        last = Told()  # taken away after Python's own handlers
    else:
        def find_spec(name, path=None, target=None):
            if name == when:
                tell()
        Told.find_spec = staticmethod(find_spec)
        sys.meta_path.insert(0, Told)
    from sync.__main__ import main
    main()
"""


def told(desk: Desk, when: str, sign: signal.Signals) -> subprocess.CompletedProcess[str]:
    """Run a file in a process that is told to end at a certain moment."""
    config = str(desk.folder / "inventory-sync.yaml")
    given = ["run", "--json", "--config", config, str(desk.file(GOOD))]
    command = [sys.executable, "-c", STARTED, when, str(int(sign)), *given]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("library", ["click", "httpx", "pydantic_core", "pandas"])
def test_told_to_end_while_a_library_is_imported(desk: Desk, library: str, sign: signal.Signals) -> None:
    """Before the work has begun: 130, one line, one document, no traceback, nothing sent."""
    ended = told(desk, library, sign)
    assert (ended.returncode, json.loads(ended.stdout)["exit_code"]) == (130, 130)
    assert [line.split(";")[0] for line in ended.stderr.splitlines()] == ["interrupted"]
    assert not (desk.folder / "state").exists()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("when", ["printing", "ending"])
def test_told_to_end_when_all_is_done(desk: Desk, when: str, sign: signal.Signals) -> None:
    """The code that was decided stands, to the very end of the process."""
    ended = told(desk, when, sign)
    assert (ended.returncode, json.loads(ended.stdout)["exit_code"], ended.stderr) == (0, 0, "")


def test_told_twice_it_does_not_wait_for_a_silent_tenant(desk: Desk) -> None:
    """The first time what is under way may settle; the second time it ends at once, and `resume` knows of it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk.configure({"url": f"http://127.0.0.1:{silent.getsockname()[1]}", "timeout": 60})
        run = start(desk, "run", desk.file(GOOD))
        asking, _ = silent.accept()
        run.send_signal(signal.SIGINT)
        run.send_signal(signal.SIGTERM)
        assert run.wait(10) == 130
        asking.close()
    (pending,) = desk("status", "--json").json["pending"]
    assert pending["rows"]["pending"] == 2


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

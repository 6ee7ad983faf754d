"""SC: what a schedule does to a run: next to no environment, a clock that was turned back, a set-up that changes meanwhile."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desks import GOOD, KEY, Desk
from tests.processes import PATIENCE, command
from tests.units import CRON, unit
from tests.wires import Shop, serving

if TYPE_CHECKING:
    import socket

ROOT = Path(__file__).resolve().parent.parent
HEAD = ("Depot", "Item", "Pieces")


def bare(desk: Desk) -> dict[str, str]:
    """Give what cron gives to a command, and the file of the key; and where this code lies."""
    key = desk.folder / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    cron = {"PATH": "/usr/bin:/bin", "LANG": "C", "SHELL": "/bin/sh"}
    return {**cron, "INVENTORY_SYNC_API_KEY_FILE": str(key), "PYTHONPATH": str(ROOT)}


def from_cron(desk: Desk, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Start a command as cron does."""
    return subprocess.run(
        command(desk, *arguments),
        env=bare(desk),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        start_new_session=True,
        preexec_fn=lambda: os.umask(0),
    )


def test_what_cron_gives_is_enough(desk: Desk) -> None:
    """SC10: no home, no language, no terminal, the root folder, umask 000: same codes, no colours, nothing for others."""
    shop = Shop()
    desk.configure({"url": shop.origin})
    file = desk.file([HEAD, ("Ödön", "Größe-ş", "7")])
    with serving(shop):
        run = from_cron(desk, "run", file)
    assert (run.returncode, shop.stock) == (0, {"Größe-ş": 7}), run.stderr
    assert b"\x1b" not in run.stdout + run.stderr
    ours = list((desk.folder / "state").rglob("*"))
    assert [path for path in ours if path.stat().st_mode & 0o027] == []


def test_a_clock_that_was_turned_back_makes_no_file_older(desk: Desk) -> None:
    """SC08: of two files of one as-of the later taken wins, also where the earlier was taken "tomorrow"."""
    for number, quantity in enumerate(("5", "6")):
        file = desk.file([HEAD, ("A", "S1", quantity)], f"stock_{number}.csv")
        os.utime(file, (1_763_900_000,) * 2)
        assert desk.report("run", file)["rows"]["accepted"] == 1
        with closing(sqlite3.connect(desk.folder / "state" / "ledger.db")) as ledger:
            ledger.execute("UPDATE runs SET started = '2099-01-01T00:00:00Z'")
            ledger.commit()
    assert desk.stock() == {("A", "S1"): 6}


def test_a_run_goes_on_with_the_set_up_that_it_began_with(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SC11: configuration and mapping are overwritten while its first request is under way."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)

    class Editor(Shop):
        def takes(self, connection: socket.socket) -> None:
            for path in desk.folder.rglob("*.yaml"):
                path.write_text("][ half a file")
            super().takes(connection)

    shop = Editor()
    desk.configure({"url": shop.origin, "batch_rows": 1, "batch_rows_max": 1, "workers": 1})
    with serving(shop):
        assert desk("run", desk.file(GOOD)).code == 0
    assert (len(shop.bodies), shop.stock) == (2, {"S1": 5, "S2": 6})
    assert desk("run", desk.file(GOOD)).code == 2


@pytest.mark.parametrize("name", ["inventory-sync.timer", "inventory-sync-resume.timer"])
def test_what_was_missed_is_made_up_for_once(name: str) -> None:
    """SC09: whatever many ticks a machine slept through, its timers start one pass when it wakes."""
    assert unit(CRON / name)["Timer"]["Persistent"] == ["true"]


def test_a_pass_under_bare_cron(desk: Desk) -> None:
    """SC10, SE05: the watched folder, with names of any script; nothing is printed in colours or open to others."""
    shop = Shop()
    desk.configure({"url": shop.origin}, watch={"settle": 0})
    mapping = desk.folder / "mappings" / "stock.yaml"
    mapping.write_text(mapping.read_text() + "guards: {max_age: off}\n")
    inbox = desk.folder / "drop" / "inbox"
    inbox.mkdir(parents=True)
    desk.file([HEAD, ("Ödön", "Größe-ş", "7")], "drop/inbox/stock-ürün.csv")
    with serving(shop):
        held = from_cron(desk, "watch", "--once")
    assert held.returncode == 3, held.stderr
    assert b"\x1b" not in held.stdout + held.stderr
    (waiting,) = (desk.folder / "drop" / "held").glob("*.csv")
    assert waiting.name.startswith("stock-ürün.")
    ours = [*(desk.folder / "state").rglob("*"), *(desk.folder / "drop" / "held").iterdir()]
    assert [path for path in ours if path != waiting and path.stat().st_mode & 0o027] == []

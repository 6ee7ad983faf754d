"""SC: what a schedule does to a run: next to no environment, a clock that was turned back, a set-up that changes meanwhile."""

from __future__ import annotations

import configparser
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desks import GOOD, KEY, Desk
from tests.processes import PATIENCE, command
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


def test_what_cron_gives_is_enough(desk: Desk) -> None:
    """SC10: no home, no language, no terminal, the root folder, umask 000: same codes, no colours, nothing for others."""
    shop = Shop()
    desk.configure({"url": shop.origin})
    file = desk.file([HEAD, ("Ödön", "Größe-ş", "7")])
    with serving(shop):
        run = subprocess.run(
            command(desk, "run", file),
            env=bare(desk),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            start_new_session=True,
            preexec_fn=lambda: os.umask(0),
        )
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


@pytest.mark.parametrize("unit", ["inventory-sync.timer", "inventory-sync-resume.timer"])
def test_a_missed_night_is_made_up_for_once(unit: str) -> None:
    """SC09: the timer of the night is persistent; the one of every quarter of an hour need not be."""
    timer = configparser.ConfigParser()
    timer.read(ROOT / "cron" / unit)
    often = timer["Timer"]["OnCalendar"].startswith("*:")
    assert timer["Timer"].getboolean("Persistent", fallback=False) != often

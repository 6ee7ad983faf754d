"""FS10..FS12, CR05: `watch` without end: found by looking, woken by the system where it does, ended when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sync.cli.watch import Rounds
from sync.ledger import lock
from sync.run.watched.result import Passed
from sync.watcher.waking import Waking
from tests.desks import KEY
from tests.drops import HEAD
from tests.processes import PATIENCE, UNSHARE, allowed, command
from tests.wires import Meddler, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drops import Drop

LONG = 600.0
ROOT = Path(__file__).resolve().parent.parent
NO_INOTIFY = 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"'
limited = pytest.mark.skipif(
    not allowed(UNSHARE, "-Ur", "sh", "-c", NO_INOTIFY, "sh"), reason="needs a limit of its own"
)


@contextmanager
def watching(drop: Drop, *under: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Watch in a process of its own, under another program and with more in its environment."""
    environ = os.environ | {"INVENTORY_SYNC_API_KEY": KEY} | more
    program = [*under, *command(drop.desk, "watch")]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def appears(drop: Drop, count: int) -> bool:
    """Wait until so many files are processed, and the pass that did it has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done = len(list((drop.root / "processed").glob("*"))) >= count
        if done and lock.holder(drop.desk.folder / "state") is None:
            return True
        time.sleep(0.05)
    return False


def end(process: subprocess.Popen[bytes], sign: int = signal.SIGTERM) -> tuple[int, str]:
    """Tell a process to end; give its code and what it said on stderr."""
    process.send_signal(sign)
    _, said = process.communicate(timeout=PATIENCE)
    return process.returncode, said.decode()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_files_are_taken_until_it_is_told_to_end(drop: Drop, sign: int) -> None:
    """CR05: one after the other, without a command; told to end while it waits it has done all it had to: 0 (130 in a look)."""
    drop.configure(poll=3)
    with watching(drop) as process:
        for number in range(2):
            drop.put("stock.csv", str(number))
            assert appears(drop, number + 1)
        code, said = end(process, sign)
    assert (code, bool(said)) in {(0, False), (130, True)}
    assert drop.desk.stock() == {("A", "S1"): 1}


def test_what_ends_a_pass_does_not_end_the_watch(drop: Drop) -> None:
    """A mapping that is being edited: told once, not at each look, and the next look after it is mended takes the file."""
    mapping = drop.desk.folder / "mappings" / "stock.yaml"
    good = mapping.read_text()
    mapping.write_text("version: 1\nname: [\n")
    drop.configure(poll=2)
    with watching(drop) as process:
        drop.put()
        assert process.stderr
        assert b"stock.yaml" in process.stderr.readline()
        time.sleep(3)
        mapping.write_text(good)
        assert appears(drop, 1)
        code, said = end(process)
    assert (code, said.count("stock.yaml")) == (0, 0)


def test_without_the_library_files_are_found_by_looking(drop: Drop) -> None:
    """FS10: as where a remote writer raises no event: within two intervals, and said once."""
    absent = drop.desk.folder / "absent"
    absent.mkdir()
    (absent / "watchfiles.py").write_text("raise ImportError")
    with watching(drop, PYTHONPATH=f"{absent}:{ROOT}") as process:
        for number in range(4):
            drop.put("stock.csv", str(number))
            assert appears(drop, number + 1)
        _, said = end(process)
    assert said.count("the system does not wake us") == 1


@limited
def test_where_the_system_has_nothing_left_files_are_found_by_looking(drop: Drop) -> None:
    """FS11: no instance of inotify is left: said once, and it goes on."""
    pytest.importorskip("watchfiles")
    with watching(drop, str(UNSHARE), "-Ur", "sh", "-c", NO_INOTIFY, "sh") as process:
        drop.put()
        assert appears(drop, 1)
        drop.put("stock.csv", "6")
        assert appears(drop, 2)
        _, said = end(process)
    assert said.count("the system does not wake us") == 1


def woken(folder: Path, happen: object = None) -> float:
    """Tell how long a wait of ten minutes lasts if something happens."""
    with Waking(folder) as waking:
        assert not waking.wait(0.3)  # the listener begins with the first wait
        timer = threading.Timer(0.2, happen) if callable(happen) else threading.Timer(0, lambda: None)
        timer.start()
        begun = time.monotonic()
        waking.wait(LONG if callable(happen) else 0.5)
        timer.join()
        return time.monotonic() - begun


def test_a_new_file_wakes(tmp_path: Path) -> None:
    """Whoever drops a file does not wait for the interval."""
    pytest.importorskip("watchfiles")
    assert woken(tmp_path, (tmp_path / "stock.csv").touch) < PATIENCE


def test_any_number_of_events_is_one_wake_up(tmp_path: Path) -> None:
    """FS12: an event is no more than a nudge to look at all there is, so that none that was lost is missed."""
    pytest.importorskip("watchfiles")

    def happen() -> None:
        for number in range(300):
            (tmp_path / f"stock_{number}.csv").touch()

    assert woken(tmp_path, happen) < PATIENCE


def test_our_own_work_does_not_wake_us(tmp_path: Path) -> None:
    """What is claimed is moved inside of the inbox: nobody need look for that."""
    pytest.importorskip("watchfiles")
    (tmp_path / ".work").mkdir()
    with Waking(tmp_path) as waking:
        waking.wait(0.3)
        (tmp_path / ".work" / "stock.csv").touch()
        begun = time.monotonic()
        waking.wait(1.5)
    assert time.monotonic() - begun > 1.4


def test_told_to_end_while_rows_are_on_their_way(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """CR05: what is under way is settled and its file put away; nothing more is begun: 130."""
    monkeypatch.setenv("INVENTORY_SYNC_API_KEY", KEY)
    shop = Meddler()
    drop.configure({"url": shop.origin, "workers": 1})
    with serving(shop):
        assert drop.desk("run", drop.desk.file([HEAD, ("A", "S0", "1")])).code == 0
        with watching(drop) as process:
            shop.meddle = partial(process.send_signal, signal.SIGTERM)
            drop.put()
            process.communicate(timeout=PATIENCE)
    assert (process.returncode, shop.stock["S1"], drop.kept()) == (130, 5, {"processed": 1})


def test_what_lasts_is_said_once_and_tried_seldom(capsys: pytest.CaptureFixture[str]) -> None:
    """FS14, FS23: a file that cannot be had is no news at each look; what is pending is not tried at each look."""
    rounds, passed = Rounds(LONG), Passed()
    passed.leave(Path("stock.csv"), "somebody has it open")
    for _ in range(3):
        rounds.ended(passed, as_json=False)
    assert (capsys.readouterr().err.count("stock.csv"), rounds.resume) == (1, False)
    good = Passed()
    good.reports.append({"exit_code": 0, "status": "ok"})
    rounds.ended(good, as_json=True)
    assert (rounds.resume, rounds.pause) == (True, LONG)

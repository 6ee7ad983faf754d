"""RX03, RX09, RX11, CR06: whoever reads what a run prints, or nobody: the run goes on, and its exit code is its own."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from sync.ledger import lock
from tests.desks import GOOD, four_parts
from tests.processes import PATIENCE, started

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desks import Desk

STDIN, STDOUT, STDERR = range(3)


def closed(*handles: int) -> Callable[[], None]:
    """Start a process with some of its streams closed."""

    def close() -> None:
        for handle in handles:
            os.close(handle)

    return close


def settled(desk: Desk) -> bool:
    """Tell whether the only run sent everything, by its ledger."""
    (report,) = desk("status", "--json").json["runs"]
    assert desk.stock() == {("A", "S1"): 5, ("B", "S2"): 6}
    return bool(report["status"] == "ok")


@pytest.mark.parametrize("handles", [(STDOUT,), (STDIN, STDOUT, STDERR)])
def test_a_stream_that_is_closed_from_the_start_is_no_error(desk: Desk, handles: tuple[int, ...]) -> None:
    """CR06: nor does the ledger become stdout, as the next file opened would."""
    run = started(desk, "run", "-v", desk.file(GOOD), preexec_fn=closed(*handles), stdout=None, stderr=None)
    assert run.wait(PATIENCE) == 0
    assert settled(desk)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_hangs_up_at_once_changes_nothing(desk: Desk, stream: str) -> None:
    """CR06: `run -v | head -0`; without this a log line would end the run half way, with the exit code of rejects."""
    with started(desk, "run", "-v", desk.file(GOOD)) as run:
        getattr(run, stream).close()
        assert run.wait(PATIENCE) == 0
    assert settled(desk)


def full_pipe() -> tuple[int, int]:
    """Make a pipe that takes nothing more, as behind a reader that stopped."""
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    fcntl.fcntl(writes, fcntl.F_SETPIPE_SZ, 4096)
    with suppress(BlockingIOError):
        while os.write(writes, b"x" * 512):
            pass
    os.set_blocking(writes, True)
    return reads, writes


def test_a_log_that_nobody_reads_does_not_hold_up_a_run(desk: Desk) -> None:
    """RX11: the lines are left out; everything is sent, and the process ends by itself."""
    reads, writes = full_pipe()
    with started(desk, "run", "-v", desk.file(GOOD), stderr=writes) as run:
        assert run.wait(PATIENCE) == 0
    os.close(reads)
    os.close(writes)
    assert settled(desk)


def test_a_report_that_nobody_reads_holds_up_nobody_else(desk: Desk) -> None:
    """RX11, CR05: the work is done and the lock is free while it waits for its reader, and SIGTERM ends the waiting."""
    reads, writes = full_pipe()
    with started(desk, "run", "--json", desk.file(GOOD), stdout=writes) as run:
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(0.01 if done(desk) else 0)
        assert lock.holder(desk.folder / "state") is None
        run.send_signal(signal.SIGTERM)
        assert run.wait(PATIENCE) == 0
    os.close(reads)
    os.close(writes)
    assert settled(desk)


def done(desk: Desk) -> bool:
    """Wait until a run in another process has ended its work."""
    reports, pause = desk.folder / "state" / "reports", threading.Event()
    while not (reports.is_dir() and any(reports.glob("2*.json"))) or lock.holder(desk.folder / "state"):
        pause.wait(0.02)
    return True


def test_a_log_without_room_is_left_out(desk: Desk) -> None:
    """RX03: stderr goes to a disk that is full; the run is as it would be."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        run = started(desk, "run", "-v", desk.file(GOOD), stderr=full, stdout=subprocess.DEVNULL)
        assert run.wait(PATIENCE) == 0
    assert settled(desk)


def test_a_report_without_room_is_told_of(desk: Desk) -> None:
    """RX03: stdout goes to a disk that is full: what ran is on record, and a person is told, once, in four parts."""
    with open("/dev/full", "wb") as full, started(desk, "run", desk.file(GOOD), stdout=full) as run:  # noqa: PTH123 - a device
        _, told = run.communicate(timeout=PATIENCE)
    assert run.returncode == 4
    assert four_parts(told.decode())
    assert told.count(b"No space left") == 1
    assert settled(desk)


def many_bad(desk: Desk, count: int) -> Path:
    """Write a file of rows that are all bad."""
    return desk.file([GOOD[0], *(("A", f"S{at}", "?") for at in range(count))])


def test_many_rejects_are_a_short_report_and_a_long_file(desk: Desk) -> None:
    """RX09: a person reads some lines, a program a hundred problems; the reject file holds every row."""
    told = desk("run", many_bad(desk, 20_000))
    assert len(told.out + told.err) < 2_000
    (report,) = desk("status", "--json").json["runs"]
    assert report["rows"]["rejected"] == 20_000
    shown: dict[str, Any] = desk("show", report["run"], "--json").json["runs"][0]
    assert len(shown["problems"]) == 100
    with open(report["rejects"], encoding="utf-8-sig") as file:  # noqa: PTH123 - a name of the report
        assert sum(1 for _ in file) == 20_001

"""What one process took, and the sink that it posted to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).absolute().parent
ENVIRONMENT = {
    **{
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    },  # as installed: compiled
    "INVENTORY_SYNC_API_KEY": "sk_live_of_the_bench",
    "PYTHONPATH": str(HERE.parent),
    "DO_NOT_TRACK": "1",  # dlt asks
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}
GLANCE = 0.1  # seconds between two looks at the memory of a family of processes


class Figures(NamedTuple):
    """What one process took."""

    seconds: float
    processor: float  # seconds of all cores, children included
    memory: float  # MB at its peak: of the process, or of its family together where that was asked for
    printed: bytes


class Sunk(NamedTuple):
    """What the sink says at its end."""

    rows: int
    seconds: float


def measured(command: Sequence[str | Path], folder: Path, *, family: bool = False) -> Figures:
    """Run a command in a folder; with `family`, its children's memory is added to its own (Linux)."""
    started = time.perf_counter()
    peak = [0.0]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder, env=ENVIRONMENT) as process:
        ended = threading.Event()
        if family:
            threading.Thread(target=_watch, args=(process.pid, ended, peak)).start()
        out = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        ended.set()
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command} ended with {process.returncode}")
    seconds = time.perf_counter() - started
    memory = max(usage.ru_maxrss / 1024, peak[0])
    return Figures(seconds, usage.ru_utime + usage.ru_stime, memory, out)


def _watch(pid: int, ended: threading.Event, peak: list[float]) -> None:
    """Keep the most that a process and its descendants held together, in MB."""
    while not ended.wait(GLANCE):
        peak[0] = max(peak[0], sum(map(_held, _family(pid))))


def _family(pid: int) -> list[int]:
    """Give a process and all that descend from it."""
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue  # it has ended
    return found


def _held(pid: int) -> float:
    """Give the memory that is a process's own, in MB, and its share of what it has in common with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


@contextmanager
def sink(latency: float) -> Iterator[tuple[str, list[Sunk]]]:
    """Serve a sink; its own figures stand in the list once it has ended."""
    command = (sys.executable, HERE / "sink.py", "--latency", str(latency))
    told: list[Sunk] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout  # noqa: S101 - it is a pipe
        try:
            yield process.stdout.readline().strip(), told
        finally:
            process.terminate()
            said = json.loads(process.stdout.read())
            told.append(Sunk(said["rows"], said["seconds"]))

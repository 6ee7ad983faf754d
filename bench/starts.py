"""Cron, a timer and a hand at once: commands that start together, again and again, while the tenant holds the one that works.

    python bench/starts.py [--rounds 50] [--commands 8]

Exactly one works each time, the others leave with 75 before it is done, and no body reaches the tenant twice.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from queue import SimpleQueue
from statistics import median
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).absolute().parent.parent))
from sync.sandbox.journal import Journal, read_journal
from sync.sandbox.serve import served
from sync.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).absolute().parent.parent
BUSY = 75
SYNC = (sys.executable, "-m", "sync")
HOLD = [{"method": "POST", "hold": "before_apply"}]
MAPPING = """
version: 1
name: stock
match: {filename: ["stock*"]}
columns: {location_code: {column: Depot}, sku_code: {column: Item}, quantity: {column: Pieces}}
"""


class Left(NamedTuple):
    """How one of the commands ended: its code, seconds since it was started, seconds of the processor."""

    code: int
    seconds: float
    processor: float


class Together:
    """The same command several times at once; they are told in the order in which they end."""

    def __init__(self, command: Sequence[str | Path], count: int, environ: Mapping[str, str]) -> None:
        self._left: SimpleQueue[Left] = SimpleQueue()
        for _ in range(count):
            process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            Thread(target=self._wait, args=(process, time.monotonic())).start()

    def _wait(self, process: subprocess.Popen[bytes], started: float) -> None:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self._left.put(Left(process.returncode, time.monotonic() - started, used.ru_utime + used.ru_stime))

    def next(self, count: int, *, patience: float = 120) -> list[Left]:
        """Wait for the next ones to end."""
        return [self._left.get(timeout=patience) for _ in range(count)]


def ask(url: str, method: str, path: str) -> None:
    """Ask a path of the rehearsal itself."""
    with urllib.request.urlopen(urllib.request.Request(url + path, method=method)) as answer:  # noqa: S310 - loopback
        answer.read()


def play(folder: Path, rounds: int, commands: int) -> tuple[list[Left], list[Left], Path]:
    """Start commands together, round by round; give those that were turned away, those that worked, and the tenant's log."""
    (folder / "mappings").mkdir()
    (folder / "mappings" / "stock.yaml").write_text(MAPPING)
    log, turned_away, worked = folder / "log.jsonl", list[Left](), list[Left]()
    environ = os.environ | {"INVENTORY_SYNC_API_KEY": "sk_live_of_the_rehearsal"}
    with (
        Store(folder / "tenant.db") as store,
        Journal(log) as journal,
        served(store, plan=HOLD, journal=journal) as url,
    ):
        config = folder / "inventory-sync.yaml"
        config.write_text(json.dumps({"tenant": {"url": url}}))
        Together([*SYNC, "resume", "--config", config], 1, environ).next(
            1
        )  # the first command ever makes the state folder
        for number in range(rounds):
            file = folder / f"stock_{number}.csv"
            file.write_text(f"Depot,Item,Pieces\nA,S{number},{number}\nB,S{number},{number}\n")
            together = Together([*SYNC, "run", "--config", config, file], commands, environ)
            ask(url, "GET", "/__held?at_least=1&timeout=120")
            turned_away += together.next(commands - 1)
            ask(url, "POST", "/__release")
            worked += together.next(1)
            print(".", end="", flush=True)
    return turned_away, worked, log


def main() -> None:
    """Play it and print the verdict."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--commands", type=int, default=8)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        away, worked, log = play(Path(temporary), given.rounds, given.commands)
        bodies = Counter(request["sha256"] for request in read_journal(log) if request["sha256"])
    codes = (Counter(left.code for left in away), Counter(left.code for left in worked))
    seconds = sorted(left.seconds for left in away)
    print(f"\nturned away: {dict(codes[0])}; worked: {dict(codes[1])}; bodies: {bodies.total()}, none twice: {max(bodies.values()) == 1}")  # fmt: skip
    print(
        f"turned away after {median(seconds):.2f} s (median), {seconds[-1]:.2f} s (slowest); of the processor"
        f" {median(left.processor for left in away):.2f} s; who works takes {median(left.processor for left in worked):.2f} s of it"
    )
    if codes != (Counter({BUSY: len(away)}), Counter({0: given.rounds})) or max(bodies.values()) > 1:
        sys.exit("that is not one at a time")


if __name__ == "__main__":
    main()

"""A desk whose tenant is the sandbox over a real socket, misbehaving as told, with a log of every request."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from sync.sandbox.journal import Journal, read_journal
from sync.sandbox.serve import served
from sync.sandbox.store import Store
from tests.chaos import nursery
from tests.desks import KEY

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from tests.desks import Desk

PATIENCE = 60.0  # seconds: so long a test waits for what must come
PATIENT = {"attempts": 5, "base": 0.01, "max": 0.05, "deadline": 60}
Request = dict[str, Any]


@dataclass(frozen=True)
class Rehearsal:
    """What a test asks of the tenant's side."""

    desk: Desk
    store: Store
    url: str
    log: Path

    def requests(self) -> list[Request]:
        """Give every request that arrived, in order."""
        return read_journal(self.log)

    def bodies(self) -> list[Request]:
        """Give every POST that arrived whole."""
        return [request for request in self.requests() if request["sha256"]]

    def stock(self) -> dict[tuple[str, str], int]:
        """Give what the tenant holds."""
        rows = (row for place in "AB" for row in self.store.at_location(place))
        return {(row.location_code, row.sku_code): row.quantity for row in rows}

    def ask(self, method: str, path: str) -> Any:
        """Ask a path of the rehearsal itself."""
        address = urlsplit(self.url)
        with closing(HTTPConnection("127.0.0.1", address.port or 0, timeout=PATIENCE)) as connection:
            connection.request(method, path)
            return json.loads(connection.getresponse().read())

    def until_held(self, count: int = 1) -> None:
        """Wait until so many requests hang."""
        told = self.ask("GET", f"/__held?at_least={count}&timeout={PATIENCE}")
        assert told["held"] >= count

    def release(self) -> None:
        """Let all go on that hang."""
        self.ask("POST", "/__release")


@contextmanager
def rehearse(
    desk: Desk, *plan: dict[str, Any], unknown: tuple[str, ...] | None = None, **tenant: Any
) -> Iterator[Rehearsal]:
    """Serve the sandbox with faults; `unknown`: only SKUs that start with S and are not among these exist there.

    Bodies of `batch_rows` grow only where `batch_rows_max` is given.
    """
    most = {"batch_rows_max": tenant["batch_rows"]} if "batch_rows" in tenant else {}
    number = sum(1 for _ in desk.folder.glob("tenant*.log"))
    catalogue = None if unknown is None else _catalogue(desk.folder / "catalogue.csv", unknown)
    log = desk.folder / f"tenant{number}.log"
    with (
        pytest.MonkeyPatch.context() as patch,
        Store(desk.folder / f"tenant{number}.db", catalogue) as store,
        Journal(log, rows=True) as journal,
        served(store, plan=list(plan), journal=journal) as url,
    ):
        patch.setenv("INVENTORY_SYNC_API_KEY", KEY)
        desk.configure({"url": url, "timeout": 60, "retry": PATIENT, **most, **tenant})
        yield Rehearsal(desk, store, url, log)


def _catalogue(path: Path, unknown: tuple[str, ...]) -> Path:
    known = [f"S{at}" for at in range(600) if f"S{at}" not in unknown]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [("kind", "code"), ("location", "A"), ("location", "B"), *(("sku", code) for code in known)]
        )
    return path


def stock_file(desk: Desk, rows: int, name: str = "stock.csv", *, first: int = 0) -> Path:
    """Write a file of rows that can all be told apart."""
    lines = [("AB"[at % 2], f"S{at}", str(at * 3)) for at in range(first, first + rows)]
    return desk.file([("Depot", "Item", "Pieces"), *lines], name)


@dataclass(frozen=True)
class Command:
    """A command line in a process of its own."""

    process: BaseProcess
    output: Path

    def send(self, sign: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process.pid
        os.kill(self.process.pid, sign)

    def end(self) -> tuple[int | None, str]:
        """Wait for its end; give its code, and what it said on stderr."""
        code = nursery.ended(self.process, PATIENCE)
        said = self.output.with_suffix(".err").read_text(encoding="utf-8")
        assert "Traceback" not in said
        return code, said


def start(desk: Desk, *arguments: str | Path) -> Command:
    """Start a command; its signals are in hand when this returns."""
    output = desk.folder / f"command{sum(1 for _ in desk.folder.glob('command*.out'))}.out"
    output.touch()
    given = (arguments[0], "--config", desk.folder / "inventory-sync.yaml", *arguments[1:])
    order = nursery.Order(desk.folder, tuple(map(str, given)), output, KEY)
    return Command(nursery.begin(order, wait=True), output)


def popen(desk: Desk, *arguments: str | Path, **more: Any) -> subprocess.Popen[str]:
    """Start a command as a shell would, with everything that Python does first."""
    config = desk.folder / "inventory-sync.yaml"
    command = [sys.executable, "-m", "sync", arguments[0], "--config", config, *arguments[1:]]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | more
    return subprocess.Popen(command, env=os.environ | {"INVENTORY_SYNC_API_KEY": KEY}, **given)


def most_under_way(requests: list[Request]) -> int:
    """Tell how many requests were with the tenant at once."""
    moments = [(request["t0"], 1) for request in requests]
    moments += [(request["t1"], -1) for request in requests if request["t1"] is not None]
    most = flying = 0
    for _, change in sorted(moments):
        flying += change
        most = max(most, flying)
    return most


def pairs_under_way_twice(requests: list[Request]) -> list[tuple[str, str]]:
    """Name the pairs that stood in two requests at the same time."""
    found: list[tuple[str, str]] = []
    known: dict[tuple[str, str], float] = {}
    for request in sorted(requests, key=lambda request: request["t0"]):
        for location, sku, _ in request.get("sent") or ():
            if known.get((location, sku), 0.0) > request["t0"]:
                found.append((location, sku))
            known[location, sku] = max(known.get((location, sku), 0.0), request["t1"] or float("inf"))
    return found


def repeats(requests: list[Request]) -> int:
    """Count the bodies that came again."""
    times = Counter(request["sha256"] for request in requests)
    return sum(times.values()) - len(times)

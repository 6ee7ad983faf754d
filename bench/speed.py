"""How fast it is, beside the scripts that others use and the floors below which nobody gets: one table, all in turn.

    python bench/speed.py [--rows 1000000] [--rounds 3] [--quick]

Each is a process of its own, against a sink on this machine (bench/sink.py); its peak memory is what the kernel says of it.
Compare the lines of one table, not two tables. Peers that are not installed are left out: `pip install requests`.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAPPING = """
version: 1
name: bench
match: {filename: ["stock*"]}
columns:
  location_code: {column: Warehouse}
  sku_code: {column: Item No.}
  quantity: {column: On Hand, decimal: ".", thousands: ","}
"""
CONFIG = "tenant: {{url: {address}/api/integrations/v1/, workers: 8, batch_rows: {size}, batch_rows_max: {size}}}\n"
HEADER = ("Warehouse", "Item No.", "Description", "On Hand", "UoM", "Last Count Date")
HERE = Path(__file__).absolute().parent
IMPORTS = "import pandas, pandera.pandas, httpx"
SEED = 20261123
ENVIRONMENT = {**os.environ, "INVENTORY_SYNC_API_KEY": "sk_live_of_the_bench", "PYTHONPATH": str(HERE.parent)}


class Figures(NamedTuple):
    """What one process took."""

    seconds: float
    processor: float  # seconds of all cores
    memory: float  # MB at its peak
    printed: bytes


class Sunk(NamedTuple):
    """What the sink says at its end."""

    rows: int
    seconds: float


def rows(n: int) -> Iterator[tuple[str, ...]]:
    """Make the header and n stock rows, one in a hundred dirty; one by one, as a child's peak memory counts its parent's."""
    dice = random.Random(SEED)
    yield HEADER
    for number in range(n):
        count = dice.randrange(5000)
        text = f"{count:,}" if dice.random() < 0.5 else str(count)
        if number % 100 == 7:
            text = dice.choice(["", "n/a", "-5", "1.5", "5 pcs"])
        yield (
            f"W{number % 20:02d}",
            f"SKU-{number // 20:07d}",
            f"Some item, nice {number}",
            text,
            "EA",
            "2026-11-22",
        )


def write_csv(path: Path, n: int) -> None:
    """Write a CSV file of n rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows(n))


def write_workbook(path: Path, n: int) -> None:
    """Write a workbook of n rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Stock")
    for row in rows(n):
        sheet.append(row)
    book.save(path)


def measured(command: Sequence[str | Path], folder: Path) -> Figures:
    """Run a command in a folder."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder, env=ENVIRONMENT) as process:
        out = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command} ended with {process.returncode}")
    seconds = time.perf_counter() - started
    return Figures(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out)


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


def ours(folder: Path, file: Path, address: str, size: int) -> Figures:
    """Run ours with a new ledger; the numbers must be those of the file."""
    config, state = folder / "config.yaml", tempfile.mkdtemp(dir=folder)
    config.write_text(CONFIG.format(address=address, size=size))
    places = ("--config", config, "--mappings", folder / "mappings", "--state", state)
    figures = measured((sys.executable, "-m", "sync", "run", file, *places, "--json"), folder)
    (report,) = json.loads(figures.printed)["runs"]
    if report["rows"]["accepted"] + report["rows"]["rejected"] != report["rows"]["read"]:
        sys.exit(f"{file.name}: not everything went: {report['rows']}")
    return figures


def peer(name: str, folder: Path, what: str | Path, address: str, size: int) -> Figures:
    """Run one of bench/peers."""
    return measured((sys.executable, HERE / "peers" / name, what, address, str(size)), folder)


def compare(folder: Path, file: Path, n: int, *, size: int, latency: float, rounds: int) -> None:
    """Take all in turn, round by round, and print their medians beside ours."""
    peers = {"chunk by chunk": "in_chunks.py", "usual script": "usual_script.py"}
    if importlib.util.find_spec("requests") is None:
        del peers["usual script"]
    if file.suffix == ".xlsx":
        peers.pop("chunk by chunk")
    found: dict[str, list[Figures]] = {}
    with sink(latency) as (address, told):
        for _ in range(rounds):
            found.setdefault("ours", []).append(ours(folder, file, address, size))
            for name, script in peers.items():
                found.setdefault(name, []).append(peer(script, folder, file, address, size))
            if file.suffix == ".csv":
                floor = peer("parse_only.py", folder, file, address, size)
                found.setdefault("floor: parse only", []).append(floor)
                ready = peer("ready_bodies.py", folder, str(n), address, size)
                posting = ready._replace(seconds=float(ready.printed.decode()))
                found.setdefault("floor: post ready bodies", []).append(posting)
    print(
        f"\n{n:,} rows of {file.suffix}, {size:,} rows a body, {latency * 1000:.0f} ms latency, {rounds} rounds"
    )
    print("\n| who | its time / ours | rows/s | processor s | peak MB |\n|---|---|---|---|---|")
    base = median(one.seconds for one in found["ours"])
    for name, figures in found.items():
        seconds, processor, memory = map(median, zip(*(one[:3] for one in figures), strict=True))
        print(f"| {name} | {seconds / base:.2f} | {n / seconds:,.0f} | {processor:.1f} | {memory:.0f} |")
    total = sum(one.seconds for figures in found.values() for one in figures)
    print(f"\nThe sink took {told[0].rows:,} rows in {told[0].seconds / total:.0%} of that time.")


def starts(folder: Path, rounds: int) -> None:
    """Compare short commands with what they cannot do without."""
    small = folder / "stock100.csv"
    write_csv(small, 100)
    places = ("--tenant", "sandbox", "--state", folder / "idle", "--mappings", folder / "mappings")
    program = (sys.executable, "-m", "sync")
    with sink(0) as (address, _):
        print("\n| start-up | ratio |\n|---|---|")
        for name, command, imports in (
            ("100 rows / its imports", (), IMPORTS),
            ("--help / click", (*program, "--help"), "import click"),
            ("watch --once, nothing there / click", (*program, "watch", "--once", *places), "import click"),
        ):
            taken: list[float] = []
            least: list[float] = []
            for _ in range(2 * rounds + 1):
                figures = measured(command, folder) if command else ours(folder, small, address, 500)
                taken.append(figures.seconds)
                least.append(measured((sys.executable, "-c", imports), folder).seconds)
            print(f"| {name} | {median(taken) / median(least):.2f} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, one round")
    given = parser.parse_args()
    n, rounds = (given.rows // 10, 1) if given.quick else (given.rows, given.rounds)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "mappings").mkdir()
        (folder / "mappings" / "bench.yaml").write_text(MAPPING)
        file, book = folder / f"stock{n}.csv", folder / f"stock{n // 10}.xlsx"
        write_csv(file, n)
        write_workbook(book, n // 10)
        starts(folder, rounds)
        for size, latency in ((1000, 0), (5000, 0), (1000, 0.03)):
            compare(folder, file, n, size=size, latency=latency, rounds=rounds)
        compare(folder, book, n // 10, size=1000, latency=0, rounds=rounds)


if __name__ == "__main__":
    main()

"""The main job at several sizes: rows a second and peak memory of `run` into the sandbox, beside the bare imports.

    python bench/main_job.py [--quick]

Each run is a process of its own; its peak memory is what the kernel says of it. Compare rows of one table, not tables:
the sandbox is a real SQLite store in the same process, and the disk syncs of the ledger are part of the job.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

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
HEADER = ("Warehouse", "Item No.", "Description", "On Hand", "UoM", "Last Count Date")
IMPORTS = "import pandas, pandera.pandas, pyarrow, httpx, pydantic, click, structlog"
SEED = 20261123


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


def measured(command: Sequence[str | Path], folder: Path) -> tuple[float, float, bytes]:
    """Run a command in a folder; give seconds, peak memory in MB and what it printed."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder) as process:
        out = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024, out


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="leave the large files out")
    sizes = [10_000, 100_000] if parser.parse_args().quick else [10_000, 100_000, 1_000_000]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "mappings").mkdir()
        (folder / "mappings" / "bench.yaml").write_text(MAPPING)
        files = [(folder / f"stock{n}.csv", n, write_csv) for n in sizes] + [
            (folder / "stock50000.xlsx", 50_000, write_workbook)
        ]
        base, memory, _ = measured([sys.executable, "-c", IMPORTS], folder)
        print(
            f"{'what':24} {'seconds':>8} {'rows/s':>8} {'peak MB':>8} {'MB over imports':>16}  where the time went"
        )
        print(f"{'bare imports':24} {base:8.2f} {'':8} {memory:8.0f}")
        for path, n, write in files:
            write(path, n)
            folders = ("--state", folder / path.name.replace(".", "-"), "--mappings", folder / "mappings")
            command = (sys.executable, "-m", "sync", "run", path, "--tenant", "sandbox", *folders, "--json")
            seconds, peak, out = measured(command, folder)
            (report,) = json.loads(out)["runs"]
            if report["rows"]["accepted"] + report["rows"]["rejected"] != n:
                sys.exit(f"{path.name}: the numbers are not what was written: {report['rows']}")
            print(
                f"{path.name:24} {seconds:8.2f} {n / (seconds - base):8.0f} {peak:8.0f} {peak - memory:16.0f}  {report['seconds']}"
            )


if __name__ == "__main__":
    main()

"""Many small files that wait in one folder: files a second in one pass, beside one process a file.

    python bench/manyfiles.py [--files 10000]

Files of a hundred rows over the same pairs, each a moment newer than the one before, go to a sink on this machine
(bench/sink.py). Exit code 1: some pair was posted twice, so that a value went that a newer file had already replaced, or
one was not posted. A tenth of the files is played first: what the memory grows by is of the files alone.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

if __package__ is None:
    sys.path.insert(0, str(Path(__file__).absolute().parent.parent))
from bench.stock import SEED
from bench.taken import Figures, measured, sink

MAPPING = """
version: 1
name: bench
match: {filename: ["stock*"]}
content: part
columns:
  location_code: {column: Warehouse}
  sku_code: {column: Item No.}
  quantity: {column: On Hand}
guards: {rejected: off, zeroed: off, jump: off, unknown: off, cut: off}
"""
ROWS = 100
SPAN = 5_000  # SKUs that files begin at
BEFORE = 5  # files that go one by one, for comparison; they are older than all others
PROGRAM = (sys.executable, "-m", "sync")


def write(path: Path, dice: random.Random, moment: float) -> set[tuple[str, str]]:
    """Write a file of a hundred consecutive SKUs; give its pairs."""
    first = dice.randrange(SPAN)
    pairs = [(f"W{dice.randrange(20):02d}", f"SKU-{first + at:05d}") for at in range(ROWS)]
    lines = (f"{place},{sku},{dice.randrange(5000)}\n" for place, sku in pairs)
    path.write_text("Warehouse,Item No.,On Hand\n" + "".join(lines))
    os.utime(path, (moment, moment))
    return set(pairs)


def play(folder: Path, count: int) -> tuple[float, Figures, bool]:
    """Take files one by one, then `count` in one pass; give the processor seconds of one, the figures of all, and whether each pair went once."""
    for name in ("inbox", "mappings"):
        (folder / name).mkdir(parents=True)
    (folder / "mappings" / "bench.yaml").write_text(MAPPING)
    dice, now = random.Random(SEED), time.time()
    alone = [folder / f"stock_alone{at}.csv" for at in range(BEFORE)]
    one_by_one = sum(len(write(path, dice, now - 90_000 + at)) for at, path in enumerate(alone))
    pairs: set[tuple[str, str]] = set()
    for at in range(count):
        pairs |= write(folder / "inbox" / f"stock{at:05d}.csv", dice, now - 2 * count + at)
    with sink(0) as (address, told):
        (folder / "config.yaml").write_text(
            f"tenant: {{url: {address}/api/integrations/v1/}}\nwatch: {{settle: 0}}\n"
        )
        places = ("--config", folder / "config.yaml", "--mappings", folder / "mappings")
        state = ("--state", folder / "state")
        single = [measured((*PROGRAM, "run", path, *places, *state), folder) for path in alone]
        together = measured((*PROGRAM, "watch", "--once", folder, *places, *state), folder)
    alone_each = sum(one.processor for one in single) / BEFORE
    return alone_each, together, told[0].rows == len(pairs) + one_by_one


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    files = parser.parse_args().files
    print(
        "| files in one pass | files/s | one process a file / this (processor) | peak MB |\n|---|---|---|---|"
    )
    right = True
    for count in (max(1, files // 10), files):
        with tempfile.TemporaryDirectory() as temporary:
            single, together, once = play(Path(temporary), count)
        ratio = single / (together.processor / count)
        print(
            f"| {count:,} | {count / together.seconds:.1f} | {ratio:.1f} | {together.memory:.0f} |",
            flush=True,
        )
        right = right and once
    print("\nEach pair was posted once." if right else "\nWRONG: a pair was posted twice, or not at all.")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())

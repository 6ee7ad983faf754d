"""Thousands of stock files of every kind, changed at random: none may end in anything but words, nor take long.

    python bench/mutated.py [--files 10000] [--seed 0]

Prints how many of each kind were read and set aside; a file that breaks the law is kept, named, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.mutations import Mutant, examine, mutants

LONGEST = 30  # seconds for one file
PORTION = 250
SHOWN = 20


class TooLongError(Exception):
    """A file took longer than LONGEST."""


def portion(seed: int, count: int, kept: Path) -> tuple[Counter[tuple[str, str]], list[str], float]:
    """Examine some files: the outcomes, what broke, and the slowest in seconds."""
    signal.signal(signal.SIGALRM, _too_long)
    outcomes: Counter[tuple[str, str]] = Counter()
    broken: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number, mutant in enumerate(mutants(seed, count)):
            started = time.perf_counter()
            outcome = _one(mutant, Path(folder))
            slowest = max(slowest, time.perf_counter() - started)
            if outcome not in {"read", "set aside"}:
                path = kept / f"{seed}-{number}-{mutant.name}"
                path.write_bytes(mutant.content)
                broken.append(f"{path}: {outcome}")
                outcome = "BROKEN"
            outcomes[mutant.kind, outcome] += 1
    return outcomes, broken, slowest


def _one(mutant: Mutant, folder: Path) -> str:
    path = folder / mutant.name
    path.write_bytes(mutant.content)
    signal.alarm(LONGEST)
    try:
        return examine(path, folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told and the file kept
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)


def _too_long(*_: object) -> None:
    raise TooLongError(f"more than {LONGEST} s")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    kept = Path(tempfile.mkdtemp(prefix="mutated-"))
    seeds = range(given.seed, given.seed + -(-given.files // PORTION))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(portion, seeds, [PORTION] * len(seeds), [kept] * len(seeds)))
    outcomes = sum((part[0] for part in parts), Counter[tuple[str, str]]())
    for (kind, outcome), count in sorted(outcomes.items()):
        print(f"{kind:15} {outcome:10} {count:6}")
    broken = [line for part in parts for line in part[1]]
    print(
        f"{sum(outcomes.values())} files, {len(broken)} broken, the slowest took {max(part[2] for part in parts):.1f} s"
    )
    print(*broken[:SHOWN], sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

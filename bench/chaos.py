"""Random fault plans: made-up files, a tenant that misbehaves, killers and odd orders; the laws must hold in the end.

    python bench/chaos.py [--plans 2000] [--first 0]     try plans; a plan that breaks a law is cut down and named
    python bench/chaos.py --seed N [--steps 0,2,5]       play one plan again, or some of its steps, and show it

A line for each law that was broken, with the command that shows it again; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parent.parent))
from tests.chaos.laws import Verdict, tried
from tests.chaos.plan import Plan, made
from tests.chaos.shrink import shrunk

AGAIN = 2  # a law that depends on the moment may need another try
SHOWN = 6
TOLD = 100


def folder_for_broken() -> Path:
    """Name a folder that is made once there is something to keep."""
    return Path(tempfile.gettempdir()) / f"chaos-kept-{os.getpid()}"


def law_of(words: str) -> str:
    return words.split(maxsplit=1)[0]


def plan_of(seed: int, kept: Path) -> tuple[int, Verdict, str]:
    """Try one plan; where it breaks a law, find the smallest plan that breaks the same."""
    plan = made(seed)
    verdict = tried(plan, keep=kept)
    if not verdict.broken:
        return seed, verdict, ""
    laws = {law_of(words) for words in verdict.broken}

    def breaks(smaller: Plan) -> bool:
        return any(laws & {law_of(words) for words in tried(smaller).broken} for _ in range(AGAIN))

    return seed, verdict, shrunk(plan, breaks).command


def try_many(first: int, count: int, jobs: int) -> int:
    started, kept = time.monotonic(), folder_for_broken()
    lived, laws = Counter[str](), Counter[str]()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawn) as pool:
        seeds = range(first, first + count)
        for seed, verdict, command in pool.map(plan_of, seeds, [kept] * count):
            lived += verdict.lived
            if verdict.broken:
                laws.update({law_of(words) for words in verdict.broken})
                print(f"seed {seed}: {command}", *verdict.broken[:SHOWN], sep="\n    ", flush=True)
            elif lived["plans"] % TOLD == 0:
                print(f"{lived['plans']} plans, {sum(laws.values())} laws broken", flush=True)
    print(*(f"{name:20}{number:10,}" for name, number in sorted(lived.items())), sep="\n")
    print(
        f"{count} plans in {time.monotonic() - started:.0f} s; laws broken: {sum(laws.values())} {dict(laws)}"
    )
    if laws:
        print(f"the folders of plans that broke one are kept in {kept}")
    return 1 if laws else 0


def show(plan: Plan) -> int:
    print(plan.world)
    for number, step in zip(plan.numbers, plan.steps, strict=True):
        print(f"{number:3} {step}")
    kept = folder_for_broken()
    verdict = tried(plan, keep=kept)
    print(*verdict.broken, sep="\n")
    print(f"folder kept in {kept}" if verdict.broken else "every law holds")
    return 1 if verdict.broken else 0


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--plans", type=int, default=2000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1))  # plans wait much
    options.add_argument("--seed", type=int)
    options.add_argument("--steps")
    given = options.parse_args()
    if given.seed is None:
        return try_many(given.first, given.plans, given.jobs)
    plan = made(given.seed)
    if given.steps is not None:
        plan = plan.only({int(number) for number in given.steps.split(",") if number.isdecimal()})
    return show(plan)


if __name__ == "__main__":
    sys.exit(main())

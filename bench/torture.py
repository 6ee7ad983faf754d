"""Kill the program at every system call that changes something, at random times and in its recovery; cut the power.

    python bench/torture.py [--seed 0] [--share 1.0] [--kinds kill,again,deep,time,term,power,image] [--jobs 2]
    python bench/torture.py --only kill:first:217 [--only ...]

The whole takes about an hour on two cores. Prints a table, and each point where a law is broken with the command that replays it; then the exit code is 1.
What a point is called, and what is checked, stands in tests/torture/rig.py.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.torture.disk import VARIANTS
from tests.torture.image import can_mount
from tests.torture.scenes import SCENES
from tests.torture.work import examine, why_not

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = {
    "kill": "kill -9 before every call that changes something",
    "again": "... and again before the calls of the recovery",
    "deep": "... three times in a row, at random",
    "time": "kill -9 at a random time",
    "term": "SIGTERM before a call",
    "power": "power cut",
    "image": "power cut, on a copied ext4 (needs root)",
}
TIMES = {"time": 1_000, "deep": 300, "term": 300, "image": 100}
FIRST_KILLS = (
    "sendto*1",
    "sendto*4",
    "65%",
    "90%",
)  # after which the recovery is swept: every third call of it
PROGRESS = 100


def points(kinds: list[str], seed: int) -> Iterator[str]:
    """Name every point of these kinds; the same seed gives the same ones."""
    dice = random.Random(seed)
    bases = dict(zip(SCENES, _bases(), strict=True))
    for kind in kinds:
        if kind == "kill":
            yield from (
                f"kill:{name}:{at}" for name, base in bases.items() for at in range(1, len(base["calls"]) + 1)
            )
        elif kind == "again":
            calls = len(bases["first"]["calls"])
            yield from (f"kill:first:{kill}:{at}" for kill in FIRST_KILLS for at in range(1, calls, 3))
        elif kind == "power":
            yield from _power(bases, dice)
        elif kind == "image" and not can_mount():
            print(f"left out: {KINDS[kind]}")
        else:
            yield from _random(kind, bases, dice)


def _random(kind: str, bases: dict[str, Any], dice: random.Random) -> Iterator[str]:
    for _ in range(TIMES[kind]):
        name = dice.choice(list(bases))
        calls, seconds = len(bases[name]["calls"]), bases[name]["seconds"]
        if kind == "time":
            yield f"time:{name}:{dice.uniform(0.001, seconds):.4f}"
        elif kind in ("term", "image"):
            yield f"{kind}:{name}:{dice.randint(1, calls)}"
        else:
            yield f"kill:{name}:{':'.join(str(dice.randint(1, calls)) for _ in range(3))}"


def _power(bases: dict[str, Any], dice: random.Random) -> Iterator[str]:
    """Between two writes to the same file the disk may hold nothing else: one point for all of them."""
    for name in ("first", "newer", "merging"):
        calls = bases[name]["calls"]
        for at, call in enumerate(calls, 1):
            if at == 1 or call != calls[at - 2]:
                yield from (
                    f"power:{name}:{at}:{variant}"
                    + (f".{dice.randrange(10**6)}" if variant == "mixed" else "")
                    for variant in VARIANTS
                )


def _bases() -> list[dict[str, Any]]:
    return list(examine([f"base:{name}" for name in SCENES]))


def main() -> int:
    """Torture, and tell what came of it."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seed", type=int, default=0)
    options.add_argument(
        "--share", type=float, default=1.0, help="examine only this share of the points, chosen at random"
    )
    options.add_argument("--kinds", default=",".join(KINDS))
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--only", action="append", help="examine this point and no other")
    given = options.parse_args()
    if reason := why_not():
        print(f"not on this machine: {reason}")
        return 0
    dice = random.Random(given.seed)
    todo = given.only or [
        point for point in points(given.kinds.split(","), given.seed) if dice.random() < given.share
    ]
    return _tell(todo, given.jobs)


def _tell(todo: list[str], jobs: int) -> int:
    """Examine points and print what is broken; then the table, also of what was done when somebody types Ctrl-C."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    started = time.monotonic()
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(examine(todo, jobs)) as examined:
        for number, found in enumerate(examined, 1):
            counts[_kind(found["point"])].update(points=1, kills=found["kills"], broken=bool(found["broken"]))
            for law in found["broken"]:
                print(f"BROKEN {law}\n  replay: python bench/torture.py --only {found['point']}", flush=True)
            if number % PROGRESS == 0:
                print(f"{number} of {len(todo)} points", file=sys.stderr, flush=True)
    total = sum(counts.values(), Counter[str]())
    print(f"{'':52}{'points':>8}{'kills':>8}{'broken':>8}")
    for kind, count in [*counts.items(), ("in all", total)]:
        print(f"{KINDS.get(kind, kind):52}{count['points']:8}{count['kills']:8}{count['broken']:8}")
    print(
        f"{total['points'] - total['broken']} of {total['points']} recovered without a person: no row lost, no file nowhere;"
        f" {time.monotonic() - started:.0f} s"
    )
    return 1 if total["broken"] else 0


def _kind(point: str) -> str:
    kind, _, rest = point.partition(":")
    return {1: "again", 2: "deep"}.get(rest.count(":") - 1, kind) if kind == "kill" else kind


if __name__ == "__main__":
    sys.exit(main())

"""A seed -> a plan: the world, and the steps that are taken in it. Every step carries all that it needs.

So a plan can be cut down: any choice of its steps is a plan as well, and means the same.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from tests.chaos.acts import some_faults
from tests.chaos.stockfile import Policy

if TYPE_CHECKING:
    from collections.abc import Collection

Step = dict[str, Any]
COMMANDS = ("run", "again", "resume", "retry", "correct", "discard", "approve", "forget", "create", "cure")
SHARES = (40, 12, 14, 7, 10, 3, 6, 4, 3, 3)
MOMENTS = ("arrived", "applied", "half")


@dataclass(frozen=True)
class World:
    """What stays the same throughout a plan."""

    policy: Policy
    places: int
    skus: int
    workers: int
    batch_rows: int
    batch_rows_max: int
    attempts: int
    readable: bool = True  # whether the key may read the tenant


@dataclass(frozen=True)
class Plan:
    """What is to happen; `numbers` are the places of the steps in the whole plan of the seed."""

    seed: int
    world: World
    steps: tuple[Step, ...]
    numbers: tuple[int, ...]

    def only(self, numbers: Collection[int]) -> Plan:
        """Give the plan with these of its steps."""
        kept = [
            (step, number) for step, number in zip(self.steps, self.numbers, strict=True) if number in numbers
        ]
        return Plan(
            self.seed, self.world, tuple(step for step, _ in kept), tuple(number for _, number in kept)
        )

    @property
    def command(self) -> str:
        """What to type to see it again."""
        return (
            f"python bench/chaos.py --seed {self.seed} --steps {','.join(map(str, self.numbers)) or 'none'}"
        )


def made(seed: int) -> Plan:
    """Make a plan up; the same seed gives the same plan."""
    dice = Random(seed)  # noqa: S311 - the same seed gives the same plan
    world = _world(dice)
    steps: list[Step] = []
    for number in range(dice.randrange(4, 10)):
        if number == 0 or dice.random() < 0.6:
            steps.append({"do": "faults", "faults": some_faults(dice) if dice.random() < 0.75 else {}})
        steps.append(_command(dice, world, len(steps) + 1) if steps[1:] else _run(dice, world, 1))
    return Plan(seed, world, tuple(steps), tuple(range(len(steps))))


def _world(dice: Random) -> World:
    policy = Policy(
        duplicates=dice.choice(("reject", "reject", "last")),
        blank=dice.choice(("reject", "skip")),
        unknown=dice.choice(("reject", "reject", "skip")),
        delimiter=dice.choice((",", ";")),
        as_of=dice.choice(("name", "option", "mtime")),
    )
    batch_rows = dice.choice((1, 3, 5, 8, 20))
    return World(
        policy,
        places=dice.randrange(1, 4),
        skus=dice.randrange(4, 25),
        workers=dice.choice((1, 1, 2, 4)),
        batch_rows=batch_rows,
        batch_rows_max=dice.choice((batch_rows, 2 * batch_rows, 50)),
        attempts=dice.choice((2, 3, 5)),
        readable=dice.random() < 0.75,
    )


def _command(dice: Random, world: World, generation: int) -> Step:
    do = dice.choices(COMMANDS, SHARES)[0]
    if do == "run":
        return _run(dice, world, generation)
    step: Step = {
        "do": do,
        "which": dice.randrange(100),
        "seed": dice.randrange(10**9),
        "generation": generation * 10,
    }
    if do == "again":
        step["options"] = dice.choice(([], [], ["--again"], ["--older"], ["--again", "--older"]))
    return step | _accident(dice)


def _run(dice: Random, world: World, generation: int) -> Step:
    files = [
        {
            "generation": generation * 10 + number,
            "seed": dice.randrange(10**9),
            "minute": generation + dice.choice((0, 0, 0, 0, -1, -2, -3, 40)),
            "size": dice.choice((2, 8, 20, 60)),
            "mess": dice.choice((0, 0, 2, 4)),
            "places": world.places,
            "skus": world.skus,
        }
        for number in range(dice.choice((1, 1, 1, 2, 3)))
    ]
    dice.shuffle(files)
    options = dice.choice(([], [], [], [], [], [], ["--older"]))
    return {"do": "run", "files": files, "options": options, "together": dice.random() < 0.06} | _accident(
        dice
    )


def _accident(dice: Random) -> Step:
    """Make up how a command is killed or told to end, if it is."""
    if dice.random() < 0.6:
        return {}
    sign = dice.choice((*[signal.SIGKILL] * 4, signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
    moments: list[dict[str, Any]] = [
        {"request": dice.choice((0, 0, 1, 2, 4, 7)), "moment": dice.choice(MOMENTS)},
        {"step": dice.randrange(1, 160)},
        {"step": dice.randrange(1, 160)},
        {"seconds": dice.uniform(0.005, 0.3)},
    ]
    return {"accident": {"sign": int(sign), **dice.choice(moments)}}

"""Random fault plans: a bounded sample of what `make chaos` does with two thousand, and what makes its failures useful."""

from __future__ import annotations

import os

import pytest

from tests.chaos.laws import tried
from tests.chaos.plan import Plan, made
from tests.chaos.shrink import shrunk
from tests.chaos.stockfile import GENERATION, Policy, Row, judged
from tests.chaos.stockfile import made as stock_file

SEEDS = range(12)
needs_handles = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"),
    reason="processes are killed by their handle, which this system does not give",
)


@needs_handles
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_every_law_holds(seed: int) -> None:
    """Random files, faults, kills and orders: when nothing misbehaves any more, two commands at most put everything right."""
    plan = made(seed)
    assert tried(plan).broken == (), plan.command


def test_a_seed_is_a_plan() -> None:
    """The same seed gives the same plan, other seeds give others."""
    assert made(7) == made(7)
    assert len({repr(made(seed).steps) for seed in range(50)}) == 50


def test_some_steps_of_a_plan_are_a_plan() -> None:
    """Cut down, a plan keeps the numbers of its steps, so that a command line can name them."""
    plan = made(3)
    cut = plan.only({0, 2})
    assert cut.steps == (plan.steps[0], plan.steps[2])
    assert cut.command == "python bench/chaos.py --seed 3 --steps 0,2"


def test_a_failure_is_cut_down_to_the_steps_that_it_needs() -> None:
    """Of a plan that fails whenever two of its steps are in it, those two are left."""
    plan = next(made(seed) for seed in range(100) if len(made(seed).steps) > 9)
    tries: list[Plan] = []

    def breaks(smaller: Plan) -> bool:
        tries.append(smaller)
        return {1, 6} <= set(smaller.numbers)

    assert shrunk(plan, breaks).numbers == (1, 6)
    assert len(tries) < 2 * len(plan.steps) + 5


def test_a_value_names_its_file_and_line() -> None:
    """The quantity of a row that goes tells generation and line, so that no value can be taken for another."""
    spec = {"generation": 42, "seed": 1, "size": 60, "mess": 0, "places": 3, "skus": 24}
    file = stock_file(spec, Policy(), "stock.csv")
    assert [row.quantity for row in file.going] == [42 * GENERATION + row.line for row in file.going]
    assert len(file.going) == 60


@pytest.mark.parametrize(
    ("duplicates", "quantities", "outcomes"),
    [
        ("reject", ["1", "1"], ["go", "merged"]),
        ("reject", ["1", "2"], ["rejected", "rejected"]),
        ("last", ["1", "2"], ["merged", "go"]),
        ("last", ["1", "few"], ["rejected", "rejected"]),
        ("reject", [""], ["rejected"]),
    ],
)
def test_rows_of_a_pair_are_judged_together(
    duplicates: str, quantities: list[str], outcomes: list[str]
) -> None:
    """The rules that the laws go by say what the contract says of duplicates, blanks and half a pair."""
    rows = [Row(line, ("DEP-A", "ART-1", quantity, "")) for line, quantity in enumerate(quantities, 2)]
    assert [row.outcome for row in judged(rows, Policy(duplicates))] == outcomes

"""A plan that breaks a law -> the fewest of its steps that still break it: steps are left out, many at once, then one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.plan import Plan


def shrunk(plan: Plan, breaks: Callable[[Plan], bool]) -> Plan:
    """Leave out what is not needed; `breaks` tells whether a plan still breaks the law."""
    size = len(plan.steps) // 2
    while size >= 1:
        at = 0
        while at < len(plan.numbers):
            smaller = plan.only({*plan.numbers[:at], *plan.numbers[at + size :]})
            if breaks(smaller):
                plan = smaller
            else:
                at += size
        size //= 2
    return plan

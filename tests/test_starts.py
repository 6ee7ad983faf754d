"""SC01, SC12: cron, a timer and a hand at once; the whole of it, fifty times eight, is `bench/starts.py`."""

from __future__ import annotations

import os
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

from bench.starts import Together, play
from sync.sandbox.journal import read_journal
from tests.processes import command
from tests.rehearsals import rehearse, stock_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Desk

ROUNDS, COMMANDS, FEW = 5, 8, 4


def test_of_commands_that_start_together_one_works_each_time(tmp_path: Path) -> None:
    """The others leave while it is held, for less of the processor than half of what work takes; no body is sent twice."""
    away, worked, log = play(tmp_path, ROUNDS, COMMANDS)
    assert Counter(left.code for left in away) == {75: ROUNDS * (COMMANDS - 1)}
    assert Counter(left.code for left in worked) == {0: ROUNDS}
    bodies = Counter(request["sha256"] for request in read_journal(log) if request["sha256"])
    assert (len(bodies), bodies.total()) == (ROUNDS, ROUNDS)
    assert median(left.processor for left in away) < median(left.processor for left in worked) / 2


def test_a_first_start_of_many_is_no_other(desk: Desk) -> None:
    """Where nothing is there yet, no folder and no ledger, one of them makes all of it."""
    with rehearse(desk, {"hold": "before_apply"}) as tenant:
        line = command(desk, "run", stock_file(desk, 4))
        together = Together(line, FEW, os.environ)
        tenant.until_held()
        assert [left.code for left in together.next(FEW - 1)] == [75] * (FEW - 1)
        tenant.release()
        assert together.next(1)[0].code == 0
        assert len(tenant.bodies()) == 1


def test_who_waits_for_the_lock_gets_it(desk: Desk) -> None:
    """`resume` waits for the run that works, and then finds its own work."""
    with rehearse(desk, {"times": 1, "hold": "before_apply"}) as tenant:
        works = Together(command(desk, "run", stock_file(desk, 4)), 1, os.environ)
        tenant.until_held()
        waits = Together(command(desk, "resume"), 1, os.environ)
        tenant.release()
        assert (works.next(1)[0].code, waits.next(1)[0].code) == (0, 0)

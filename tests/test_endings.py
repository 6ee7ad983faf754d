"""How a command ends that is told to, or cannot go on: settled or pending, in time, and the next one goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest

from sync.ledger import tenants
from sync.ledger.book import connect
from tests.rehearsals import PATIENCE, Rehearsal, popen, rehearse, start, stock_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desks import Desk

ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
HELD = {"times": 1, "hold": "before_apply"}
SOON = 20.0  # seconds in which whoever is told to end has ended


def until(happened: Callable[[], object]) -> None:
    """Wait for what another process does."""
    last = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < last, "it did not happen"
        time.sleep(0.02)


@pytest.mark.parametrize("sign", ENDS)
def test_told_to_end_it_settles_what_is_under_way(desk: Desk, sign: signal.Signals) -> None:
    """The answer that was awaited counts, nothing new leaves, 130 in four parts, and `resume` does the rest."""
    with rehearse(desk, HELD, batch_rows=10, workers=1) as tenant:
        run = start(desk, "run", stock_file(desk, 40))
        tenant.until_held()
        run.send(sign)
        tenant.release()
        code, said = run.end()
        assert (code, "10 accepted, 30 pending" in said) == (130, True)
        assert len(tenant.bodies()) == 1
        assert desk("resume").code == 0
        assert (len(tenant.bodies()), len(tenant.stock())) == (4, 40)


def test_told_to_end_it_does_not_wait_for_a_silent_tenant_for_long(desk: Desk) -> None:
    """No answer within twenty seconds: its rows stay pending, and the outcome is settled by the next command."""
    with rehearse(desk, HELD, batch_rows=10, workers=1) as tenant:
        run = start(desk, "run", stock_file(desk, 20))
        tenant.until_held()
        told = time.monotonic()
        run.send(signal.SIGTERM)
        code, said = run.end()
        assert (code, "20 pending" in said, time.monotonic() - told < SOON) == (130, True, True)
        assert desk.report("resume")["rows"]["accepted"] == 20


@pytest.mark.parametrize("sign", ENDS)
def test_told_twice_it_ends_at_once(desk: Desk, sign: signal.Signals) -> None:
    """Whoever insists need not wait; what was under way is pending."""
    with rehearse(desk, HELD, batch_rows=10, workers=1) as tenant:
        run = start(desk, "run", "--json", stock_file(desk, 20))
        tenant.until_held()
        told = time.monotonic()
        run.send(sign)
        run.send(signal.SIGTERM if sign == signal.SIGINT else signal.SIGINT)
        assert run.end()[0] == 130
        assert json.loads(run.output.read_text())["exit_code"] == 130
        assert time.monotonic() - told < 5
        (pending,) = desk("status", "--json").json["pending"]
        assert pending["rows"]["pending"] == 20
        assert desk("resume").code == 0


def test_under_nohup_a_hangup_means_nothing(desk: Desk) -> None:
    """A signal that was ignored from the start is still ignored while rows are sent."""
    ignore = partial(signal.signal, signal.SIGHUP, signal.SIG_IGN)
    with rehearse(desk, HELD, batch_rows=10, workers=1) as tenant:
        run = popen(desk, "run", stock_file(desk, 20), preexec_fn=ignore)
        tenant.until_held()
        run.send_signal(signal.SIGHUP)
        tenant.release()
        run.communicate(timeout=PATIENCE)
        assert run.returncode == 0
        assert len(tenant.stock()) == 20


def test_a_reader_that_leaves_changes_nothing_of_the_outcome(desk: Desk) -> None:
    """Piped into head: no traceback, every row is settled, and nothing is left to do."""
    with rehearse(desk, HELD, batch_rows=10, workers=1) as tenant:
        run = popen(desk, "run", "--json", stock_file(desk, 20))
        tenant.until_held()
        assert run.stdout
        run.stdout.close()
        tenant.release()
        assert run.stderr
        said = run.stderr.read()
        run.stderr.close()
        assert (run.wait(PATIENCE) in {0, 4}, "Traceback" in said) == (True, False)
        assert len(tenant.stock()) == 20
        assert desk("status", "--json").json["pending"] == []


def test_a_stopped_process_keeps_its_lock_and_goes_on(desk: Desk) -> None:
    """SIGSTOP for longer than a time-out: another command leaves with 75, and afterwards everything is settled."""
    with rehearse(desk, HELD, batch_rows=10, workers=1, timeout=1) as tenant:
        run = start(desk, "run", stock_file(desk, 40))
        tenant.until_held()
        run.send(signal.SIGSTOP)
        stopped = time.monotonic()
        assert desk("run", stock_file(desk, 2, "stock_b.csv")).code == 75
        until(lambda: time.monotonic() > stopped + 2)
        run.send(signal.SIGCONT)  # before the answer: which of the two it saw first would else be chance
        assert run.end()[0] == 0
        tenant.release()
        assert len(tenant.stock()) == 40
        (report,) = desk("status", "--json").json["runs"]
        assert (report["rows"]["accepted"], report["requests"]["retried"]) == (40, 1)


def test_a_wait_that_was_asked_for_outlives_a_killed_run(desk: Desk) -> None:
    """Killed while it waits: the next command does not knock before the moment that the tenant named."""
    plan = {"times": 1, "status": 429, "retry_after": 300}
    with rehearse(desk, plan, workers=1, retry={"deadline": 900}) as tenant:
        run = start(desk, "run", stock_file(desk, 4))
        until(lambda: _wait(desk, tenant) > 200)
        run.send(signal.SIGKILL)
        run.end()
        desk.configure({"url": tenant.url})
        stopped = desk("resume")
        assert (stopped.code, "not before" in stopped.err, len(tenant.bodies())) == (4, True, 1)


def _wait(desk: Desk, tenant: Rehearsal) -> float:
    path = desk.folder / "state" / "ledger.db"
    if not path.exists() or not tenant.bodies():
        return 0
    ledger = connect(path)
    try:
        return tenants.lessons(ledger, tenant.url, now=datetime.now(UTC)).wait
    finally:
        ledger.close()


def test_of_many_commands_at_once_one_works(desk: Desk) -> None:
    """The seven others leave with 75, say so in a line, and post nothing."""
    with rehearse(desk, HELD, batch_rows=10, workers=1) as tenant:
        first = start(desk, "run", stock_file(desk, 40))
        tenant.until_held()
        other = stock_file(desk, 4, "stock_b.csv", first=100)
        for run in [start(desk, "run", file) for file in (other, desk.folder / "stock.csv") * 3]:
            code, said = run.end()
            assert (code, said.count("\n"), "another" in said) == (75, 1, True)
        assert len(tenant.requests()) == 1
        tenant.release()
        assert first.end()[0] == 0


def test_who_is_turned_away_has_not_worked_for_it(desk: Desk) -> None:
    """Imports and all, less of the processor than it takes to read a file (a busy machine counts double)."""
    with rehearse(desk, HELD, workers=1) as tenant:
        first = start(desk, "run", stock_file(desk, 4))
        tenant.until_held()
        late = popen(
            desk, "run", desk.folder / "stock.csv", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(late.pid, 0)
        late.returncode = os.waitstatus_to_exitcode(status)
        assert (late.returncode, used.ru_utime + used.ru_stime < 4) == (75, True)
        tenant.release()
        assert first.end()[0] == 0


@pytest.mark.parametrize("commands", [2, 5])
def test_commands_that_race_post_no_body_twice(desk: Desk, commands: int) -> None:
    """All at once on the same file: whoever comes first works, the others are turned away or find it done."""
    with rehearse(desk, {"delay": 0.05}, batch_rows=10, workers=2) as tenant:
        file = stock_file(desk, 100)
        runs = [start(desk, "run", file) for _ in range(commands)]
        codes = Counter(run.end()[0] for run in runs)
        assert codes[0] >= 1
        assert codes[0] + codes[75] == commands
        assert max(Counter(request["sha256"] for request in tenant.bodies()).values()) == 1
        assert (len(tenant.bodies()), len(tenant.stock())) == (10, 100)


def test_a_killed_command_frees_the_lock(desk: Desk) -> None:
    """No file to remove by hand, whatever process number a new one gets."""
    with rehearse(desk, HELD, batch_rows=10, workers=1) as tenant:
        run = start(desk, "run", stock_file(desk, 20))
        tenant.until_held()
        run.send(signal.SIGKILL)
        run.end()
        _pretend_holder(desk.folder / "state" / "lock")
        assert desk("resume").code == 0
        assert len(tenant.stock()) == 20


def _pretend_holder(lock: Path) -> None:
    """Leave the number of a process that lives in the lock file, as after a reboot."""
    lock.write_text(f"{os.getpid()}\n")

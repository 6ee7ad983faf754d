"""Whatever happens, in whatever order: one message a change, nothing lost, and a crash repeats one message at most."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sync.run.alarms import sending
from tests.alarming import Office, opened

if TYPE_CHECKING:
    from sync.rows import Run

TENANT = "tenant"
FILES = st.sampled_from(["a.csv", "b.csv", "c.csv"])


class Crash(BaseException):
    """The process is killed."""


class Alarms(RuleBasedStateMachine):
    """A model of what stands and of what people were told; the product must agree with it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.open_ones = ExitStack()
        self.office: Office = self.open_ones.enter_context(opened(self.folder))
        self.held: dict[str, Run] = {}
        self.waiting: list[Run] = []
        self.failed: set[str] = set()
        self.known: set[str] = set()  # what people believe to stand
        self.repeated = 0

    def teardown(self) -> None:
        """Close everything."""
        self.open_ones.close()
        shutil.rmtree(self.folder)

    @property
    def stands(self) -> set[str]:
        """What stands, by the model."""
        tenant = {TENANT} if self.waiting else set()
        return {f"held {name}" for name in self.held} | tenant | {f"file {name}" for name in self.failed}

    @rule()
    def hold(self) -> None:
        """Something is held."""
        run = self.office.held(f"h{len(self.held)}.csv")
        self.held[run.run] = run

    @precondition(lambda self: self.held)
    @rule()
    def decide(self) -> None:
        """Somebody says yes."""
        _, run = self.held.popitem()
        self.office.decide(run, "approved")

    @rule()
    def wait(self) -> None:
        """The tenant does not answer."""
        self.waiting.append(self.office.pending(f"w{len(self.waiting)}.csv", mapping="other"))

    @precondition(lambda self: self.waiting)
    @rule()
    def take(self) -> None:
        """The tenant takes everything."""
        for run in self.waiting:
            self.office.settle(run)
        self.waiting.clear()

    @rule(file=FILES, fails=st.booleans())
    def come(self, file: str, *, fails: bool) -> None:
        """A file comes, good or bad."""
        self.office.run(file, state="failed" if fails else "settled")
        self.failed = self.failed | {file} if fails else self.failed - {file}

    @rule(works=st.booleans(), minutes=st.integers(-600, 600))
    def look(self, *, works: bool, minutes: int) -> None:
        """A pass ends; the clock may have gone anywhere, and the webhook may be dead."""
        self.office.server.works(well=works)  # type: ignore[attr-defined] # it is a Hook
        told = self.office.tell(timedelta(minutes=minutes))
        changes = len(self.stands ^ self.known)
        if not works:
            assert len(told) == min(changes, 1)
            return
        assert len(told) == (changes if changes <= sending.SINGLE else 1)
        self.known = self.stands

    @rule()
    def crash(self) -> None:
        """The process is killed between a message and its record: that one message comes again, and no other."""
        self.office.server.works(well=True)  # type: ignore[attr-defined] # it is a Hook
        changes = len(self.stands ^ self.known)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sending, "_write_down", _killed)
            before = len(self.office.server.requests)
            try:
                self.office.tell()
            except Crash:
                assert len(self.office.server.requests) == before + 1
        again = self.office.tell()
        assert len(again) == (changes if changes <= sending.SINGLE else 1)
        self.known = self.stands

    @invariant()
    def nothing_is_half_written(self) -> None:
        """No transaction is left open."""
        assert not self.office.ledger.db.in_transaction


def _killed(*_: object) -> None:
    raise Crash


TestAlarms = Alarms.TestCase
TestAlarms.settings = hypothesis_settings(max_examples=25, stateful_step_count=25, deadline=None)

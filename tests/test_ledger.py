"""The ledger: what is on record stays, what does not add up is refused."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sync.errors import FixSetup, OurBug, TryLater
from sync.ledger import batches, holds, lock, rejected, runs
from sync.ledger.book import VERSION, Ledger, connect
from sync.rows import Fault, Origin, Problem, ReadAs, Reject, Run, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUN = Run(
    run="20261123T061502Z-3f9c",
    started="2026-11-23T06:15:02Z",
    seq=1,
    tenant="https://t",
    file="a.csv",
    mapping="m",
    content="c1",
    to_send=10,
)
PROBLEM = Problem("map", "qty", "quantity.text", "x")


def reject(row: int, *, sku: str = "S1", **more: object) -> Reject:
    """Make a reject of one row."""
    return replace(Reject(row, 2, (PROBLEM,), ("A", sku, "x"), "A", sku), **more)  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open a ledger with one run in it."""
    opened = connect(tmp_path / "ledger.db")
    with opened.transaction():
        runs.add(opened, RUN)
    yield opened
    opened.close()


def test_a_run_comes_back_as_it_was(ledger: Ledger) -> None:
    """Every field of a run survives the ledger."""
    full = replace(
        RUN,
        run="r2",
        seq=2,
        read_as=ReadAs("csv", "utf-8", ";", None, 4),
        origin=Origin("a.csv", "f", "s"),
        header=("a", "b"),
        skipped={"blank": 2},
        warnings=("w",),
        why=("y",),
        parent="p",
    )
    assert runs.add(ledger, replace(full, seq=0)) == full
    assert runs.get(ledger, "r2") == full


def test_a_run_is_found_by_a_beginning_that_only_it_has(ledger: Ledger) -> None:
    """A short id works as long as it is clear."""
    assert runs.get(ledger, "20261123T06") == RUN
    runs.add(ledger, replace(RUN, run=RUN.run + "0"))
    assert runs.get(ledger, "20261123T06") is None
    assert runs.get(ledger, RUN.run) == RUN


def test_a_commit_is_durable_against_a_power_cut(ledger: Ledger) -> None:
    """WAL with synchronous FULL: NORMAL forgets a committed row."""
    assert ledger.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert ledger.db.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_failed_transaction_leaves_nothing(ledger: Ledger) -> None:
    """What is done inside is done as one or not at all."""
    with pytest.raises(OurBug):
        _settle_twice(ledger)
    assert batches.open_ranges(ledger, RUN.run) == []


def _settle_twice(ledger: Ledger) -> None:
    with ledger.transaction():
        batches.sending(ledger, RUN.run, (0, 5), body_sha256="h", at="t")
        for _ in range(2):
            batches.settle(ledger, RUN.run, (0, 5), Tally(accepted=5), at="t")


def test_a_batch_on_record_is_open_until_it_is_settled(ledger: Ledger) -> None:
    """Sending counts as unknown; settled as known."""
    batches.sending(ledger, RUN.run, (0, 5), body_sha256="h", at="t")
    assert batches.open_ranges(ledger, RUN.run) == [((0, 5), 1)]
    assert holds.fresh(ledger, RUN) == [(5, RUN.to_send)]
    batches.settle(ledger, RUN.run, (0, 5), Tally(accepted=5), at="t")
    assert batches.open_ranges(ledger, RUN.run) == []
    assert batches.tally(ledger, RUN.run).settled == 5


def test_a_settled_batch_cannot_be_sent_or_settled_again(ledger: Ledger) -> None:
    """An outcome never changes later."""
    batches.sending(ledger, RUN.run, (0, 5), body_sha256="h", at="t")
    batches.settle(ledger, RUN.run, (0, 5), Tally(accepted=5), at="t")
    with pytest.raises(OurBug):
        batches.sending(ledger, RUN.run, (0, 5), body_sha256="h", at="t")
    with pytest.raises(OurBug):
        batches.settle(ledger, RUN.run, (0, 5), Tally(accepted=5), at="t")


def test_an_outcome_must_cover_its_batch(ledger: Ledger) -> None:
    """The ledger itself refuses numbers that do not add up."""
    batches.sending(ledger, RUN.run, (0, 5), body_sha256="h", at="t")
    with pytest.raises(sqlite3.IntegrityError):
        batches.settle(ledger, RUN.run, (0, 5), Tally(accepted=4), at="t")


def test_a_split_is_on_record_and_its_halves_go_on(ledger: Ledger) -> None:
    """A resume goes on from the halves, not from the whole."""
    batches.sending(ledger, RUN.run, (0, 5), body_sha256="h", at="t")
    batches.split(ledger, RUN.run, (0, 5), ((0, 2), (2, 5)))
    assert batches.open_ranges(ledger, RUN.run) == [((0, 2), 0), ((2, 5), 0)]


def test_overlapping_batches_are_a_bug_not_a_sum(ledger: Ledger) -> None:
    """A row that would count twice stops the run."""
    for part in ((0, 5), (4, 8)):
        batches.sending(ledger, RUN.run, part, body_sha256="h", at="t")
    with pytest.raises(OurBug, match="overlap"):
        batches.tally(ledger, RUN.run)


def test_a_reject_comes_back_as_it_was(ledger: Ledger) -> None:
    """Source text, faults and every reason survive."""
    item = reject(7, faults=(Fault(7, 2, "cell.fraction", "C7: 1.5"),), position=3, parent_row=2)
    rejected.add(ledger, RUN.run, [item])
    assert list(rejected.of_run(ledger, RUN.run)) == [item]


def test_the_newest_judgement_replaces_the_older_ones(ledger: Ledger) -> None:
    """A chain of corrections: the first run's reject follows to the last judgement."""
    for name in ("r2", "r3"):
        runs.add(ledger, replace(RUN, run=name))
    rejected.add(ledger, RUN.run, [reject(7)])
    rejected.add(ledger, "r2", [reject(1)])
    rejected.replace(ledger, [((RUN.run, 7, 2), ("r2", 1, 2))])
    assert [fate for _, _, fate, _ in rejected.fates(ledger, RUN.run)] == ["failing"]
    assert rejected.standing(ledger) == {"r2": 1}
    rejected.replace(ledger, [(("r2", 1, 2), ("r3", 1, 2))])
    ledger.db.execute("UPDATE runs SET state = 'settled'")
    assert [fate for _, _, fate, _ in rejected.fates(ledger, RUN.run)] == ["mended"]
    assert rejected.standing(ledger) == {}


def test_a_repeat_is_the_newest_settled_run_of_the_same_content(ledger: Ledger) -> None:
    """Nothing newer of the mapping may have been sent since."""
    again = replace(RUN, run="r9", started="2026-11-24T00:00:00Z")
    assert runs.before(ledger, again) is None
    ledger.db.execute("UPDATE runs SET state = 'settled'")
    assert runs.before(ledger, again) == replace(RUN, state="settled")
    other = replace(RUN, run="r5", content="c2", started="2026-11-23T12:00:00Z")
    runs.add(ledger, other)
    batches.sending(ledger, "r5", (0, 1), body_sha256="h", at="t")
    assert runs.before(ledger, again) is None


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    """An older program must not write into it."""
    connect(tmp_path / "l.db").close()
    db = sqlite3.connect(tmp_path / "l.db")
    db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    with pytest.raises(FixSetup, match="newer version"):
        connect(tmp_path / "l.db")


def test_a_damaged_ledger_is_refused_in_words(tmp_path: Path) -> None:
    """No traceback, and nothing is made anew over it."""
    (tmp_path / "l.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(FixSetup, match="cannot be used"):
        connect(tmp_path / "l.db")
    assert (tmp_path / "l.db").read_bytes().startswith(b"not a database")


HOLDER = "import sys, time; from pathlib import Path; from sync.ledger import lock\nwith lock.hold(Path(sys.argv[1])):\n print('held', flush=True); time.sleep(60)"


def test_the_lock_keeps_a_second_run_out_and_dies_with_its_process(tmp_path: Path) -> None:
    """A kernel lock: busy while the holder lives, free at once after kill -9."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(TryLater, match=str(holder.pid)), lock.hold(tmp_path):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with lock.hold(tmp_path):
            assert (tmp_path / "lock").read_text().strip() == str(os.getpid())


def test_a_command_may_wait_for_the_lock(tmp_path: Path) -> None:
    """A holder that ends in time lets the waiting command in."""
    quick = HOLDER.replace("sleep(60)", "sleep(0.3)")
    with subprocess.Popen([sys.executable, "-c", quick, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with lock.hold(tmp_path, wait=20):
            assert holder.wait() == 0

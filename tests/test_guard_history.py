"""Which file a new one is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.ledger import batches, history, holds, runs, segments
from sync.ledger.book import Ledger, connect
from sync.ledger.holds import Word
from sync.rows import Run, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TONIGHT = Run("9", "2026-11-23T02:00:00Z", "tenant", "tonight.csv", mapping="sap")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = connect(tmp_path / "ledger.db")
    yield ledger
    ledger.close()


def settled(ledger: Ledger, name: str, *, went: bool = True, **more: object) -> Run:
    """Put a run on record that ended, and of which something went or nothing."""
    about = {"mapping": "sap", "to_send": 5, "state": "settled", **more}
    run = runs.add(ledger, Run(name, f"2026-11-2{name[:1]}", "tenant", f"{name}.csv", **about))  # type: ignore[arg-type]  # by name
    segments.add(ledger, f"segment-{name}" if went else "", "tenant", pairs=5, of=[name])
    return run


def compared(ledger: Ledger) -> list[str]:
    return [run.run for run in history.sent_whole(ledger, TONIGHT)]


def test_the_newest_file_that_went_comes_first(ledger: Ledger) -> None:
    """In the order of taking, for this mapping and this tenant alone."""
    settled(ledger, "1")
    settled(ledger, "2")
    settled(ledger, "3", mapping="other")
    assert compared(ledger) == ["2", "1"]


@pytest.mark.parametrize(
    "more",
    [{"state": "staged"}, {"state": "failed"}, {"discarded": True}, {"parent": "1"}, {"to_send": 0}],
)
def test_what_did_not_go_whole_is_no_measure(ledger: Ledger, more: dict[str, object]) -> None:
    """What is under way, failed or given up, and rows of a file that were corrected."""
    settled(ledger, "1")
    settled(ledger, "2", **more)  # type: ignore[arg-type]  # by name
    assert compared(ledger) == ["1"]


def test_a_repeat_is_the_file_that_it_repeats(ledger: Ledger) -> None:
    """A file that comes every ten minutes unchanged must not push its like out of sight."""
    settled(ledger, "1")
    settled(ledger, "2", to_send=0, repeats="1")
    assert compared(ledger) == ["2", "1"]


def test_thousands_of_old_files_hide_nothing(ledger: Ledger) -> None:
    """Of a full inbox the newest is taken first, and of all others nothing goes."""
    settled(ledger, "1")
    for number in range(history.LOOK_BACK + 5):
        settled(ledger, f"2-{number}", went=False)
    assert compared(ledger) == ["1"]


@pytest.mark.parametrize(("verdict", "counts"), [("approved", True), ("discarded", False)])
def test_a_file_counts_where_a_person_said_yes_to_all_of_it(
    ledger: Ledger, verdict: str, *, counts: bool
) -> None:
    """A no to one location makes the file no measure."""
    settled(ledger, "1")
    holds.add(ledger, "1", [("A", 0, 3), ("B", 3, 5)])
    holds.decide(ledger, "1", Word("approved", "ann", "", "2026-11-21"), location="A")
    holds.decide(ledger, "1", Word(verdict, "ann", "", "2026-11-21"), location="B")
    assert bool(compared(ledger)) == counts


def test_what_was_never_accepted_is_no_history(ledger: Ledger) -> None:
    """The first file is the first until something of one is with the tenant."""
    settled(ledger, "1")
    assert not history.went_before(ledger, TONIGHT)
    batches.sending(ledger, "1", (0, 5), body_sha256="", at="2026-11-21")
    assert not history.went_before(ledger, TONIGHT)
    batches.settle(ledger, "1", (0, 5), Tally(accepted=5), at="2026-11-21")
    assert history.went_before(ledger, TONIGHT)


def test_a_run_is_told_by_its_number(ledger: Ledger) -> None:
    """One that was forgotten is left out."""
    run = settled(ledger, "1")
    assert history.taken(ledger, [run.seq, 77]) == {run.seq: ("1", "sap", "2026-11-21")}

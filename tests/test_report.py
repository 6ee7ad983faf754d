"""The report: numbers that must add up, one word for how a run stands, and the exit code that goes with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync import reasons, report
from sync.errors import OurBug
from sync.rows import Problem, Reject, Run, Tally

RUN = Run("r", "t", "tenant", "f.csv", read=10, to_send=6, merged=1, skipped={"blank": 1})
TALLY = Tally(accepted=5, settled=6, refused_pairs=1, refused_rows=2, rejected={"map": 2, "tenant": 2})
ROWS = {
    "read": 10,
    "accepted": 5,
    "unchanged": 0,
    "merged": 0,
    "skipped": 1,
    "rejected": 4,
    "held": 0,
    "pending": 0,
}


def test_every_row_stands_in_one_outcome() -> None:
    """A pair that the tenant refused takes the rows merged into it with it."""
    assert report.outcomes(RUN, TALLY) == ROWS


@pytest.mark.parametrize(
    "wrong",
    [
        replace(TALLY, accepted=4),
        replace(TALLY, settled=7),
        replace(TALLY, refused_rows=3),
        replace(TALLY, rejected={"map": 1, "tenant": 2}),
        replace(TALLY, rejected={"map": 3, "tenant": 1}),
        replace(TALLY, refused_rows=4, rejected={"map": 2, "tenant": 4}),
    ],
)
def test_numbers_that_do_not_add_up_end_no_run(wrong: Tally) -> None:
    """The program refuses, it does not report."""
    with pytest.raises(OurBug, match="accounts for"):
        report.outcomes(RUN, wrong)


def test_what_is_not_settled_is_pending_or_discarded() -> None:
    """And nothing else."""
    part = Tally(accepted=2, settled=2, rejected={"map": 2})
    assert report.outcomes(RUN, part)["pending"] == 4
    assert report.skips(replace(RUN, discarded=True), part) == {"blank": 1, "discarded": 4}
    assert report.outcomes(replace(RUN, discarded=True), part)["pending"] == 0


@pytest.mark.parametrize(
    ("state", "ending", "pending", "rejected", "word", "code"),
    [
        ("settled", "", 0, 0, "ok", 0),
        ("settled", "", 0, 3, "partial", 1),
        ("staged", "incomplete", 5, 0, "incomplete", 4),
        ("staged", "refused", 5, 3, "refused", 5),
        ("staged", "interrupted", 5, 0, "incomplete", 130),
        ("settled", "interrupted", 0, 0, "ok", 0),
        ("failed", "", 0, 0, "failed", 6),
    ],
)
def test_the_exit_code_tells_how_a_run_stands(
    state: str, ending: str, pending: int, rejected: int, word: str, code: int
) -> None:
    """One word, one code."""
    run, rows = replace(RUN, state=state, ending=ending), ROWS | {"pending": pending, "rejected": rejected}
    assert (report.status(run, rows), report.exit_code(run, rows)) == (word, code)


@pytest.mark.parametrize(
    ("codes", "gravest"),
    [
        ([], 0),
        ([0, 1], 1),
        ([1, 3], 3),
        ([3, 6], 6),
        ([6, 4], 4),
        ([4, 5], 5),
        ([5, 130], 130),
        ([130, 70], 70),
    ],
)
def test_of_several_files_the_gravest_code_counts(codes: list[int], gravest: int) -> None:
    """In the contract's order: 70, 130, 5, 4, 6, 3, 1, 0."""
    assert report.gravest(codes) == gravest


def test_problems_are_capped_and_in_words() -> None:
    """The report has the first hundred; the reject file has all."""
    rejects = [
        Reject(row, 2, (Problem("map", "qty", "quantity.text", "x"),), (), "", "") for row in range(2, 302)
    ]
    found = report.problems(rejects)
    assert len(found) == report.MOST_PROBLEMS
    assert found[0]["message"] == "The quantity x in qty is not a number."
    assert found[0]["remedy"]


@pytest.mark.parametrize("code", reasons.REASONS)
def test_every_reason_is_a_sentence_with_a_remedy(code: str) -> None:
    """Whatever stands in the cell."""
    assert reasons.sentence(code, "qty", "x{y}").endswith(".")
    assert reasons.remedy(code).endswith(".")


def test_a_reason_that_is_not_in_the_table_is_shown_as_it_is() -> None:
    """A ledger of a later version may hold one."""
    assert reasons.sentence("new.code", None, "x") == "new.code: x."
    assert reasons.remedy("new.code") == ""

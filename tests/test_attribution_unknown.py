"""Unknown is an outcome: what was applied without a good answer is sent again, counted once, and never called rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sync.sandbox.rule import MALFORMED
from tests.desks import GOOD, four_parts
from tests.rehearsals import rehearse, start, stock_file

if TYPE_CHECKING:
    from tests.desks import Desk

MODEL = {("AB"[at % 2], f"S{at}"): at * 3 for at in range(40)}
SPOILT = [word for word in MALFORMED if word != "bom"]  # which JSON readers may skip
ONCE: dict[str, dict[str, Any]] = {
    **{f"answers {word}": {"malformed": word} for word in SPOILT},
    "hangs up before it reads": {"drop": "before_read"},
    "hangs up before its work": {"drop": "before_apply", "rst": True},
    "hangs up after its work": {"drop": "after_apply", "rst": True},
    "cuts its answer": {"truncate": 0.5},
    "cuts its headers": {"truncate": "headers", "rst": True},
    "applies half and fails": {"apply_rows": 5},
    "applies half and is busy": {"apply_rows": 5, "status": 503},
    "works too long": {"delay": 2},
    "answers too late": {"delay_answer": 2},
    "drips": {"trickle": {"bytes": 1, "every": 0.2}},
    "applies late": {"late_apply": 0.5},
}


@pytest.mark.parametrize("fault", ONCE.values(), ids=ONCE)
def test_a_batch_without_a_good_answer_goes_again_and_counts_once(desk: Desk, fault: dict[str, Any]) -> None:
    """The same body, until an answer adds up: the tenant equals the file, and no number is doubled."""
    with rehearse(desk, {"times": 1, **fault}, batch_rows=40, timeout=1) as tenant:
        report = desk.report("run", stock_file(desk, 40))
        assert (report["exit_code"], report["rows"]["accepted"]) == (0, 40)
        assert report["requests"] == {"sent": 2, "retried": 1}
        assert sum(report["tenant_counts"].values()) == 40
        assert tenant.stock() == MODEL


@pytest.mark.parametrize("word", SPOILT)
def test_answers_that_are_never_the_api_s_settle_nothing(desk: Desk, word: str) -> None:
    """A login page, a list, nothing at all, with 200: 5, four parts, and nothing counts as accepted."""
    with rehearse(desk, {"malformed": word}) as tenant:
        ended = desk("run", stock_file(desk, 40))
        assert (ended.code, four_parts(ended.err)) == (5, True)
        assert "40 pending" in ended.err
        assert len(tenant.bodies()) <= 30


def test_a_lost_answer_to_a_batch_with_refused_rows_rejects_them_once(desk: Desk) -> None:
    """Applied in part, the answer lost, sent again: one reject for each row, and what was applied is accepted."""
    plan = {"times": 1, "drop": "after_apply", "rst": True}
    with rehearse(desk, plan, unknown=("S3", "S8"), batch_rows=40) as tenant:
        report = desk.report("run", stock_file(desk, 40))
        assert (report["rows"]["accepted"], report["rows"]["rejected"]) == (38, 2)
        assert [problem["row"] for problem in report["problems"]] == [5, 10]
        assert {pair: MODEL[pair] for pair in tenant.stock()} == tenant.stock()


@pytest.mark.parametrize("rows", [2, 5])
def test_what_may_have_been_taken_is_never_called_rejected(desk: Desk, rows: int) -> None:
    """Applied, the answer lost, refused when it comes again: pending, in words, as the tenant holds it; later refusals too."""
    plan = [
        {"method": "POST", "after": 1, "times": 1, "drop": "after_apply", "rst": True},
        {"poison_skus": ["S3"], "poison_status": 422, "after": 1},
    ]
    file = desk.file([GOOD[0], *(("A", f"S{at}", str(at)) for at in range(3, 3 + rows))])
    with rehearse(desk, *plan):
        desk("run", desk.file(GOOD, "stock_first.csv"), "--as-of", "2026-11-01T00:00Z")
        for command in (["run", file], ["resume"]):
            (report,) = desk(*command, "--json").json["runs"]
            assert (report["exit_code"], report["rows"]["rejected"], report["rows"]["pending"]) == (4, 0, 1)
            assert "the tenant holds the quantity that was sent" in desk("show", report["run"]).out


@pytest.mark.parametrize(("status", "rejected"), [(422, 0), (503, 0), (403, 1)])
def test_what_cannot_be_read_now_waits_and_what_the_key_may_not_read_is_believed(
    desk: Desk, status: int, rejected: int
) -> None:
    """A tenant that refuses to be read today may be read tomorrow; a key without that scope never can."""
    plan = [
        {"method": "POST", "after": 1, "times": 1, "drop": "after_apply", "rst": True},
        {"method": "GET", "status": status},
        {"method": "POST", "poison_skus": ["S3"], "poison_status": 422, "after": 1},
    ]
    with rehearse(desk, *plan):
        desk("run", desk.file(GOOD, "stock_first.csv"), "--as-of", "2026-11-01T00:00Z")
        report = desk.report("run", desk.file([GOOD[0], ("A", "S3", "3"), ("A", "S4", "4")]))
    assert (report["rows"]["rejected"], report["rows"]["pending"]) == (rejected, 1 - rejected)
    assert any("cannot be read back" in words for words in report["warnings"])


def test_a_row_that_was_never_taken_is_rejected_after_a_lost_answer(desk: Desk) -> None:
    """The tenant does not hold it: then the refusal is all there is to say of it."""
    plan = [
        {"times": 1, "drop": "before_apply"},
        {"poison_skus": ["S1"], "poison_status": 422},
    ]
    with rehearse(desk, *plan):
        report = desk.report("run", desk.file(GOOD))
    assert (report["rows"]["accepted"], report["rows"]["rejected"], report["rows"]["pending"]) == (1, 1, 0)


def test_an_older_value_that_lands_late_is_overwritten_again(desk: Desk) -> None:
    """504, a newer file, and then the old write: the pair is read back before the run is called done, and sent again."""
    retry = {"attempts": 2, "base": 0.01, "max": 0.05, "deadline": 60}
    plan = [
        {"method": "POST", "times": 2, "late_apply": 300, "status": 503},
        {"method": "POST", "times": 1, "hold": "after_apply"},
    ]
    with rehearse(desk, *plan, retry=retry) as tenant:
        assert desk("run", desk.file(GOOD), "--as-of", "2026-11-20T00:00Z").code == 4
        newer = desk.file([GOOD[0], ("A", "S1", "50"), ("B", "S2", "60")], "stock_new.csv")
        run = start(desk, "run", newer, "--as-of", "2026-11-21T00:00Z")
        tenant.until_held(3)
        tenant.release()
        assert run.end()[0] == 0
        assert tenant.stock() == {("A", "S1"): 50, ("B", "S2"): 60}
        posted = [request["sent"] for request in tenant.bodies() if request["method"] == "POST"]
        assert posted[-1] == posted[-2] == [["A", "S1", 50], ["B", "S2", 60]]


def test_the_same_value_in_two_files_is_not_in_doubt(desk: Desk) -> None:
    """What the older request would write is what the newer one wrote: nothing is sent a third time."""
    retry = {"attempts": 2, "base": 0.01, "max": 0.05, "deadline": 60}
    with rehearse(
        desk, {"method": "POST", "times": 2, "late_apply": 300, "status": 503}, retry=retry
    ) as tenant:
        assert desk("run", desk.file(GOOD), "--as-of", "2026-11-20T00:00Z").code == 4
        newer = desk.file(GOOD, "stock_new.csv")
        assert desk("run", newer, "--as-of", "2026-11-21T00:00Z").code == 0
        assert [request["method"] for request in tenant.bodies()].count("POST") == 3

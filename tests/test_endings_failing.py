"""Rows that fail whenever they are sent: a person is told which, how often, since when, and what ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.desks import four_parts
from tests.rehearsals import rehearse, stock_file

if TYPE_CHECKING:
    from tests.desks import Desk

RETRY = {"attempts": 3, "base": 0.01, "max": 0.05, "deadline": 20}
WORDS = "Our stock service has lost its way"


def breaks(*skus: str) -> dict[str, Any]:
    """Answer 500 wherever one of these is in the body."""
    body = {"error": {"code": "SERVER_ERROR", "message": WORDS}}
    return {"poison_skus": list(skus), "poison_status": 500, "poison_body": body}


def test_rows_that_always_fail_are_named_with_the_way_out(desk: Desk) -> None:
    """The first three by row and codes, how often and since when, the tenant's words, and both ways to end it."""
    with rehearse(desk, breaks("S3", "S4", "S17", "S18", "S30"), retry=RETRY):
        ended = desk("run", stock_file(desk, 40), "--json")
        (run,) = ended.json["runs"]
        assert run["ending"] == "failing"
        for _ in range(3):
            ended = desk("resume")
        assert (ended.code, four_parts(ended.err)) == (4, True)
        shown = desk.report("show", run["run"])
        assert (shown["status"], shown["rows"]["accepted"], shown["rows"]["pending"]) == ("incomplete", 35, 5)
    assert "row 5 (B, S3), row 6 (A, S4), row 19 (B, S17) and 2 more" in ended.err
    assert f"times since {run['started']}" in ended.err
    assert WORDS in ended.err
    assert f"inventory-sync discard {run['run']}" in ended.err
    assert "sends the rest" not in ended.err


def test_discard_ends_it_and_loses_no_count(desk: Desk) -> None:
    """Afterwards resume has nothing to do, and the rows stand as given up."""
    with rehearse(desk, breaks("S3"), retry=RETRY) as tenant:
        run = desk.report("run", stock_file(desk, 10))["run"]
        assert desk("resume").code == desk("resume").code == 4
        report = desk.report("discard", run)
        assert (report["exit_code"], report["skipped_by_reason"]) == (0, {"discarded": 1})
        before = len(tenant.bodies())
        assert desk("resume").code == 0
        assert len(tenant.bodies()) == before


def test_a_row_that_fails_costs_one_request_a_command(desk: Desk) -> None:
    """Night after night it is asked for once, until it passes; then all is well."""
    with rehearse(desk, breaks("S3") | {"times": 14}, retry=RETRY) as tenant:
        desk("run", stock_file(desk, 10))
        desk("resume")
        before = len(tenant.bodies())
        assert desk("resume").code == 4
        assert len(tenant.bodies()) - before == 1
        codes = [desk("resume").code for _ in range(14)]
        assert codes[-1] == 0
        assert len(tenant.stock()) == 10


def test_an_outage_is_not_called_a_row_that_fails(desk: Desk) -> None:
    """A tenant that was down once: the next run sends the rest, and nobody is told to give rows up."""
    with rehearse(desk, {"status": 503}, retry=RETRY):
        ended = desk("run", stock_file(desk, 2))
    assert (ended.code, "sends the rest" in ended.err, "discard" in ended.err) == (4, True, False)

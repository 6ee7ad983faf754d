"""Manners over a real socket, told from the tenant's own log: waits, repeats, how much at once, and when to stop."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.desks import four_parts
from tests.rehearsals import (
    Request,
    most_under_way,
    pairs_under_way_twice,
    rehearse,
    repeats,
    stock_file,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import Desk

RETRY = {"attempts": 5, "base": 0.01, "max": 0.05, "deadline": 20}


def gap(requests: list[Request]) -> float:
    """Tell how long after the first answer the next request came that had not left before it."""
    answered = float(requests[0]["t1"])
    later = [float(request["t0"]) for request in requests[1:]]
    return min(began - answered for began in later if began > answered + 0.2)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", [1, 0.7, "1", "0.7"])
def test_a_wait_in_seconds_is_waited_for_by_all_workers(desk: Desk, asked: float | str, status: int) -> None:
    """What was on its way may still arrive; nothing new leaves before the tenant wants it."""
    plan = {"times": 1, "status": status, "retry_after": asked}
    with rehearse(desk, plan, {"delay": 0.02}, batch_rows=2, retry=RETRY) as tenant:
        assert desk("run", stock_file(desk, 60)).code == 0
        assert gap(tenant.bodies()) >= float(asked)
        first = tenant.bodies()[0]["t1"]
        assert sum(first < request["t0"] < first + float(asked) for request in tenant.bodies()) < 4


def test_a_wait_until_a_moment_is_waited_for(desk: Desk) -> None:
    """An HTTP date."""
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    plan = {"times": 1, "status": 503, "retry_after": format_datetime(moment, usegmt=True)}
    with rehearse(desk, plan, retry=RETRY) as tenant:
        assert desk("run", stock_file(desk, 4)).code == 0
        wall = time.time() - time.monotonic()
        assert tenant.bodies()[1]["t0"] + wall >= moment.timestamp()


@pytest.mark.parametrize("asked", ["Sun, 01 Nov 2026 00:00:00 GMT", 0, "0", "-1", -1, "soon", "", None])
def test_nonsense_and_what_has_passed_is_no_wait(desk: Desk, asked: Any) -> None:
    """The own backoff holds, and the batch is cured."""
    plan = {"times": 2, "status": 429} | ({} if asked is None else {"retry_after": asked})
    with rehearse(desk, plan, retry=RETRY, workers=1) as tenant:
        report = desk.report("run", stock_file(desk, 4))
        assert (report["exit_code"], report["requests"]) == (0, {"sent": 3, "retried": 2})
        assert tenant.bodies()[1]["t0"] - tenant.bodies()[0]["t1"] < 2


def test_a_day_is_not_waited_for_and_not_forgotten(desk: Desk) -> None:
    """Longer than the deadline: it stops, says when, and no later command knocks before; the others' rows are safe."""
    with rehearse(desk, {"times": 1, "status": 429, "retry_after": 86_400}, workers=1, retry=RETRY) as tenant:
        ended = desk("run", stock_file(desk, 4))
        assert ended.code == 4
        tomorrow = datetime.now(UTC) + timedelta(hours=24)
        assert f"not before {tomorrow:%Y-%m-%dT%H}" in ended.err
        assert four_parts(ended.err)
        assert [
            desk(*command).code for command in (("resume",), ("run", str(stock_file(desk, 2, "stock_b.csv"))))
        ] == [4, 4]
        assert len(tenant.bodies()) == 1


def test_half_of_all_requests_fail(desk: Desk) -> None:
    """Everything is settled or pending, the counts are true, and repeats keep to their budget."""
    with rehearse(
        desk, {"p": 0.5, "status": 503}, {"p": 0.2, "drop": "after_apply"}, batch_rows=3, retry=RETRY
    ) as tenant:
        report = desk.report("run", stock_file(desk, 300))
        rows, bodies = report["rows"], tenant.bodies()
        assert rows["accepted"] + rows["pending"] == 300
        assert report["exit_code"] == (4 if rows["pending"] else 0)
        assert repeats(bodies) <= 10 + 0.1 * len(bodies)
        assert report["requests"]["retried"] == repeats(bodies)


@pytest.mark.parametrize("workers", [1, 3, 8])
def test_no_more_at_once_than_workers_and_no_pair_twice(desk: Desk, workers: int) -> None:
    """With answers that dawdle, fail and are cut: told from the tenant's own log."""
    plan: list[dict[str, Any]] = [
        {"delay_answer": 0.03},
        {"every": 7, "status": 503},
        {"every": 11, "truncate": 0.5},
    ]
    with rehearse(desk, *plan, batch_rows=5, workers=workers, retry=RETRY) as tenant:
        assert desk("run", stock_file(desk, 300)).code in {0, 4}
        assert most_under_way(tenant.bodies()) <= workers
        assert workers == 1 or most_under_way(tenant.bodies()) > 1
        assert pairs_under_way_twice(tenant.bodies()) == []


DOWN: dict[str, dict[str, Any]] = {
    "503": {"status": 503},
    "502 in HTML": {"status": 502, "body": "<html>Bad Gateway</html>"},
    "500": {"status": 500},
    "429": {"status": 429},
    "hangs up": {"drop": "before_read"},
    "hangs up with a reset": {"drop": "before_apply", "rst": True},
    "hangs up after its work": {"drop": "after_apply"},
    "cuts its answers": {"truncate": 0.5},
    "cuts its headers": {"truncate": "headers"},
    "is silent": {"delay": 60},
    "drips": {"trickle": {"bytes": 1, "every": 0.2}},
}


@pytest.mark.parametrize("fault", DOWN.values(), ids=DOWN)
def test_a_tenant_that_is_down_costs_a_dozen_requests(desk: Desk, fault: dict[str, Any]) -> None:
    """For many rows of two files as for their resume: at most 12, no row lost, and what to do is told."""
    with rehearse(desk, fault, batch_rows=5, workers=8, timeout=1, retry=RETRY) as tenant:
        files = [stock_file(desk, 200, "stock_a.csv"), stock_file(desk, 1, "stock_b.csv", first=300)]
        commands: list[tuple[str | Path, ...]] = [("run", *files), ("resume",)]
        for command in commands:
            before = len(tenant.requests())
            ended = desk(*command)
            assert (ended.code, four_parts(ended.err)) == (4, True)
            assert len(tenant.requests()) - before <= 12
        assert desk("status", "--json").json["pending"][0]["rows"]["accepted"] == 0


def test_a_tenant_that_comes_back_gets_everything(desk: Desk) -> None:
    """Down in the middle of a run for a second: it goes on by itself."""
    retry = {"attempts": 5, "base": 0.2, "max": 5, "deadline": 60}
    with rehearse(desk, {"after": 5, "times": 1, "down": 1.0}, batch_rows=5, retry=retry) as tenant:
        report = desk.report("run", stock_file(desk, 200))
        assert (report["exit_code"], report["rows"]["accepted"]) == (0, 200)
        assert len(tenant.stock()) == 200


def test_a_kept_connection_that_the_tenant_closed_is_no_trouble(desk: Desk) -> None:
    """The body goes again at once over a new one: with a minute of backoff, as for real trouble, the run would not end well."""
    retry = RETRY | {"base": 60, "max": 60, "deadline": 10}
    with rehearse(desk, {"times": 4, "close_silently": True}, batch_rows=5, workers=4, retry=retry) as tenant:
        report = desk.report("run", stock_file(desk, 200))
        assert (report["exit_code"], len(tenant.stock())) == (0, 200)
        assert 1 <= report["requests"]["retried"] <= 4


def test_a_run_without_progress_ends(desk: Desk) -> None:
    """Answers that drip for ever: each request has its time, the run its deadline; the next run is free."""
    retry = {"attempts": 5, "base": 0.5, "max": 1, "deadline": 3}
    with rehearse(
        desk,
        {"times": 5, "trickle": {"bytes": 1, "every": 0.2}},
        batch_rows=2,
        workers=2,
        timeout=1.5,
        retry=retry,
    ):
        report = desk.report("run", stock_file(desk, 40))
        assert report["exit_code"] == 4
        assert report["seconds"]["send"] < 3 + 5
        assert desk("resume").code == 0


def test_after_a_refused_key_nothing_new_leaves(desk: Desk) -> None:
    """In the middle of a run: what is on its way arrives, the rest is pending, the file is not at fault."""
    with rehearse(desk, {"after": 6, "status": 401}, {"delay": 0.05}, batch_rows=5, workers=4) as tenant:
        report = desk.report("run", stock_file(desk, 200))
        assert (report["exit_code"], report["status"]) == (5, "refused")
        refused = min(request["t1"] for request in tenant.bodies() if request["status"] == 401)
        assert sum(request["t0"] > refused for request in tenant.bodies()) < 4
        assert report["rows"]["accepted"] == len(tenant.stock()) == 200 - report["rows"]["pending"]


@pytest.mark.parametrize("rows", [1, 2, 40])
@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_burst_of_errors_is_cured(desk: Desk, status: int, times: int, rows: int) -> None:
    """One batch and up to four errors in a row: everything is accepted, no body went more than five times."""
    with rehearse(desk, {"times": times, "status": status}, retry=RETRY) as tenant:
        report = desk.report("run", stock_file(desk, rows))
        assert (report["exit_code"], report["rows"]["accepted"]) == (0, rows)
        assert max(Counter(request["sha256"] for request in tenant.bodies()).values()) <= 5

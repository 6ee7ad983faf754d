"""Bodies as large as the tenant takes: learnt from its answers, kept for the next command, grown back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.rehearsals import rehearse, stock_file

if TYPE_CHECKING:
    from tests.desks import Desk

ROWS = 20


def test_a_lower_limit_is_learnt_once(desk: Desk) -> None:
    """413 over 2,000 bytes: halved until it fits, no row rejected, and no later command asks for more again."""
    desk.unguarded()
    with rehearse(desk, {"max_body": 2000}, batch_rows=200, workers=2) as tenant:
        report = desk.report("run", stock_file(desk, 400))
        assert (report["exit_code"], report["rows"]["accepted"]) == (0, 400)
        refused = [request["status"] for request in tenant.bodies()].count(413)
        assert 1 <= refused <= 6
        assert desk("run", stock_file(desk, 150, "stock_b.csv", first=400)).code == 0
        assert [request["status"] for request in tenant.bodies()].count(413) == refused
        assert max(request["bytes"] for request in tenant.bodies() if request["status"] == 200) > 1000


def test_one_row_that_is_too_large_alone_is_rejected(desk: Desk) -> None:
    """And its neighbours go, in bodies that do not shrink to single rows for its sake."""
    rows = [("Depot", "Item", "Pieces"), *(("A", f"S{at}", "1") for at in range(60))]
    rows[30] = ("B" * 255, "X" * 255, "7")
    with rehearse(desk, {"max_body": 600}, batch_rows=10, workers=1) as tenant:
        report = desk.report("run", desk.file(rows))
        assert (report["exit_code"], report["rows"]["rejected"], report["rows"]["accepted"]) == (1, 1, 59)
        assert [(problem["row"], problem["code"]) for problem in report["problems"]] == [
            (31, "tenant.too_large")
        ]
        assert sum(request["rows"] > 4 for request in tenant.bodies() if request["status"] == 200) >= 3


def test_repeated_time_outs_halve_and_quick_answers_grow_it_back(desk: Desk) -> None:
    """Two in a row at one size: half of it from then on; after eight quick full ones twice as many again."""
    plan = {"times": 2, "delay": 2}
    with rehearse(desk, plan, batch_rows=ROWS, workers=1, timeout=1) as tenant:
        report = desk.report("run", stock_file(desk, 300))
        assert (report["exit_code"], report["rows"]["accepted"]) == (0, 300)
        sizes = [request["rows"] for request in tenant.bodies()]
        assert sizes[:12] == [20, 20, *[10] * 8, 20, 20]
        assert len(tenant.stock()) == 300


def test_a_small_size_is_kept_for_the_next_command(desk: Desk) -> None:
    """What one command learnt the next one knows, and it goes on to grow from there."""
    with rehearse(desk, {"times": 4, "delay": 2}, batch_rows=ROWS, workers=1, timeout=1) as tenant:
        assert desk("run", stock_file(desk, 60)).code == 0
        before = tenant.bodies()
        assert [request["rows"] for request in before[:6]] == [20, 20, 10, 10, 5, 5]
        assert desk("run", stock_file(desk, 200, "stock_b.csv", first=100)).code == 0
        sizes = [request["rows"] for request in tenant.bodies()[len(before) :]]
        assert (sizes[0] < ROWS, max(sizes)) == (True, ROWS)


def test_bodies_grow_to_batch_rows_max_while_answers_are_quick(desk: Desk) -> None:
    """Twice as many rows after eight quick full ones, every row is accepted, and the next command begins small again."""
    desk.unguarded()
    with rehearse(desk, batch_rows=10, batch_rows_max=35, workers=1) as tenant:
        report = desk.report("run", stock_file(desk, 400))
        assert (report["exit_code"], report["rows"]["accepted"], len(tenant.stock())) == (0, 400, 400)
        sizes = [request["rows"] for request in tenant.bodies()]
        assert sizes == [*[10] * 8, *[20] * 8, *[35] * 4, 20]
        assert desk("run", stock_file(desk, 400, first=150), "--again").code == 0
        assert tenant.bodies()[len(sizes)]["rows"] == 10


def test_a_larger_body_that_is_refused_whole_is_not_tried_again(desk: Desk) -> None:
    """A tenant may have a limit that it does not tell: the halves go, and bodies stay at batch_rows from then on."""
    desk.unguarded()
    limit = {"after": 8, "times": 1, "status": 400}
    with rehearse(desk, limit, batch_rows=10, batch_rows_max=35, workers=1) as tenant:
        report = desk.report("run", stock_file(desk, 300))
        assert (report["exit_code"], report["rows"]["accepted"]) == (0, 300)
        sizes = [request["rows"] for request in tenant.bodies()]
        assert (sizes[8], max(sizes[9:])) == (20, 10)

"""How large a body may be: halved on trouble, grown back while answers are quick, kept for the tenant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.deliver.outbox import Outbox
from sync.deliver.pace import ASLEEP, Pace
from sync.deliver.sizes import AT_ONCE, QUICK, QUICK_ONES, SLOW, Sizes
from sync.errors import OurBug
from sync.ledger import batches, tenants
from sync.ledger.book import connect
from sync.replies import Reply
from tests.deliveries import RUN, STAGED, TERMS, Tenant, world

if TYPE_CHECKING:
    from sync.deliver.pace import Terms
    from tests.deliveries import Body

LARGE = replace(TERMS, batch_rows=400, timeout=60)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
QUICKLY = QUICK * 60 - 1


def test_two_time_outs_in_a_row_halve_and_one_does_not() -> None:
    """A body as large that was taken between them forgets the first."""
    sizes = Sizes(LARGE)
    sizes.timed_out(400)
    assert sizes.rows == 400
    sizes.taken(400, 9000, QUICKLY)
    sizes.timed_out(400)
    assert sizes.rows == 400
    sizes.timed_out(400)
    assert sizes.rows == 200


@pytest.mark.parametrize("rows", [1, 9])
def test_a_few_rows_say_nothing_about_size(rows: int) -> None:
    """One row that is always too slow does not make everybody else's bodies small."""
    sizes = Sizes(LARGE)
    for _ in range(9):
        sizes.timed_out(rows)
    assert sizes.rows == 400


def test_quick_full_batches_grow_it_back_and_never_beyond() -> None:
    """Doubled after eight in a row; a slow or a small one does not count."""
    sizes = Sizes(LARGE, rows=100)
    for _ in range(QUICK_ONES - 1):
        sizes.taken(100, 1, QUICKLY)
    sizes.taken(99, 1, QUICKLY)
    assert sizes.rows == 100
    sizes.taken(100, 1, QUICKLY)
    assert sizes.rows == 200
    for seconds in [QUICKLY] * 7 + [59] + [QUICKLY] * 7:
        sizes.taken(200, 1, seconds)
    assert sizes.rows == 200
    for _ in range(3 * QUICK_ONES):
        sizes.taken(sizes.rows, 1, QUICKLY)
    assert sizes.rows == 400


def test_a_413_halves_the_bytes_unless_a_larger_body_was_taken() -> None:
    """Where one was, the refusal is about a row, and others do not pay for it."""
    sizes = Sizes(LARGE)
    assert sizes.too_large(40_000)
    assert sizes.length == 20_000
    sizes.taken(200, 19_000, QUICKLY)
    assert not sizes.too_large(10_000)
    sizes.taken(300, 30_000, QUICKLY)
    assert sizes.learnt == (None, 30_000)


@given(
    st.lists(
        st.tuples(st.sampled_from(["taken", "large", "slow"]), st.integers(1, 900), st.integers(1, 200_000))
    )
)
def test_no_answers_lead_out_of_bounds(answers: list[tuple[str, int, int]]) -> None:
    """Whatever the tenant does: at least one row, never more than configured."""
    sizes = Sizes(LARGE)
    for kind, rows, length in answers:
        if kind == "taken":
            sizes.taken(rows, length, 0.1)
        elif kind == "large":
            sizes.too_large(length)
        else:
            sizes.timed_out(rows)
        assert 1 <= sizes.rows <= LARGE.batch_rows
        assert 0 <= sizes.length <= LARGE.batch_bytes


def test_a_size_is_kept_and_bytes_are_tried_again_after_a_day(tmp_path: Path) -> None:
    """Rows stay until they grow back; what was too large is asked once a day, not once a run."""
    ledger = connect(tmp_path / "ledger.db")
    with ledger.transaction():
        tenants.keep_sizes(ledger, "t", rows_max=50, bytes_max=9000, now=NOW)
        tenants.keep_sizes(ledger, "t", rows_max=100, bytes_max=9000, now=NOW + timedelta(hours=20))
    kept = [tenants.lessons(ledger, "t", now=NOW + timedelta(hours=hours)) for hours in (23, 25, -3)]
    assert [(known.rows_max, known.bytes_max) for known in kept] == [(100, 9000), (100, None), (100, None)]
    assert tenants.lessons(ledger, "another", now=NOW) == tenants.Lessons()
    ledger.close()


@pytest.mark.parametrize(("hours", "left"), [(0, 7200), (1, 3600), (2, 0), (9, 0), (-5, 7200)], ids=str)
def test_a_clock_that_was_put_back_makes_no_wait_longer(tmp_path: Path, hours: int, left: float) -> None:
    """Two hours were asked for: no more than that is left, whatever the clock says now."""
    ledger = connect(tmp_path / "ledger.db")
    with ledger.transaction():
        tenants.keep_wait(ledger, "t", 7200, now=NOW)
    assert tenants.lessons(ledger, "t", now=NOW + timedelta(hours=hours)).wait == left
    ledger.close()


def test_a_tenant_that_is_slow_with_large_bodies_gets_small_ones(tmp_path: Path) -> None:
    """Over 30 rows it never answers in time: the bodies shrink until they pass, and all rows are accepted."""

    def slow(rows: list[Body], _number: int) -> Reply | None:
        return Reply(None, trouble="timeout", detail="d") if len(rows) > 30 else None

    tenant = Tenant(slow)
    with world(tmp_path, 400, terms=replace(TERMS, batch_rows=100, attempts=5)) as (ledger, _, go):
        endings = [go(tenant).kind for _ in range(3)]
        assert endings[-1] == "done"
        assert batches.tally(ledger, RUN).accepted == 400
        assert tenants.lessons(ledger, "tenant", now=datetime.now(UTC)).rows_max in {12, 25}
    assert sum(len(body) > 30 for body in tenant.bodies) <= 24


def test_time_in_which_the_process_did_not_run_is_no_lack_of_progress() -> None:
    """Stopped for an hour, it goes on; awake for as long, it ends."""
    now = [0.0]
    pace = Pace(TERMS, clock=lambda: now[0], random=lambda: 0.0)
    now[0] = 3600.0
    pace.look()
    assert pace.exhausted() is None
    while now[0] <= 3600 + TERMS.deadline:
        now[0] += ASLEEP / 2
        pace.look()
    assert "nothing was settled" in (pace.exhausted() or "")


@given(st.data())
@settings(max_examples=20)
def test_halves_join_to_the_whole_and_something_of_both_goes(data: st.DataObject) -> None:
    """Whatever was superseded between them; the rows that go are shared out evenly."""
    old = sorted(data.draw(st.sets(st.integers(0, 39), max_size=38)))
    with TemporaryDirectory() as folder, world(Path(folder), 40):
        outbox = Outbox(Path(folder), STAGED, names={}, superseded=np.array(old, dtype=np.int64))
        left, right = outbox.halves((0, 40))
        assert left[0] == 0 < left[1] == right[0] < right[1] == 40
        assert outbox.count(right) - outbox.count(left) in {0, 1}
        assert outbox.count(left) + outbox.count(right) == 40 - len(old)


def test_a_single_row_has_no_halves(tmp_path: Path) -> None:
    """Halving one row is a bug of the caller, not a loop without end."""
    with world(tmp_path, 9) as (_, outbox, _go), pytest.raises(OurBug, match="cannot be halved"):
        outbox.halves((3, 4))


def test_a_413_for_one_row_or_for_everything_teaches_nothing() -> None:
    """Nothing fitted, so no size was learnt: the next command begins where the configuration says."""
    sizes = Sizes(LARGE)
    told = []
    assert sizes.too_large(1_000)
    told.append(sizes.learnt)
    sizes.taken(1, 400, 0.0)
    told.append(sizes.learnt)
    assert told == [(None, None), (None, 500)]


GROWING = replace(TERMS, batch_rows=400, batch_rows_max=1000, timeout=60)


def grown(terms: Terms = GROWING) -> Sizes:
    """Let a tenant answer at once until bodies are as large as they get."""
    sizes = Sizes(terms)
    for _ in range(9 * QUICK_ONES):
        sizes.taken(sizes.rows, 1, 0.1)
    return sizes


def test_beyond_batch_rows_only_what_is_answered_at_once_grows() -> None:
    """Up to batch_rows_max; answers that are merely within the time-out leave batch_rows as it is."""
    assert grown().rows == 1000
    sizes = Sizes(GROWING)
    for _ in range(9 * QUICK_ONES):
        sizes.taken(sizes.rows, 1, AT_ONCE + 0.1)
    assert sizes.rows == 400


def test_what_grew_shrinks_when_answers_get_slow_and_is_tried_less_often() -> None:
    """Never below batch_rows for slowness alone; nothing of it is kept for the next command."""
    sizes = grown()
    for expected in (500, 400, 400):
        sizes.taken(sizes.rows, 1, SLOW + 0.1)
        assert (sizes.rows, sizes.learnt) == (expected, (None, None))
    for _ in range(QUICK_ONES):
        sizes.taken(sizes.rows, 1, 0.1)
    assert sizes.rows == 400


def test_a_body_beyond_batch_rows_that_is_refused_whole_ends_all_growth() -> None:
    """A tenant may have a limit of rows that it tells nobody; one of batch_rows that is refused says nothing of it."""
    sizes = grown()
    sizes.doubted(400)
    assert sizes.rows == 1000
    sizes.doubted(401)
    for _ in range(9 * QUICK_ONES):
        sizes.taken(sizes.rows, 1, 0.1)
    assert sizes.rows == 400

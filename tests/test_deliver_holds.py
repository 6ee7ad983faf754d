"""What is held does not go: not by a run, not by a resume, not in part; what a person lets go goes once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.deliver.loop import Ending
from sync.deliver.outbox import Outbox
from sync.ledger import batches, holds
from sync.report import outcomes
from tests.deliveries import RUN, STAGED, TERMS, Tenant, delivery, failing, world

if TYPE_CHECKING:
    from pathlib import Path

    from sync.ledger.book import Ledger

YES = holds.Word("approved", "somebody", "seen", "t")
NO = holds.Word("discarded", "somebody", "wrong", "t")


def sent(tenant: Tenant) -> list[int]:
    """List the positions that were posted."""
    return sorted(int(row["sku_code"][1:]) for body in tenant.bodies for row in body)


def hold(ledger: Ledger, *held: tuple[str, int, int]) -> None:
    """Put holds on record."""
    with ledger.transaction():
        holds.add(ledger, RUN, held)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_what_may_go_goes_once_and_nothing_else(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any places held, some of them approved, some given up, in any order: the law of rows holds at every step."""
    cuts = sorted(data.draw(st.sets(st.integers(1, 59), min_size=1, max_size=5)))
    parts = [
        (f"L{at}", start, stop) for at, (start, stop) in enumerate(zip(cuts, [*cuts[1:], 60], strict=True))
    ]
    words = [data.draw(st.sampled_from([None, YES, NO])) for _ in parts]
    tenant = Tenant()
    with world(tmp_path_factory.mktemp("held"), 60) as (ledger, outbox, go):
        hold(ledger, *parts)
        assert go(tenant) == Ending("done")
        assert sent(tenant) == list(range(cuts[0]))
        for (location, _, _), word in zip(parts, words, strict=True):
            if word:
                with ledger.transaction():
                    holds.decide(ledger, RUN, word, location=location)
            delivery(ledger, outbox, tenant).go()
            rows = outcomes(replace(STAGED, read=60, to_send=60), batches.tally(ledger, RUN))
            assert rows["pending"] == 0
        free = [
            at
            for (_, start, stop), word in zip(parts, words, strict=True)
            if word is YES
            for at in range(start, stop)
        ]
        assert sent(tenant) == [*range(cuts[0]), *free]
        assert rows["held"] == sum(
            stop - start for (_, start, stop), word in zip(parts, words, strict=True) if not word
        )


def test_a_delivery_that_was_cut_off_in_an_approved_place_goes_on_there(tmp_path: Path) -> None:
    """Each of its batches is on record: none goes twice, none is left out."""
    tenant = Tenant()
    with world(tmp_path, 60) as (ledger, outbox, _):
        hold(ledger, ("A", 20, 50), ("B", 50, 60))
        with ledger.transaction():
            holds.decide(ledger, RUN, YES, location="A")
            for part in ((0, 10), (20, 30)):
                batches.sending(ledger, RUN, part, body_sha256="h", at="t")
        assert holds.fresh(ledger, outbox.about) == [(10, 20), (30, 50)]
        delivery(ledger, outbox, tenant).go()
        assert sent(tenant) == list(range(50))


def test_a_tenant_that_knows_almost_nothing_gets_no_more(tmp_path: Path) -> None:
    """Of the first 500 rows more are unknown than allowed: the rest is held, in numbers, and what was posted is settled (IN25)."""
    tenant = Tenant()
    tenant.answer = failing({f"S{at}" for at in range(0, 3000, 2)})(tenant)
    terms = replace(TERMS, batch_rows=100)
    with world(tmp_path, 3000) as (ledger, _, _):
        about = replace(STAGED, to_send=3000, most_unknown=0.4)
        outbox = Outbox(tmp_path, about, names={})
        ending = delivery(ledger, outbox, tenant, terms).go()
        assert (ending.kind, ending.numbers["of"] >= 500, "the tenant does not know" in ending.why) == (
            "held",
            True,
            True,
        )
        assert len(sent(tenant)) <= 500 + 3 * 100
        tally = batches.tally(ledger, RUN)
        assert (tally.settled + tally.held, tally.held_at) == (3000, ("",))


@pytest.mark.parametrize("most", [None, 0.6])
def test_a_tenant_that_knows_enough_gets_everything(tmp_path: Path, most: float | None) -> None:
    """Half is unknown: more is allowed, or the guard is off."""
    tenant = Tenant()
    tenant.answer = failing({f"S{at}" for at in range(0, 1000, 2)})(tenant)
    with world(tmp_path, 1000) as (ledger, _, _):
        outbox = Outbox(tmp_path, replace(STAGED, to_send=1000, most_unknown=most), names={})
        assert delivery(ledger, outbox, tenant, replace(TERMS, batch_rows=100)).go().kind == "done"

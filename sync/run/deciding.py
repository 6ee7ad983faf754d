"""A person's yes or no: to what a guard holds, and to rows that nobody wants to go any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sync import staging
from sync.errors import FixSetup
from sync.ledger import batches, holds, rejected, runs
from sync.run import zeroing
from sync.run.delivery import deliver_all
from sync.run.journal import close, describe, now
from sync.run.lookups import find
from sync.run.moment import exact

if TYPE_CHECKING:
    from sync.ledger.holds import Word
    from sync.rows import Run
    from sync.run.desk import Desk

NAMED = 5


def word(verdict: str, who: str, why: str) -> Word:
    """Put down what a person says, as of now."""
    return holds.Word(verdict, who, why, now())


def approve(desk: Desk, name: str, said: Word, *, location: str | None) -> list[dict[str, Any]]:
    """Let what is held of a run go, of one location or all, and deliver it.

    Where that was said before, it goes on as `resume` does; what became out of date meanwhile just says so.

    Raises:
        FixSetup: nothing is held there, or it goes to another tenant.
    """
    run = find(desk.ledger, name)
    said_before = _said_before(desk, run, location)
    if not said_before:
        run = _held(desk, name, location)
    if run.tenant != desk.tenant.identity:
        raise FixSetup(
            f"the run {run.run} goes to {run.tenant_shown}, and this command to {desk.tenant.shown}; name that tenant with --tenant"
        )
    if said_before:
        ours = [run, *zeroing.of_file(desk.ledger, run.run)]
        left = [one for one in ours if one.state == "staged" and not one.ended]
        return deliver_all(desk, left) if left else [describe(desk.ledger, run)]
    present = exact(datetime.now(UTC))
    run = replace(
        run, ended=None, as_of=min(run.as_of, present)
    )  # else all that comes until then would be older
    gone = zeroing.of_file(desk.ledger, run.run)
    with desk.ledger.transaction():
        holds.decide(desk.ledger, run.run, said, location=location)
        zeroes = {child.run: holds.decide(desk.ledger, child.run, said, location=location) for child in gone}
        run = replace(run, absent=run.absent + sum(zeroes.values()))
        together = [
            run,
            *(replace(child, ended=None, as_of=run.as_of) for child in gone if zeroes[child.run]),
        ]
        for one in together:
            runs.update(desk.ledger, one)
    return deliver_all(desk, together)


def _said_before(desk: Desk, run: Run, location: str | None) -> bool:
    """Tell whether what is asked for was approved before, or became out of date: then there is nothing to decide."""
    concerned = [
        hold for hold in holds.of_run(desk.ledger, run.run) if location is None or hold.location == location
    ]
    yes = [hold for hold in concerned if hold.verdict == "approved" or hold.outdated]
    return bool(yes) and len(yes) == len(concerned) and not run.discarded


def discard(desk: Desk, name: str, said: Word, *, location: str | None) -> dict[str, Any]:
    """End what is held or pending of a run: it is skipped, and not sent any more; of one location, what is held there.

    The run's open rejects are closed with it; of a run that ended only they.

    Raises:
        FixSetup: there is nothing of it to end.
    """
    if location is not None:
        run = _held(desk, name, location)
        gone = zeroing.of_file(desk.ledger, run.run)
        with desk.ledger.transaction():
            for one in (run, *gone):
                holds.decide(desk.ledger, one.run, said, location=location)
        for child in gone:
            close(desk, child)
        return close(desk, run)
    run = find(desk.ledger, name)
    if run.state != "staged":
        return _without_rejects(desk, run)
    sending = batches.open_ranges(desk.ledger, run.run)
    doubt: tuple[str, ...] = (
        (
            f"{sum(stop - start for (start, stop), _ in sending)} of the discarded rows were posted before without a clear answer; the tenant may have them",
        )
        if sending
        else ()
    )
    if sending and not staging.rows_to_send(desk.staging / run.run):
        doubt += (
            "which pairs these are is no longer known here: a file that is older than this one could put old stock back",
        )
    with desk.ledger.transaction():
        holds.decide(desk.ledger, run.run, said, location=None)
        rejected.close(desk.ledger, run.run)
    for child in zeroing.of_file(desk.ledger, run.run):
        if child.state == "staged":
            discard(desk, child.run, said, location=None)
    return close(desk, replace(run, discarded=True, ending="", why=(), warnings=(*run.warnings, *doubt)))


def _without_rejects(desk: Desk, run: Run) -> dict[str, Any]:
    """Close the open rejects of a run that ended: nobody is going to correct them."""
    with desk.ledger.transaction():
        closed = rejected.close(desk.ledger, run.run)
    if not closed:
        raise FixSetup(
            f"the run {run.run} has nothing pending or held, and no open rejects; there is nothing to discard"
        )
    return {**describe(desk.ledger, run), "rejects_closed": closed}


def _held(desk: Desk, name: str, location: str | None) -> Run:
    """Find a run of which something is held, there where it was asked for."""
    run = find(desk.ledger, name)
    held = [hold.location for hold in holds.of_run(desk.ledger, run.run) if hold.verdict is None]
    if not held or run.discarded:
        raise FixSetup(
            f"nothing of the run {run.run} is held; `inventory-sync status` lists what waits for a person"
        )
    if location is not None and location not in held:
        named = ", ".join(filter(None, held[:NAMED])) + (" and others" if held[NAMED:] else "")
        places = f"held are {named}" if named else "it is held as a whole: leave --location out"
        raise FixSetup(f"nothing of the location {location} is held of the run {run.run}; {places}")
    return run

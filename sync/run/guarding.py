"""A staged file, before it is put on record -> what of it looks implausible, and what waits for a person.

`whole` comes before staging: the last row of a file that was cut off is never sent, whatever a person says of the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sync.errors import SetAside
from sync.guards.file import UNTOLD, Facts
from sync.guards.judging import judge as judged
from sync.guards.limits import Limits
from sync.ledger import history
from sync.ledger.sent import unknown_share
from sync.run.comparing import Surroundings, compare, others_ended
from sync.run.lastrow import last_is_short, last_row, with_cut_row
from sync.stage.holding import hold

if TYPE_CHECKING:
    from sync.guards.judging import Judged
    from sync.ledger.book import Ledger
    from sync.mapping.model import Mapping
    from sync.rows import Run
    from sync.run.comparing import Compared
    from sync.run.intake import Intake
    from sync.stage.shapes import Staged

    Held = tuple[str, int, int]

__all__ = ["Surroundings", "Verdict", "judge", "whole"]
SANDBOX = "sandbox"
UNKNOWN_FLOOR = 0.1  # of the rows may be unknown to the tenant in any file


@dataclass(frozen=True, slots=True)
class Verdict:
    """A run with what its guards say, and what of its send list waits: (location, start, stop)."""

    run: Run
    held: tuple[Held, ...] = ()
    gone: tuple[str, ...] = ()  # the locations of which pairs that are not in the file go to 0
    waiting: tuple[str, ...] = ()  # those of them that are held


def whole(intake: Intake, ledger: Ledger | None) -> Intake:
    """Mark the last row of a file without a line end at its end, where the last file of its mapping had one."""
    cut = intake.plan.mapping.guards.cut and intake.table.ended is False
    if not cut or not others_ended(ledger, intake.run):
        return intake
    return replace(intake, table=with_cut_row(intake.table))


def judge(intake: Intake, staged: Staged, around: Surroundings) -> Verdict:
    """Judge a staged file, and put what is held at the end of its send list.

    Raises:
        SetAside: there is nothing in it that could be sent or corrected.
    """
    run, mapping = intake.run, intake.plan.mapping
    rows = staged.measured.whole().rows if staged.measured else 0
    if not rows and run.parent is None and mapping.guards.min_rows:
        raise SetAside(_no_rows(run, staged))
    if intake.table.ended is not None:
        staged.profile["ended"] = intake.table.ended
    if mapping.absent == "zero" and run.parent is None:
        staged.profile["speaks"] = True
    facts = _facts(intake, staged, around, rows)
    limits = _limits(mapping, untold=facts.watched and not facts.history)
    compared = compare(run, staged, around, jump=limits.jump, absent=mapping.absent == "zero")
    found = judged(facts, compared.numbers, limits)
    held = () if found.locations == () else tuple(hold(staged.folder, found.locations))
    gone = compared.absent.counts
    waiting = tuple(code for code in gone if found.locations is None or code in found.locations)
    run = replace(
        run,
        warnings=(*run.warnings, *compared.warnings),
        absent=sum(gone[code] for code in gone if code not in waiting),
        most_unknown=_most_unknown(run, mapping, around, compared),
        min_count=mapping.guards.min_count,
    )
    return Verdict(_told(run, found, held), held, tuple(gone), waiting)


def _no_rows(run: Run, staged: Staged) -> str:
    left_out = ", ".join(f"{count:,} {reason}" for reason, count in staged.skipped.items())
    return f"{run.file}: there are no rows of stock in it, only rows that are left out ({left_out}); nothing was sent"


def _facts(intake: Intake, staged: Staged, around: Surroundings, rows: int) -> Facts:
    run, ledger = intake.run, around.ledger
    return Facts(
        format=run.read_as.format if run.read_as else "",
        rows=rows,
        last_row=last_row(staged),
        as_of=datetime.fromisoformat(run.as_of),
        now=around.now,
        ended=intake.table.ended,
        others_ended=others_ended(ledger, run),
        last_is_short=last_is_short(staged),
        part=run.parent is not None,
        watched=bool(run.watched),
        real=run.tenant_shown != SANDBOX,
        history=ledger is not None and history.went_before(ledger, run),
        tenant=run.tenant_shown,
        mapping=run.mapping,
    )


def _limits(mapping: Mapping, *, untold: bool) -> Limits:
    guards = mapping.guards
    max_age = UNTOLD if guards.max_age is None and untold else guards.max_age
    return Limits(
        rejected=_on(guards.rejected),
        fewer_rows=None if mapping.content == "part" else _on(guards.fewer_rows),
        zeroed=_on(guards.zeroed),
        jump=_on(guards.jump),
        cut=guards.cut,
        max_age=max_age or None,
        min_rows=guards.min_rows,
        min_count=guards.min_count,
    )


def _on(guard: float | bool) -> float | None:  # noqa: FBT001 - false is how a mapping says off
    return None if guard is False else float(guard)


def _most_unknown(run: Run, mapping: Mapping, around: Surroundings, compared: Compared) -> float | None:
    """Say how much may be unknown to the tenant: on a first run what the mapping says, later twice the last file's share."""
    share = _on(mapping.guards.unknown)
    if run.parent or share is None or compared.before is None or around.ledger is None:
        return None if run.parent else share
    last = unknown_share(around.ledger, compared.before.run)
    return min(1.0, max(2 * last, min(share, UNKNOWN_FLOOR)))


def _told(run: Run, found: Judged, held: tuple[Held, ...]) -> Run:
    """Put on the run what tripped; where nothing is left that could be held for it, it is a warning."""
    places = {location for location, _, _ in held}
    holding = [trip for trip in found.trips if held and (trip.location is None or trip.location in places)]
    idle = [trip for trip in found.trips if trip not in holding]
    return replace(
        run,
        held=sum(stop - start for _, start, stop in held),
        guards=tuple(trip.as_json() for trip in holding),
        warnings=(*run.warnings, *(f"guard {trip.guard}: {trip.numbers}" for trip in idle)),
    )

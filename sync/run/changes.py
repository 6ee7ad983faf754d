"""`changes_only`: whether a file goes whole all the same, and what of its run need not be posted.

The memory is right only as long as nobody else changes the tenant's stock: so a whole file goes every now and then, and
after `verify` saw a difference.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from sync.ledger import batches, history, holds, tenants
from sync.logs import Log
from sync.run.journal import now

if TYPE_CHECKING:
    from datetime import timedelta

    from sync.ledger.book import Ledger
    from sync.mapping.sections import Send
    from sync.rows import Run
    from sync.run.desk import Desk

WHOLE = "initial_load"  # a source that says: all of it
DIFFERED = "everything is sent: `verify` saw that the tenant holds something else than it acknowledged"
log = Log()


class Decided(NamedTuple):
    """How a file goes. `due`: whole because it is time for that, so a repeat goes too; `why` in a sentence, for a report."""

    changes_only: bool
    due: bool = False
    why: tuple[str, ...] = ()


def decide(run: Run, send: Send, ledger: Ledger | None, *, asked: bool, again: bool) -> Decided:
    """Decide whether only what changed is posted of a file; `asked`: the command says so, `again`: it wants all of it."""
    by_mapping = send.changes_only and run.source != WHOLE and not again
    if ledger is None or not (asked or by_mapping):
        return Decided(changes_only=False)
    full = history.last_full(ledger, run.tenant, run.mapping)
    since = datetime.fromisoformat(full) if full else None
    differs = tenants.difference(ledger, run.tenant)
    if differs and (since is None or differs >= since):
        return Decided(changes_only=False, due=True, why=(DIFFERED,))
    if since is None:  # the command may know better; a mapping that just began has sent nothing whole yet
        return Decided(changes_only=asked)
    due = _over(since, send.full_every)
    return Decided(changes_only=not due, due=due)


def _over(since: datetime, every: timedelta | None) -> bool:
    """Tell whether it is time; a clock that was set back is no reason to wait for it."""
    passed = datetime.now(UTC) - since
    return every is not None and not -every < passed < every


def leave_unchanged(desk: Desk, run: Run) -> None:
    """Settle what of a run the tenant acknowledged before, unless something else was sent since it was staged."""
    if not run.changes_only:
        return
    found = desk.memory.unchanged_at(run, holds.fresh(desk.ledger, run))
    if not found:
        return
    with desk.ledger.transaction():
        for part in found:
            batches.leave(desk.ledger, run.run, part, at=now())
    log.info("left as it is", run=run.run, file=run.file, pairs=sum(stop - start for start, stop in found))

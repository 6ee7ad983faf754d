"""What was settled long ago is forgotten, so that nothing here grows without bound; the last value of each pair is not."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sync import staging
from sync.ledger import old, runs, space
from sync.logs import Log

if TYPE_CHECKING:
    from pathlib import Path

    from sync.config import Settings
    from sync.ledger.book import Ledger

AT_ONCE = 500  # runs that one command forgets at most
WORTH_IT = (
    32 << 20
)  # bytes that hold nothing, for which the ledger is written anew; and they are a quarter of it
ROOM = 3  # times what is left of the ledger: it is written twice, and something else may want room too
log = Log()


def forget_old_runs(ledger: Ledger, settings: Settings) -> None:
    """Forget the runs that ended before the time that the configuration names.

    Where rows of one are still open, only after a later file of its mapping went through.
    """
    before = datetime.now(UTC) - timedelta(days=settings.kept_days)
    names = old.runs_before(ledger, before.strftime("%Y-%m-%dT%H:%M:%SZ"), AT_ONCE)
    if not names:
        return
    with ledger.transaction():
        runs.forget(ledger, names)
    for run in names:  # after the commit: what is left of an unknown run harms nobody
        (settings.state / "reports" / f"{run}.json").unlink(missing_ok=True)
        staging.remove(settings.state / "sent" / run)
    log.info("forgotten", runs=len(names), before=before.date().isoformat())


def give_space_back(ledger: Ledger, path: Path) -> None:
    """Make the ledger's file small again, where that is worth the while; when everything else is done, and under the lock."""
    whole, empty = space.sizes(ledger)
    if empty < max(WORTH_IT, whole // 4):
        return
    disk = os.statvfs(path.parent)
    if disk.f_bavail * disk.f_frsize < ROOM * (whole - empty):
        log.warning("the ledger stays large: there is no room to write it anew", file=str(path), bytes=whole)
    elif why := space.give_back(ledger):
        log.warning("the ledger stays large", file=str(path), bytes=whole, words=why)
    else:
        log.info("the ledger was made smaller", file=str(path), before=whole, after=space.sizes(ledger)[0])

"""What was settled long ago is forgotten, so that nothing here grows without bound; the last value of each pair is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from sync import staging
from sync.ledger import runs

if TYPE_CHECKING:
    from sync.config import Settings
    from sync.ledger.book import Ledger

AT_ONCE = 500  # runs that one command forgets at most
log = structlog.get_logger()


def forget_old_runs(ledger: Ledger, settings: Settings) -> None:
    """Forget the runs that ended before the time that the configuration names, unless rows of them are still open."""
    before = datetime.now(UTC) - timedelta(days=settings.kept_days)
    old = runs.older_than(ledger, before.strftime("%Y-%m-%dT%H:%M:%SZ"), AT_ONCE)
    if not old:
        return
    with ledger.transaction():
        runs.forget(ledger, old)
    for run in old:  # after the commit: what is left of an unknown run harms nobody
        (settings.state / "reports" / f"{run}.json").unlink(missing_ok=True)
        staging.remove(settings.state / "sent" / run)
    log.info("forgotten", runs=len(old), before=before.date().isoformat())

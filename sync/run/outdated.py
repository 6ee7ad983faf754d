"""What is held and has become pointless, as something newer was sent for each of its pairs: it waits for nobody any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sync.ledger import holds, runs, standing
from sync.logs import Log
from sync.run.journal import close, now

if TYPE_CHECKING:
    from sync.rows import Run
    from sync.run.desk import Desk

WHY = "something newer was sent for each of these pairs"
log = Log()


def end_outdated(desk: Desk) -> None:
    """Give up what is held of which every pair has something newer, location by location."""
    waiting = (runs.get(desk.ledger, name) for name in standing.held(desk.ledger, "*"))
    for run in (run for run in waiting if run and run.tenant == desk.tenant.identity):
        places = _outdated(desk, run)
        if not places:
            continue
        said = holds.Word("discarded", holds.OUTDATED, WHY, now())
        run = replace(run, warnings=(*run.warnings, f"no longer held: {WHY}"))  # noqa: PLW2901 - the same run, further on
        with desk.ledger.transaction():
            for place in places:
                holds.decide(desk.ledger, run.run, said, location=place)
        log.info("no longer held", run=run.run, file=run.file, why=WHY)
        close(desk, run)


def _outdated(desk: Desk, run: Run) -> set[str]:
    """Name the locations of which nothing that is held is up to date; "" may stand for several ranges."""
    old = desk.memory.superseded(run)
    waiting = [hold for hold in holds.of_run(desk.ledger, run.run) if hold.verdict is None]
    counts = [np.diff(np.searchsorted(old, [hold.start, hold.stop]))[0] for hold in waiting]
    fresh = {hold.location for hold, n in zip(waiting, counts, strict=True) if n < hold.stop - hold.start}
    return {hold.location for hold in waiting} - fresh

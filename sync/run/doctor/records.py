"""The ledger and the lock, looked at without being taken."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

from sync.errors import FixSetup
from sync.ledger import lock
from sync.run.finding import doubtful, fine, wrong
from sync.run.lookups import LEDGER, open_ledger, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.config import Settings
    from sync.run.finding import Finding

REMEDY = "mend what it says, or restore the state folder from a backup; the ledger is never to be deleted: it knows what was sent"


def ledger(settings: Settings) -> Iterator[Finding]:
    """Read the whole ledger."""
    path = settings.state / LEDGER
    try:
        with open_ledger(settings) as found:
            if found is None:
                yield fine("ledger", "there is none yet: nothing was run here")
                return
            damage = found.damage()
    except FixSetup as error:
        yield wrong("ledger", "; ".join(error.problems), REMEDY)
        return
    if damage:
        yield wrong("ledger", f"{path} is damaged: {damage}", REMEDY)
    else:
        waiting = list(_waiting(settings))
        yield from waiting or [fine("ledger", f"{path} is sound, and nothing is pending or held")]


def _waiting(settings: Settings) -> Iterator[Finding]:
    """Find the runs that are not done with, for want of a command or of a person."""
    found = status(settings, 0)
    if found["pending"]:
        words = f"it is sound; runs with pending rows: {len(found['pending'])}"
        yield doubtful("ledger", words, "type: inventory-sync resume")
    if found["held"]:
        words = f"it is sound; runs that wait for a yes or a no: {len(found['held'])}"
        yield doubtful("ledger", words, "look, then approve or discard them; type: inventory-sync status")


def at_work(state: Path) -> Iterator[Finding]:
    """Tell whether a run is at work."""
    path = state / "lock"
    if os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
        yield wrong("lock", f"{path} is no plain file", f"take it away: rm -r '{path}'")
        return
    holder = lock.holder(state)
    if holder is None:
        yield fine("lock", "no run is at work")
        return
    words = f"another run is at work (process {holder})"
    yield doubtful("lock", words, "let it end; a killed run gives the lock back by itself")

"""What a command works with: settings, the state folder, the ledger, the lock and the tenant."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync import staging
from sync.durable import clear_leftovers
from sync.errors import FixSetup
from sync.ledger import lock, runs
from sync.ledger.book import Ledger, connect
from sync.logs import Log
from sync.memory.book import Memory
from sync.run import retention
from sync.run.howfar import show_nothing
from sync.run.lookups import LEDGER
from sync.run.metrics import write_metrics
from sync.run.pendingrows import require_pending_rows
from sync.run.places import settle_places
from sync.run.soundness import WAY_BACK, require_whole
from sync.run.statefolder import prepare_state
from sync.run.tenant import Tenant, find_tenant
from sync.watcher.remembered import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sync.config import Settings
    from sync.run.howfar import Show

NAMED = 3  # runs in a message
log = Log()


@dataclass(frozen=True, slots=True)
class Desk:
    """An open state folder and its tenant. `progress` is told how far its runs are."""

    settings: Settings
    ledger: Ledger
    memory: Memory
    tenant: Tenant
    progress: Show

    @property
    def staging(self) -> Path:
        """Where unfinished runs keep their files."""
        return self.settings.state / "staging"

    @property
    def reports(self) -> Path:
        """Where reports are kept."""
        return self.settings.state / "reports"


@contextmanager
def open_desk(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    wait: float = 0,
    giving_up: str | None = None,
    held: int | None = None,
    progress: Show = show_nothing,
) -> Iterator[Desk]:
    """Open the state folder to work in it, alone; `giving_up` names a run that is to be discarded.

    `held`: the lock, where it was taken early.

    Raises:
        TryLater: another run is at work.
        FixSetup: the folder or the ledger cannot be used.
    """
    prepare_state(settings.state)
    with lock.hold(settings.state, wait=wait, held=held):
        tenant = find_tenant(settings, environ)
        ledger = connect(settings.state / LEDGER)
        try:
            require_whole(settings.state, settings.state / LEDGER, ledger)
            require_pending_rows(settings.state, ledger, giving_up=giving_up)
            memory = Memory(ledger, settings.state, tenant.identity)
            desk = Desk(settings, ledger, memory, tenant, progress)
            _finish_what_was_cut_off(desk)
            yield desk
            settle_places(settings, ledger)
            retention.give_space_back(ledger, settings.state / LEDGER)
            write_metrics(settings, ledger)
        finally:
            progress(None)
            ledger.close()
            tenant.close()


def _finish_what_was_cut_off(desk: Desk) -> None:
    """Take away what a killed command left half done, and do what it had no time for; what was not on record was not sent."""
    for folder in (desk.settings.state, desk.settings.state / FOLDER, desk.reports, desk.settings.rejects):
        clear_leftovers(folder)
    under_way = {run.run for run in runs.unsettled(desk.ledger)}
    for folder in desk.staging.iterdir():
        if folder.name in under_way:
            continue
        run = runs.get(desk.ledger, folder.name)
        if run is None or run.run != folder.name or run.state != "settled":
            shutil.rmtree(folder, ignore_errors=True)
        else:
            staging.keep(desk.settings.state, run.run)
    if gone := desk.memory.prepare():
        raise FixSetup(
            f"{desk.settings.state}: what {' and '.join(gone[:NAMED])} sent is no longer here (sent/, memory/), so that an older file could put old stock back; nothing was sent. To do: {WAY_BACK}"
        )
    retention.forget_old_runs(desk.ledger, desk.settings)

"""What a command works with: settings, the state folder, the ledger, the lock and the tenant."""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from sync import staging
from sync.config import network_filesystem
from sync.durable import clear_leftovers, sync, write_text
from sync.errors import FixSetup, of_the_machine
from sync.ledger import lock, runs
from sync.ledger.book import Ledger, connect
from sync.memory.book import Memory
from sync.run import retention
from sync.run.lookups import LEDGER
from sync.run.pendingrows import require_pending_rows
from sync.run.soundness import WAY_BACK, require_whole
from sync.run.tenant import Tenant, find_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sync.config import Settings

README = "What inventory-sync remembers. ledger.db is the truth about what was sent: do not edit or delete it.\nsandbox.db is the practice tenant; staging/ holds runs that are not finished, sent/ what the others sent;\nmemory/ is an index of it, made anew when it is deleted; reports/ holds one JSON file a run.\n"
NAMED = 3  # runs in a message
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Desk:
    """An open state folder and its tenant. `progress` is told (run, settled, total)."""

    settings: Settings
    ledger: Ledger
    memory: Memory
    tenant: Tenant
    progress: Callable[[str, int, int], None]

    @property
    def staging(self) -> Path:
        """Where unfinished runs keep their files."""
        return self.settings.state / "staging"

    @property
    def reports(self) -> Path:
        """Where reports are kept."""
        return self.settings.state / "reports"


def no_progress(_run: str, _settled: int, _total: int) -> None:
    """Show nothing."""


@contextmanager
def open_desk(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    wait: float = 0,
    giving_up: str | None = None,
    progress: Callable[[str, int, int], None] = no_progress,
) -> Iterator[Desk]:
    """Open the state folder to work in it, alone; `giving_up` names a run that is to be discarded.

    Raises:
        TryLater: another run is at work.
        FixSetup: the folder or the ledger cannot be used.
    """
    prepare_state(settings.state)
    with lock.hold(settings.state, wait=wait):
        tenant = find_tenant(settings, environ)
        ledger = connect(settings.state / LEDGER)
        try:
            require_whole(settings.state, settings.state / LEDGER, ledger)
            require_pending_rows(settings.state, ledger, giving_up=giving_up)
            memory = Memory(ledger, settings.state, tenant.identity)
            desk = Desk(settings, ledger, memory, tenant, progress)
            _finish_what_was_cut_off(desk)
            yield desk
        finally:
            ledger.close()
            tenant.close()


def prepare_state(state: Path) -> None:
    """Make the state folder where it is not there yet."""
    network = network_filesystem(state)
    if network:
        raise FixSetup(
            f"the state folder {state} lies on a network file system ({network}), where the ledger is not safe; set `state` to a folder on a local disk"
        )
    try:
        for folder in (state, *(state / name for name in ("staging", "sent", "memory", "reports"))):
            if not folder.exists():
                folder.mkdir(mode=0o750, parents=True, exist_ok=True)
                sync(folder.parent)
        if not (state / "README.txt").exists():
            write_text(state / "README.txt", README)
    except OSError as error:
        if of_the_machine(error) and error.errno != errno.EROFS:
            raise
        raise FixSetup(
            f"the state folder {state} cannot be used: {error.strerror}; set `state` to a folder that this user can write to"
        ) from None


def _finish_what_was_cut_off(desk: Desk) -> None:
    """Take away what a killed command left half done, and do what it had no time for; what was not on record was not sent."""
    for folder in (desk.settings.state, desk.reports, desk.settings.rejects):
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

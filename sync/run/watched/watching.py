"""One pass over the watched folder: look, and only where there is something to do import what it is done with.

The lock covers a pass, never the wait between two.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sync.ledger import runs
from sync.ledger.book import connect
from sync.run.lookups import LEDGER
from sync.run.places import settle_places
from sync.run.soundness import require_none_before
from sync.run.statefolder import alone
from sync.run.watched import hooks
from sync.run.watched.look import approvals, looked
from sync.run.watched.result import Left, Passed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.run.howfar import Show
    from sync.run.watched.look import Looked


def one_pass(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    progress: Show,
    resume: bool = True,
) -> Passed:
    """Make a pass; `resume`: pending rows are a reason to, too.

    Raises:
        TryLater: another run is at work.
        FixSetup: the folders, the mappings or the ledger cannot be used; nothing was taken.
    """
    with alone(settings.state) as lock, looked(settings) as seen:
        passed = Passed(words=seen.words, waiting=seen.settled.waiting, next=seen.settled.next)
        passed.left += [
            Left(str(settings.watch.root), trouble.sentence, said=True)
            for trouble in seen.fetched.troubles
            if trouble.grave
        ]
        if not _idle(settings, seen, passed, resume=resume):
            from sync.run.watched.work import work  # noqa: PLC0415 - heavy

            work(settings, environ, seen, passed, lock=lock, progress=progress)
    return passed


def _idle(settings: Settings, seen: Looked, passed: Passed, *, resume: bool) -> bool:
    """Tell whether there is nothing to do; then end the pass here."""
    if seen.has_files or approvals(settings):
        return False
    with _ledger(settings) as ledger:
        if resume and _pending(ledger, settings):
            return False
        settle_places(settings, ledger)
        hooks.end_of_pass(settings, ledger, passed.reports, good=not passed.left)
    return True


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger]:
    path = settings.state / LEDGER
    if not path.exists():
        require_none_before(settings.state, path)
    ledger = connect(path)
    try:
        yield ledger
    finally:
        ledger.close()


def _pending(ledger: Ledger, settings: Settings) -> bool:
    """Tell whether rows of this tenant's runs are pending."""
    waiting = (run.tenant for run in runs.unsettled(ledger) if not run.ended)
    if settings.is_sandbox:
        return any(tenant.startswith("sandbox:") for tenant in waiting)
    return settings.origin in waiting

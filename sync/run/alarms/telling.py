"""A pass is over -> people are told what changed, once; what could not be told is told by a pass to come.

What stands is found from the ledger and compared with what people know (`told`), which is written down only after somebody took the
message: a crash between the two repeats that one message. Whoever calls holds the lock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sync.ledger import standing, told
from sync.ledger.told import Told
from sync.run.alarms.feeds import expecting, feed_changes
from sync.run.alarms.posts import DEADLINE, SPARE, posts
from sync.run.alarms.runs import file_changes, held_changes, reject_changes, tenant_changes
from sync.run.alarms.sending import note_trouble, send
from sync.run.alarms.view import View
from sync.run.moment import utc
from sync.staff.words import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.mapping.model import Mapping

RECENT = timedelta(days=1)  # of what was before anybody was told anything, only this is told


def tell(
    settings: Settings,
    ledger: Ledger,
    reports: Sequence[object] = (),  # noqa: ARG001 - the ledger knows all that they say, and forgets none of it
    *,
    now: datetime | None = None,
    mappings: Sequence[Mapping] | None = None,
) -> None:
    """Tell people what changed since they were last told something; with nobody to tell, only keep what is due when."""
    if settings.tenant.url is None:
        return
    view = View(settings, ledger, told.everything(ledger), load(settings.language), now or datetime.now(UTC))
    after = _seen(view)
    expected = expecting(settings, mappings)
    changes = [*held_changes(view), *tenant_changes(view)]
    if expected is not None:
        changes += feed_changes(view, expected, quiet=_in_trouble(view))
    if not settings.notify.in_use:
        return
    changes += [*file_changes(view, after=after), *reject_changes(view, after=after)]
    if send(changes, posts(settings), view):
        _note_seen(view)


def _seen(view: View) -> int:
    """Tell up to which run everything was told; the first time, that is all but the newest."""
    known = view.known.get(view.topic("seen"))
    return int(known.state) if known else standing.before_moment(view.ledger, utc(view.now - RECENT))


def _note_seen(view: View) -> None:
    topic, known = view.topic("seen"), view.known.get(view.topic("seen"))
    seq = str(standing.all_settled(view.ledger))
    if known is None or known.state != seq:
        told.note(view.ledger, Told(topic, seq, utc(view.now)))


def _in_trouble(view: View) -> bool:
    return any(run.ending for run in standing.pending(view.ledger, view.pattern))


def heartbeat(settings: Settings, ledger: Ledger) -> None:
    """Let an outside watcher know that a pass went well; what fails is logged once, and once more when it works again."""
    if settings.heartbeat_url is None:
        return
    from sync.notify import bounded, web  # noqa: PLC0415 - heavy

    page = web.Page(settings.heartbeat_url.get_secret_value(), settings.notify.ca_file)
    trouble = bounded.within(DEADLINE + SPARE, lambda: web.get(page, seconds=DEADLINE))
    note_trouble(ledger, "heartbeat_url", trouble, now=datetime.now(UTC))

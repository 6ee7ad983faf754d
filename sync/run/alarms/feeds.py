"""Mappings that expect files -> those that are late, and those whose file came after all.

Between two passes the ledger keeps for each: the last file that was counted, the expectation, and the moment when the next is due.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from sync.errors import FixSetup
from sync.ledger import standing, told
from sync.ledger.told import Told
from sync.logs import Log
from sync.run.alarms.expecting import Expected, due_after
from sync.run.alarms.view import Change
from sync.run.moment import utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.config import Settings
    from sync.mapping.model import Mapping
    from sync.run.alarms.view import View

log = Log()


def expecting(settings: Settings, mappings: Sequence[Mapping] | None) -> dict[str, Expected] | None:
    """Give what is expected of each mapping; None: the mappings cannot be read, which every run says in words."""
    if mappings is None:
        from sync.mapping.folder import load_all  # noqa: PLC0415 - heavy

        try:
            mappings = load_all(settings.mappings)
        except FixSetup as error:
            log.warning("no feed is looked at", words=error.problems[0])
            return None
    return {
        mapping.name: Expected(mapping.expect.every, mapping.expect.by, settings.zone)
        for mapping in mappings
        if mapping.expect
    }


def feed_changes(view: View, expected: dict[str, Expected], *, quiet: bool) -> list[Change]:
    """Find the feeds that became late, and those that came; `quiet`: files may wait for the tenant, so that nothing new is late."""
    found = [change for name, wanted in expected.items() for change in _look(view, name, wanted, quiet=quiet)]
    for kind in ("due", "late"):
        for name, known in view.standing(kind):
            if name not in expected:  # nobody waits for it any more
                told.forget(view.ledger, known.topic)
    return found


def _look(view: View, name: str, expected: Expected, *, quiet: bool) -> Iterator[Change]:
    known = view.known.get(view.topic("late", name))
    due = _kept(view, name, expected, standing_late=known is not None)
    late = due < view.now or (
        known is not None and known.since == utc(due)
    )  # however the clock was set since
    if late and known is None and not quiet:
        topic = view.topic("late", name)
        title, *lines = _late_words(view, name, due)
        yield Change(topic, "late", title, tuple(lines), Told(topic, "late", utc(due)))
    elif known and not late:
        last = standing.last_delivery(view.ledger, view.pattern, name)
        file = PurePath(last.file).name if last else "-"
        yield view.over(known.topic, view.say("came_title", mapping=name, file=file))


def _kept(view: View, name: str, expected: Expected, *, standing_late: bool) -> datetime:
    """Bring the due moment of a mapping up to date, and keep it."""
    topic = view.topic("due", name)
    before = view.known.get(topic)
    seq, _, wanted = before.state.partition(" ") if before else ("", "", "")
    if before and (wanted == str(expected) or standing_late):
        came = standing.deliveries(view.ledger, view.pattern, name, after=int(seq))
        due = datetime.fromisoformat(before.since)
        if came or not standing_late:
            moments = [datetime.fromisoformat(one.started) for one in came]
            due = due_after(expected, due, moments, view.now)
    else:
        last = standing.last_delivery(view.ledger, view.pattern, name)
        came = [last] if last else []
        due = due_after(expected, None, [datetime.fromisoformat(one.started) for one in came], view.now)
    number = came[-1].seq if came else int(seq or 0)
    kept = Told(topic, f"{number} {expected}", utc(due))
    if kept != before:
        told.note(view.ledger, kept)
    return datetime.fromisoformat(kept.since).astimezone(UTC)


def _late_words(view: View, name: str, due: datetime) -> Iterator[str]:
    yield view.say("late_title", mapping=name, moment=view.moment(due))
    last = standing.last_delivery(view.ledger, view.pattern, name)
    if last is None:
        yield view.say("late_never")
    else:
        when = view.moment(datetime.fromisoformat(last.started))
        yield view.say("late_last", moment=when, file=PurePath(last.file).name)

"""Changes -> messages, to everybody who is to be told, in turn; what somebody took is written down at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sync.ledger import told
from sync.ledger.told import Told
from sync.logs import Log
from sync.run.alarms.posts import DEADLINE
from sync.run.moment import utc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sync.ledger.book import Ledger
    from sync.notify.message import Message
    from sync.run.alarms.posts import Post
    from sync.run.alarms.view import Change, View

SINGLE = 5  # changes that are told one by one; more of them, as after an outage, become one message
IN_ALL = 30.0  # seconds for all messages of one pass
LEAST = 2.0  # seconds that somebody is given at least
log = Log()


def send(changes: Sequence[Change], to: Sequence[Post], view: View) -> bool:
    """Tell every change; False where something is left to be told by a pass to come."""
    groups = [[change] for change in changes] if len(changes) <= SINGLE else [list(changes)]
    office = _Office(to, view)
    for group in groups:
        if not office.took(_message(group, view)):
            return False
        with view.ledger.transaction():
            for change in group:
                _write_down(view.ledger, change)
    return True


def _message(group: Sequence[Change], view: View) -> Message:
    from sync.notify.message import Message  # noqa: PLC0415 - only where there is something to tell

    first = group[0]
    if len(group) == 1:
        return Message(first.topic, first.state, first.title, first.lines)
    titles = tuple(change.title for change in group)
    return Message("summary", "several", view.say("summary_title", n=len(group)), titles)


def _write_down(ledger: Ledger, change: Change) -> None:
    if change.told:
        told.note(ledger, change.told)
    else:
        told.forget(ledger, change.topic)


class _Office:
    """Hands messages to posts; one that failed is not asked again in this pass."""

    def __init__(self, to: Sequence[Post], view: View) -> None:
        self._to = sorted(
            to, key=lambda post: f"trouble|{post.name}" in view.known
        )  # those that failed last time come last
        self._view = view
        self._until = time.monotonic() + IN_ALL

    def took(self, message: Message) -> bool:
        """Hand a message to everybody, and tell whether anybody took it."""
        taken = False
        for post in list(self._to):
            left = self._until - time.monotonic()
            if left < LEAST:  # who is not given a chance is not said to have failed
                break
            trouble = post.send(message, min(DEADLINE, left))
            note_trouble(self._view.ledger, post.name, trouble, now=self._view.now)
            taken |= not trouble
            if trouble:
                self._to.remove(post)
        return taken


def note_trouble(ledger: Ledger, name: str, trouble: str, *, now: datetime) -> None:
    """Log that somebody cannot be told, or can be again: one line a change, however many passes there are."""
    topic = f"trouble|{name}"
    known = topic in told.everything(ledger)
    if trouble and not known:
        log.warning("nobody can be told there", notifier=name, words=trouble)
        told.note(ledger, Told(topic, "down", utc(now)))
    elif known and not trouble:
        log.warning("can be told again", notifier=name)
        told.forget(ledger, topic)

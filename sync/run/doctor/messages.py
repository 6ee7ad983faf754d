"""Who is told when something changes: looked at, not tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.run.alarms.posts import check_notifiers
from sync.run.finding import fine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.config import Settings
    from sync.run.finding import Finding

NOBODY = "nobody is told when something is held, fails or is late (notify, heartbeat_url); drop/STATUS.html and `status` tell it"


def messages(settings: Settings) -> Iterator[Finding]:
    """Examine the notifiers."""
    yield from check_notifiers(settings) or [fine("notify", NOBODY)]

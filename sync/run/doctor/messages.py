"""Who is told when something changes, and in which language: looked at, not tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import FixSetup
from sync.run.alarmposts import check_notifiers
from sync.run.finding import fine, wrong
from sync.staff.words import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.config import Settings
    from sync.run.finding import Finding

NOBODY = "nobody is told when something is held, fails or is late (notify, heartbeat_url); drop/STATUS.html and `status` tell it"


def messages(settings: Settings) -> Iterator[Finding]:
    """Examine the notifiers, and the language that people are told in."""
    try:
        load(settings.language)
    except FixSetup as error:
        yield wrong("language", "; ".join(error.problems), "mend the file, or set language: en")
    yield from check_notifiers(settings) or [fine("notify", NOBODY)]

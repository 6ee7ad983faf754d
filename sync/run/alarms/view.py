"""What every kind of alarm looks at, and the change that it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.ledger.told import Told
from sync.run.moment import utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.staff.words import Words

SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class Change:
    """What people are to be told; `told` is what they know afterwards, None: that it stands no more."""

    topic: str
    state: str
    title: str
    lines: tuple[str, ...] = ()
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One tenant's part of the ledger at one moment, and what people know of it."""

    settings: Settings
    ledger: Ledger
    known: Mapping[str, Told]
    words: Words
    now: datetime

    @property
    def tenant(self) -> str:
        """The tenant as people know it."""
        return SANDBOX if self.settings.is_sandbox else self.settings.origin

    @property
    def pattern(self) -> str:
        """What its runs have as their tenant; every sandbox counts as one."""
        return f"{SANDBOX}:*" if self.settings.is_sandbox else self.settings.origin.replace("[", "[[]")

    def topic(self, kind: str, *of: str) -> str:
        """Name a topic of this tenant."""
        return "|".join((kind, self.tenant, *of))

    def standing(self, kind: str) -> Iterator[tuple[str, Told]]:
        """Walk what people know of a kind: what it is of, and what they know."""
        before = self.topic(kind, "")
        for topic, told in self.known.items():
            if topic.startswith(before):
                yield topic.removeprefix(before), told

    def say(self, name: str, **values: str | int) -> str:
        """Say a sentence of the messages."""
        return self.words.say("messages", name, **values)

    def moment(self, when: datetime) -> str:
        """Write a moment by people's own clock."""
        return self.words.moment(when.astimezone(self.settings.zone))

    def arisen(self, topic: str, state: str, title: str, *lines: str) -> Change:
        """Tell that something stands from now on."""
        return Change(topic, state, title, lines, Told(topic, state, utc(self.now)))

    def over(self, topic: str, title: str, *lines: str) -> Change:
        """Tell that something stands no more."""
        return Change(topic, "recovered", title, lines)

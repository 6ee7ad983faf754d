"""What there was to see of a plan: its commands and how they ended, the files that were dropped, the tenant's logs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.plan import Plan
    from tests.chaos.stockfile import StockFile
    from tests.chaos.tenant import Tenant


@dataclass
class Command:
    """One command, and how it ended."""

    argv: tuple[str, ...]
    code: int | None  # minus the signal that killed it; None: it hung
    out: str
    err: str
    seconds: float
    sign: int  # what was to be sent to it, where something was
    posted: tuple[int, int]  # the tenant's requests while it was at work
    most_at_once: int
    alone: bool = True

    @property
    def document(self) -> dict[str, Any]:
        """The document on stdout; an empty one where there is none."""
        try:
            found = json.loads(self.out)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def runs(self) -> list[dict[str, Any]]:
        """The reports in it."""
        found: list[dict[str, Any]] = self.document.get("runs", [])
        return found


@dataclass
class Seen:
    """All of it."""

    plan: Plan
    folder: Path
    tenant: Tenant
    commands: list[Command] = field(default_factory=list)
    files: dict[str, StockFile] = field(default_factory=dict)
    moments: dict[str, str] = field(default_factory=dict)  # file -> as-of
    settling: list[Command] = field(default_factory=list)  # once nothing misbehaved any more
    more: list[Command] = field(default_factory=list)  # what must change nothing any more
    strange: list[str] = field(default_factory=list)

"""How a command begins that works in the state folder: settings, logging, and the lock before anything heavy is imported."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sync.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.config import Settings


@contextmanager
def alone(*, wait: float = 0.0) -> Iterator[tuple[Settings, int | None]]:
    """Give the settings and the lock, which `open_desk` goes on with; whoever finds it taken leaves at once, or after `wait`."""
    from sync.ledger import lock

    settings = console.settings()
    with lock.early(settings.state, wait=wait) as held:
        console.set_up_logging()
        yield settings, held

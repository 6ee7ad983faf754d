"""What is told at the end of a pass: the page for staff, the messages, the metrics, the heartbeat.

Each looks at the ledger alone and imports nothing heavy; what fails here is logged, and ends no pass.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sync.logs import Log
from sync.run.alarms import heartbeat, tell
from sync.run.metrics import note_pass, write_metrics
from sync.run.statuspage import write_status_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.mapping.model import Mapping

log = Log()


def end_of_pass(
    settings: Settings,
    ledger: Ledger,
    reports: Sequence[dict[str, Any]],
    *,
    good: bool,
    mappings: Sequence[Mapping] | None = None,
) -> None:
    """Tell whoever wants to know; `good`: nothing is left over, so that who listens for us may hear us."""
    steps: dict[str, Callable[[], object]] = {
        "pass": partial(note_pass, ledger),
        "page": partial(write_status_page, settings, ledger, looked_at=datetime.now(UTC)),
        "messages": partial(tell, settings, ledger, reports, mappings=mappings),
        "metrics": partial(write_metrics, settings, ledger),
    }
    if good:
        steps["heartbeat"] = partial(heartbeat, settings, ledger)
    for name, step in steps.items():
        try:
            step()
        except Exception as error:  # noqa: BLE001 - the files are where they belong: nothing here may undo that
            log.warning("the pass was not told", what=name, words=f"{type(error).__name__}: {error}")

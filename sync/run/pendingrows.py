"""The rows of pending runs are there, or nothing is sent: without them nobody knows which pairs were on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync import staging
from sync.errors import FixSetup
from sync.ledger import runs

if TYPE_CHECKING:
    from pathlib import Path

    from sync.ledger.book import Ledger


def require_pending_rows(state: Path, ledger: Ledger, *, giving_up: str | None) -> None:
    """Settle that the send list of every pending run is whole; `giving_up` names a run whose rows need not be there.

    Raises:
        FixSetup: one is gone or damaged.
    """
    for run in runs.unsettled(ledger):
        folder = state / "staging" / run.run
        given_up = giving_up and run.run.startswith(giving_up)
        if not given_up and staging.rows_to_send(folder) != run.to_send:
            raise FixSetup(
                f"{folder}: the pending rows of the run {run.run} ({run.file}) are gone or damaged; nothing was sent."
                f" To do: put the whole state folder back from a backup; without one, `inventory-sync discard {run.run}` gives them up"
            )

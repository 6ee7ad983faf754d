"""What the files of all runs are called, without reading the runs themselves: there may be a year of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.ledger.book import Ledger


class Named(NamedTuple):
    """A run and its file; `origin` is the name of the file that the first run of its rows took."""

    run: str
    started: str
    file: str
    origin: str


def newest_first(ledger: Ledger) -> Iterator[Named]:
    """Walk the names of all runs, the newest first."""
    rows = ledger.db.execute(
        "SELECT run, started, json_extract(about, '$.file') file, coalesce(json_extract(about, '$.origin.filename'), '') origin"
        " FROM runs ORDER BY seq DESC"
    )
    return (Named(*row) for row in rows)

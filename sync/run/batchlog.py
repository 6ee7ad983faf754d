"""What becomes of a run's batches -> one line of the log for each, bound to run, file and batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.logs import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.deliver.telling import Tell
    from sync.rows import Run

log = Log()


def batch_lines(run: Run) -> Tell:
    """Give what writes a line for each batch of a run."""
    bound = log.bind(run=run.run, file=run.file)

    def tell(what: str, part: tuple[int, int], numbers: Mapping[str, int | str]) -> None:
        bound.info(f"batch {what}", batch=f"{part[0]}-{part[1]}", **numbers)

    return tell

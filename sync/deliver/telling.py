"""What becomes of a batch, in numbers for a log: which range, how many, how often; never what stands in its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.deliver.task import Task
    from sync.replies import Ruling

Tell = Callable[[str, tuple[int, int], Mapping[str, int | str]], None]  # what, range, numbers


def silent(_what: str, _part: tuple[int, int], _numbers: Mapping[str, int | str]) -> None:
    """Tell nobody."""


def settled(task: Task, ruling: Ruling) -> dict[str, int | str]:
    """Count what the tenant said of a batch."""
    refused = len(ruling.refusals)
    superseded = task.part[1] - task.part[0] - task.size
    counts = {
        "refused": refused,
        "superseded": superseded,
        "created": ruling.created,
        "updated": ruling.updated,
    }
    told = {name: count for name, count in counts.items() if count}
    return {"accepted": task.size - refused, **told, "tries": task.tries, "bytes": task.length}


def unsettled(task: Task, ruling: Ruling) -> dict[str, int | str]:
    """Say in a word why a batch has no outcome yet; the tenant's own words may repeat a row."""
    return {"pairs": task.size, "cause": ruling.cause, "then": ruling.verdict, "tries": task.tries}

"""A request that brought no clear outcome -> what becomes of its batch: the same body again, two smaller ones, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sync.deliver.task import Task

Step = Literal["repeat", "split", "stop", "leave"]

ONE = 1
ERROR_TRIES = 2  # a 500 may be one row's doing (api.md A15): fewer tries, then smaller bodies
SLOW = {"timeout", "status-504"}
OVERLOADED = {
    "status-502",
    "status-503",
    "status-504",
}  # the tenant's own trouble, unless it stays


def suspect(task: Task, cause: str, *, attempts: int) -> bool:
    """Tell whether one row in the body may be at fault: a 500 at once, others where they do not end."""
    an_error = cause.startswith("status-5") and cause not in OVERLOADED
    return an_error or task.failed - task.tries >= attempts


def next_step(task: Task, cause: str, *, alone: bool, attempts: int) -> Step:
    """Decide; `alone`: nothing was taken since the batch, or what it is a part of, first went.

    stop: this run comes no further. leave: the outcome of this batch stays unknown, the others go on.
    """
    doubted = suspect(task, cause, attempts=attempts)
    if _goes_again(task, doubted=doubted, alone=alone, attempts=attempts):
        return "repeat"
    if task.size > ONE and (doubted or not alone):
        return "split"
    return "stop" if alone and not task.tired else "leave"


def _goes_again(task: Task, *, doubted: bool, alone: bool, attempts: int) -> bool:
    if task.tired or task.tries >= attempts:
        return False
    if not doubted or task.failed < ERROR_TRIES:
        return True
    return task.size == ONE and alone  # it cannot be cut smaller, and the trouble may pass

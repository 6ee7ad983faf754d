"""A range of a send list on its way: a body that is to be posted, and how often it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.deliver.outbox import Range
    from sync.replies import Batch


@dataclass(frozen=True, slots=True)
class Task:
    """A batch that is to be posted, and how often it was."""

    part: Range
    size: int  # the rows of it that are to go
    tries: int = 0  # by this command
    failed: int = 0  # requests that came to nothing, for it and for what it is a part of
    successes: int | None = None  # of the command when it, or what it is a part of, was first posted
    tired: bool = False  # it failed again and again in earlier commands: posted once by each
    unanswered: bool = False  # it, or what it is a part of, went before without a clear answer
    then: Task | None = None  # the other half, which waits for what becomes of this one
    batch: Batch | None = None
    posted: float = 0.0  # the moment of it
    length: int = 0  # bytes of its body

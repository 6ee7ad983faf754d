"""The log: structlog, which takes longer to import than an idle pass takes, and so only where a line is written.

A line below the level that was asked for costs nothing. Where no command has set the log up, structlog's defaults hold.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_set_up: list[Callable[[], None]] = []  # what is still to be done before the first line
_least = [logging.NOTSET]


def from_level(level: int, configure: Callable[[], None]) -> None:
    """Write lines of this level and above; `configure` is called before the first."""
    _least[0] = level
    _set_up[:] = [configure]


def set_up() -> None:
    """Do what is still to be done before the first line."""
    while _set_up:
        _set_up.pop()()


def reset() -> None:
    """Forget what was asked for."""
    _least[0] = logging.NOTSET
    _set_up.clear()


class Log:
    """Writes lines; `bound` stands in each of them."""

    def __init__(self, **bound: object) -> None:
        self._bound = bound

    def bind(self, **bound: object) -> Log:
        """Give a log with more in each line."""
        return Log(**self._bound, **bound)

    def info(self, event: str, **values: object) -> None:
        """Note what went as it should."""
        self._write(logging.INFO, event, values)

    def warning(self, event: str, **values: object) -> None:
        """Note what somebody should look at."""
        self._write(logging.WARNING, event, values)

    def _write(self, level: int, event: str, values: dict[str, Any]) -> None:
        if level < _least[0]:
            return
        import structlog  # noqa: PLC0415 - heavy

        set_up()
        structlog.get_logger().log(level, event, **self._bound, **values)

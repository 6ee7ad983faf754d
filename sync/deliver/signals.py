"""While a run delivers, SIGINT and SIGTERM are taken note of and nothing is cut in half; a second one does what it did before."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

NOTED = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """A context in which a request to end is remembered in `told`. In another thread than the main one it does nothing."""

    def __init__(self) -> None:
        self.told = False
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in NOTED}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.told = True
        self._let_go()

    def _let_go(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

"""While a run delivers, a signal to end is taken note of and nothing is cut in half; a second one does what it did before."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Self

from sync import interrupts

if TYPE_CHECKING:
    from types import FrameType, TracebackType

NOTED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """A context in which a request to end is remembered in `told`; one that is ignored, as under nohup, stays so.

    In another thread than the main one it does nothing.
    """

    def __init__(self) -> None:
        self.told = False
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            heeded = (number for number in NOTED if signal.getsignal(number) is not signal.SIG_IGN)
            self._before = {number: signal.signal(number, self._note) for number in heeded}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    def _note(self, number: int, frame: FrameType | None) -> None:
        again, self.told = self.told, True
        interrupts.heed(number)
        self._let_go()
        before = self._before[signal.Signals(number)]
        if again and callable(before):  # it came while the first one was still being taken note of
            before(number, frame)

    def _let_go(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

"""The wait between two looks: over when the time is, when the system tells of a new file, or when we are told to end.

The system's word is only a wake-up: remote writers on SMB and NFS raise none, and what wakes us is looked for anew.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from sync.interrupts import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType, TracebackType

ABSENT = "the library `watchfiles` is not installed"
OWN = f"{os.sep}."  # hidden names and folders: our own among them
CALM = 200  # milliseconds without a new event after which it is told
SELDOM = 1.0  # seconds between two wake-ups, however much is written
LOOK_UP = 1_000  # milliseconds between the listener's looks at whether it should end


class Waking:
    """Waits for a folder; `why_not` says why the system does not wake us, where it does not."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._ending = folder, threading.Event()
        self._reads, self._writes = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._listener: threading.Thread | None = None
        self._told = False
        self.why_not: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        if self._listener:
            self._listener.join(2 * LOOK_UP / 1000)

    def wait(self, seconds: float) -> bool:
        """Wait; gives whether we are told to end."""
        with self._heeding():
            if not self._told:
                self._listen()
                select.select([self._reads], [], [], max(seconds, 0.0))
            with suppress(BlockingIOError):
                while os.read(self._reads, 4096):
                    pass
        return self._told

    @contextmanager
    def _heeding(self) -> Iterator[None]:
        """Have a signal end the wait and nothing else; one that is ignored, as under nohup, stays so."""
        before = {
            sign: signal.signal(sign, self._end)
            for sign in SIGNS
            if signal.getsignal(sign) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._told = True
        self._wake()

    def _wake(self) -> None:
        with suppress(BlockingIOError):  # it is awake
            os.write(self._writes, b".")

    def _listen(self) -> None:
        """Listen to the system, where that can be done and is not done yet."""
        if self._listener is None and self.why_not is None:
            self._listener = threading.Thread(target=self._hear, name="inbox", daemon=True)
            self._listener.start()

    def _hear(self) -> None:
        try:
            from watchfiles import Change, watch  # noqa: PLC0415 - an extra

            heard = watch(
                self._folder,
                stop_event=self._ending,
                watch_filter=lambda change, path: (
                    change != Change.deleted and OWN not in path.removeprefix(str(self._folder))
                ),
                debounce=CALM,
                rust_timeout=LOOK_UP,
                force_polling=False,
                raise_interrupt=False,
            )
            for _ in heard:
                self._wake()
                self._ending.wait(SELDOM)  # what happens meanwhile is told together
        except ImportError:
            self.why_not = ABSENT
        except Exception as error:  # noqa: BLE001 - whatever a foreign library says: we look by ourselves
            self.why_not = str(error)

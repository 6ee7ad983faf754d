"""stdin, stdout and stderr of a process -> streams that never end a run, whoever reads them, or nobody.

A reader that hangs up (`| head`), a terminal that is gone and a stream that was closed from the start are no error of
the run; a log that nobody reads, or that finds no room, is left out. A report that finds no room is told of by `lost`.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING

from sync import interrupts

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDOUT, STDERR = 1, 2
PATIENCE = 2.0  # seconds that a log line waits for a reader who has stopped
AT_ONCE = select.PIPE_BUF  # what a pipe takes without blocking once it is said to be ready
LOOK_UP = 0.5  # seconds between looks at whether the process is told to end
GONE = {errno.EPIPE, errno.EIO}
_lost: list[str] = []  # why the rest of stdout found no room


class Steady(io.FileIO):
    """A stream to an open descriptor. `patience`: seconds to wait for its reader; after that it is given up for good."""

    def __init__(self, handle: int, patience: float | None) -> None:
        super().__init__(handle, "wb", closefd=False)
        self._patience, self._gone = patience, False

    def write(self, data: ReadableBuffer, /) -> int:
        """Write what goes at once; what cannot be written any more counts as written."""
        piece = memoryview(data)[:AT_ONCE]
        while not self._gone:
            try:
                if self._ready():
                    return os.write(self.fileno(), piece)
            except BlockingIOError:  # somebody else filled the pipe in between
                continue
            except OSError as error:
                if error.errno not in GONE and self._patience is None:
                    _lost.append(error.strerror or str(error))
            self._gone = True
        return len(piece)

    def _ready(self) -> bool:
        """Wait until the reader takes more; without a patience, until somebody wants the process to end."""
        while not select.select([], [self.fileno()], [], self._patience or LOOK_UP)[1]:
            if self._patience or interrupts.told():
                return False
        return True


def open_missing() -> None:
    """Open what was closed from the start: else the next file opened, the ledger even, would be taken for it."""
    for handle in (0, STDOUT, STDERR):
        try:
            os.fstat(handle)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def lost() -> str:
    """Tell why what was printed is not whole; "" where it is, or where nobody wanted to read it."""
    return _lost.pop() if _lost else ""


def use_utf8() -> None:
    """Write stdout and stderr as UTF-8, whatever the locale says; half a surrogate pair as its escape, which JSON reads."""
    if sys.stdout is sys.__stdout__:  # the process's own
        sys.stdout = _text(STDOUT, None, by_line=os.isatty(STDOUT))
    if sys.stderr is sys.__stderr__:
        sys.stderr = _text(STDERR, PATIENCE, by_line=True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")


def _text(handle: int, patience: float | None, *, by_line: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(Steady(handle, patience)), line_buffering=by_line)

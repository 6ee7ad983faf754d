"""A real terminal for a command, of any width, and what a person saw on it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.rehearsals import PATIENCE, popen

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from tests.desks import Desk

DRAWN = re.compile(r"\r([^\r\n\x1b]+)\x1b\[K")  # a line that is to be written over


class Terminal:
    """The far side of a pseudo-terminal that a command has for its stderr."""

    def __init__(self, process: subprocess.Popen[str], handle: int) -> None:
        self.process, self._handle, self.seen = process, handle, ""

    def read(self, *, until: str | None = None) -> str:
        """Read until something was drawn (a pattern), else to the end of the command; give all that was seen so far."""
        ends = time.monotonic() + PATIENCE
        while not (until and re.search(until, self.seen)):
            assert time.monotonic() < ends, self.seen
            if select.select([self._handle], [], [], 0.1)[0]:
                try:
                    piece = os.read(self._handle, 65536)
                except OSError:  # nobody has the terminal open any more
                    break
                self.seen += piece.decode()
        return self.seen

    @property
    def drawn(self) -> list[str]:
        """Every state of the line that is written over."""
        return DRAWN.findall(self.seen)

    @property
    def screen(self) -> list[str]:
        """What stands there in the end."""
        lines = self.seen.replace("\r\n", "\n").split("\n")
        return [text for line in lines if (text := line.rpartition("\r")[2].replace("\x1b[K", ""))]


@contextmanager
def terminal(desk: Desk, *arguments: str | Path, columns: int, **more: Any) -> Iterator[Terminal]:
    """Start a command whose stderr is a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with popen(desk, *arguments, stderr=theirs, **more) as process:
        os.close(theirs)
        try:
            yield Terminal(process, ours)
        finally:
            process.kill()
            os.close(ours)

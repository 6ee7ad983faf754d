"""Commands as real processes, forked from a process that has imported the program already: a tenth of a second each.

A command may carry its own end: at the n-th step that the program takes outside itself (opens a file, renames, connects)
it sends itself a signal. That is an audit hook of Python's, so it works wherever Python does.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import select
import signal
import sys
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING

from sync import interrupts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

STEPS = ("open", "os.", "sqlite3.", "socket.", "shutil.", "fcntl.")
ROOT = Path(__file__).absolute().parents[2]
PRIVATE = ("INVENTORY_SYNC_", "XDG_", "CREDENTIALS_DIRECTORY")  # settings of whoever starts this
READY = ("tests.chaos.ready",)


@dataclass(frozen=True)
class Order:
    """One command to be run: where, with what, and when it is to end itself."""

    folder: Path
    argv: tuple[str, ...]
    output: Path  # stdout goes here, stderr beside it
    key: str
    sign: int = 0
    step: int = 0


@cache
def context() -> ForkServerContext:
    """Give the nursery, its process started: it finds the program where this one does."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(READY))
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before
    return found


def begin(order: Order, *, wait: bool = False) -> BaseProcess:
    """Start a command; with `wait`, it has its signals in hand when this returns."""
    here, there = context().Pipe(duplex=False)
    with here, there:
        process = context().Process(target=live, args=(order, there), daemon=True)
        process.start()
        there.close()
        if wait:
            here.poll(None)  # the other end was closed
    return process


def live(order: Order, ready: Connection) -> None:
    """Be the command, in a process of its own."""
    gc.disable()
    for stream, path in ((1, order.output), (2, order.output.with_suffix(".err"))):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), stream)
    os.chdir(order.folder)
    for name in [name for name in os.environ if name.startswith(PRIVATE)]:
        del os.environ[name]
    os.environ |= {"INVENTORY_SYNC_API_KEY": order.key, "HOME": str(order.folder)}
    sys.argv = ["inventory-sync", *order.argv]
    from sync.__main__ import main  # noqa: PLC0415 - the program itself

    interrupts.end_at_once()  # as main does first of all
    ready.close()
    if order.sign:
        _end_at(order.step, order.sign)
    main()


def _end_at(step: int, sign: int) -> None:
    left = [step]

    def count(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(STEPS) and not (event == "open" and _reads(arguments)):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), sign)

    sys.addaudithook(count)


def _reads(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2] if len(arguments) > 2 else 0
    return isinstance(flags, int) and not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)


def ended(process: BaseProcess, seconds: float) -> int | None:
    """Wait for a command's end: its exit code, or minus the signal; None where it hangs, which ends it."""
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        process.join()
        return None
    return process.exitcode


def send(process: BaseProcess, sign: int) -> None:
    """Send a signal to a command that may have ended meanwhile; one that is killed is dead when this returns."""
    try:
        handle = os.pidfd_open(process.pid or 0)
    except ProcessLookupError:
        return
    with closing(handle), contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, sign)
        if sign == signal.SIGKILL:
            select.select([handle], [], [])


@contextlib.contextmanager
def closing(handle: int) -> Iterator[None]:
    """Close a handle afterwards."""
    try:
        yield
    finally:
        os.close(handle)

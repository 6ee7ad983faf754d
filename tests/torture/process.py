"""One command line in a forked process that has everything imported already, killed where it was asked for.

Starting Python and what the program imports takes a second and more; a fork takes a hundredth. The process that forks
has one thread only.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sync
from tests.torture import syscalls
from tests.torture.planted import PLANTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.torture.syscalls import Notice

LIBRARIES = (
    "pandas",
    "pandera.pandas",
    "pyarrow.compute",
    "pyarrow.ipc",
    "pyarrow.pandas_compat",
    "openpyxl",
    "httpx",
    "structlog",
)
LONGEST = 60  # seconds for one command
NOT_ENDED = 99
PLANT = "TORTURE_PLANTED"  # in a command's environment: the fault that it is to have


@dataclass(frozen=True)
class Stop:
    """When to send a signal.

    Before the call number `point` (from 1) of those with `word` in them; or after some seconds; or once `when` gives
    control back, which is told the process.
    """

    point: int | None = None
    word: str = ""
    after: float | None = None
    when: Callable[[int], object] | None = None
    sign: int = signal.SIGKILL


@dataclass
class Ended:
    """How a command ended; `calls` are those that change something, in order."""

    code: int
    out: str = ""
    err: str = ""
    calls: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def killed(self) -> bool:
        """Whether the signal came before its end."""
        return self.code == -signal.SIGKILL


def preload() -> None:
    """Import what a command would, all rooms and their libraries: it is there in every process forked from now on."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a fork copies one thread only
    rooms = (room.name for room in pkgutil.walk_packages(sync.__path__, "sync."))
    for name in (*LIBRARIES, *rooms):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is never looked at again is not copied either


def run(
    arguments: list[str],
    environment: Mapping[str, str],
    folder: Path,
    *,
    stop: Stop | None = None,
    watch: Callable[[Notice], None] | None = None,
) -> Ended:
    """Run one command line to its end; without a point to stop at and nobody to watch, nothing halts it."""
    halted = watch is not None or (stop is not None and stop.point is not None)
    ours, theirs = socket.socketpair()
    started = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, ours, theirs:
        process = os.fork()
        if process == 0:
            ours.close()
            _command(arguments, environment, folder, (out.fileno(), err.fileno(), theirs if halted else None))
        theirs.close()
        ended = Ended(NOT_ENDED)
        try:
            if halted:
                _answer(process, ours, stop or Stop(), watch, ended.calls)
            else:
                _wait(process, stop or Stop())
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)  # of a command that did not end; nothing to one that did
            _, status = os.waitpid(process, 0)
        ended.code = os.waitstatus_to_exitcode(status)
        ended.seconds = time.monotonic() - started
        for file, name in ((out, "out"), (err, "err")):
            file.seek(0)
            setattr(ended, name, file.read().decode(errors="replace"))
    return ended


def _wait(process: int, stop: Stop) -> None:
    """Wait for the end, sending the signal when its time has come."""
    handle = os.pidfd_open(process)
    try:
        if stop.when:
            stop.when(process)
        if stop.when or (stop.after is not None and not select.select([handle], [], [], stop.after)[0]):
            os.kill(process, stop.sign)
        _expect(select.select([handle], [], [], LONGEST)[0])
    finally:
        os.close(handle)


def _answer(
    process: int,
    control: socket.socket,
    stop: Stop,
    watch: Callable[[Notice], None] | None,
    calls: list[str],
) -> None:
    """Let the process and its children make one call after the other, up to the point where the signal comes."""
    control.settimeout(LONGEST)
    said, handles, _, _ = socket.recv_fds(control, 200, 1)
    if not handles:
        raise syscalls.Unavailable(said.decode())
    (listener,) = handles
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    killed, met = False, 0
    try:
        while _expect(happened := poll.poll(LONGEST * 1000)) and happened[0][1] & select.POLLIN:
            notice = syscalls.receive(listener)
            if notice is None:
                continue
            if not killed:
                calls.append(f"{notice.call} {notice.target}")
                met += stop.word in calls[-1]
                if met == stop.point:
                    os.kill(process, stop.sign)
                    killed, met = stop.sign == signal.SIGKILL, met + 1
                elif watch:
                    watch(notice)
            if not (killed and notice.process == process):
                syscalls.let_go_on(listener, notice)
    finally:
        os.close(listener)


def _expect(happened: object) -> bool:
    if not happened:
        raise TimeoutError(f"a command did not end within {LONGEST} seconds")
    return True


def _command(
    arguments: list[str],
    environment: Mapping[str, str],
    folder: Path,
    channels: tuple[int, int, socket.socket | None],
) -> None:
    """Be the command line, in the forked process; never returns."""
    out, err, control = channels
    code = NOT_ENDED
    try:
        os.setsid()
        os.umask(0)  # as bare as cron may be
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        tempfile.tempdir = None
        sys.argv = ["inventory-sync", *arguments]
        os.dup2(out, 1)
        os.dup2(err, 2)
        if control is not None:
            _hand_over(control)
        code = _main()
    except BaseException:  # noqa: BLE001 - whatever it is, it must not run on as a copy of the rig
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _hand_over(control: socket.socket) -> None:
    os.dup2(control.fileno(), syscalls.CONTROL, inheritable=False)
    channel = socket.socket(fileno=syscalls.CONTROL)
    try:
        listener = syscalls.install()
    except syscalls.Unavailable as error:
        channel.sendall(str(error).encode())
        raise
    socket.send_fds(channel, [b"."], [listener])
    os.close(listener)
    channel.close()
    control.close()


def _main() -> int:
    from sync.__main__ import main  # noqa: PLC0415 - as late as a process of its own would

    if plant := os.environ.pop(PLANT, ""):
        PLANTED[plant]()
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0

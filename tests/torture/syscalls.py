"""The system calls that change something, and a filter that has the kernel ask us before each of them.

The filter is seccomp's user notification: it sees every thread, every library and every child, also those that do not
go through libc. A process that waits for our answer can be killed with that very call not made yet.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

CONTROL = 900  # the descriptor over which a process hands us its filter: never halted
MACHINES = {"x86_64": (0xC000003E, 0, 317), "aarch64": (0xC00000B7, 1, 277)}  # audit arch, column, seccomp
GONE = -1  # the machine has no such call
CALLS: dict[str, tuple[int, int]] = {
    "write": (1, 64),
    "writev": (20, 66),
    "pwrite64": (18, 68),
    "pwritev": (296, 70),
    "pwritev2": (328, 287),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "connect": (42, 203),
    "sendfile": (40, 71),
    "splice": (275, 76),
    "copy_file_range": (326, 285),
    "fallocate": (285, 47),
    "ftruncate": (77, 46),
    "truncate": (76, 45),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "sync_file_range": (277, 84),
    "syncfs": (306, 267),
    "msync": (26, 227),
    "open": (2, GONE),
    "openat": (257, 56),
    "openat2": (437, 437),
    "creat": (85, GONE),
    "mmap": (9, 222),
    "mkdir": (83, GONE),
    "mkdirat": (258, 34),
    "rmdir": (84, GONE),
    "unlink": (87, GONE),
    "unlinkat": (263, 35),
    "rename": (82, GONE),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "link": (86, GONE),
    "linkat": (265, 37),
    "symlink": (88, GONE),
    "symlinkat": (266, 36),
    "chmod": (90, GONE),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, GONE),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utimensat": (280, 88),
    "flock": (73, 32),
}
PATH_FIRST = {
    "open",
    "creat",
    "mkdir",
    "rmdir",
    "unlink",
    "rename",
    "link",
    "symlink",
    "chmod",
    "truncate",
    "chown",
}
PATH_SECOND = {
    "openat",
    "openat2",
    "mkdirat",
    "unlinkat",
    "renameat",
    "renameat2",
    "linkat",
    "fchmodat",
    "fchmodat2",
    "utimensat",
    "fchownat",
}
FLAGS_AT = {"open": 1, "openat": 2}  # only an open that makes or empties a file changes something
MAKES = os.O_CREAT | os.O_TRUNC

PR_SET_NO_NEW_PRIVS = 38
SET_MODE_FILTER, NEW_LISTENER = 1, 8
ALLOW, ASK = 0x7FFF0000, 0x7FC00000
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
RECEIVE, SEND = 0xC0502100, 0xC0182101
NOTICE, ANSWER = struct.Struct("QIIiIQ6Q"), struct.Struct("QqiI")
GO_ON = 1


class Unavailable(RuntimeError):  # noqa: N818 - the name says what is wrong
    """This machine cannot halt a process before its system calls."""


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("yes", ctypes.c_ubyte),
        ("no", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


class Step(NamedTuple):
    """One step of the filter's program."""

    code: int
    yes: int
    no: int
    k: int


def _argument(number: int) -> Step:
    return Step(LOAD, 0, 0, 16 + 8 * number)


def _condition(name: str) -> list[Step]:
    """Tell which calls of this name change something: ends in ALLOW or ASK."""
    ask, allow = Step(RETURN, 0, 0, ASK), Step(RETURN, 0, 0, ALLOW)
    if name in FLAGS_AT:
        return [_argument(FLAGS_AT[name]), Step(ANY_BIT, 0, 1, MAKES), ask, allow]
    if name == "mmap":  # a file that is written to by memory, shared: nothing else would tell us of it
        return [
            *(_argument(2), Step(ANY_BIT, 0, 4, 0x2)),
            *(_argument(3), Step(ANY_BIT, 2, 0, 0x20), Step(ANY_BIT, 0, 1, 0x1)),
            *(ask, allow),
        ]
    if name == "sendmsg":
        return [_argument(0), Step(EQUAL, 0, 1, CONTROL), allow, ask]
    return [ask]


def _steps() -> list[Step]:
    arch, column, _ = _machine()
    steps = [Step(LOAD, 0, 0, 4), Step(EQUAL, 1, 0, arch), Step(RETURN, 0, 0, ALLOW), Step(LOAD, 0, 0, 0)]
    for name, numbers in CALLS.items():
        if numbers[column] != GONE:
            condition = _condition(name)
            steps += [Step(EQUAL, 0, len(condition), numbers[column]), *condition]
    return [*steps, Step(RETURN, 0, 0, ALLOW)]


def _machine() -> tuple[int, int, int]:
    try:
        return MACHINES[platform.machine()]
    except KeyError:
        raise Unavailable(f"no table of system calls for {platform.machine()}") from None


def install() -> int:
    """Put this process and all that it starts under the filter; give the descriptor that asks.

    Raises:
        Unavailable: this machine has no such filter.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    steps = _steps()
    program = _Program(len(steps), (_Step * len(steps))(*(_Step(*step) for step in steps)))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise Unavailable(os.strerror(ctypes.get_errno()))
    listener = int(libc.syscall(_machine()[2], SET_MODE_FILTER, NEW_LISTENER, ctypes.byref(program)))
    if listener < 0:
        raise Unavailable(f"seccomp's user notification: {os.strerror(ctypes.get_errno())}")
    return listener


@dataclass(frozen=True)
class Notice:
    """A call that a process is about to make."""

    ticket: int
    process: int
    call: str
    arguments: tuple[int, ...]

    @property
    def target(self) -> str:
        """Name what the call is about, as far as that can be told before it: a path, or a descriptor's."""
        if self.call in PATH_FIRST:
            return self._path(None, self.arguments[0])
        if self.call in PATH_SECOND:
            return self._path(self.arguments[0], self.arguments[1])
        if self.call == "symlinkat":
            return self._path(self.arguments[1], self.arguments[2])
        return self._descriptor(self.arguments[4] if self.call == "mmap" else self.arguments[0])

    @property
    def second(self) -> str:
        """Name where a rename goes to."""
        if self.call in ("rename", "link"):
            return self._path(None, self.arguments[1])
        return self._path(self.arguments[2], self.arguments[3])

    def _descriptor(self, number: int) -> str:
        try:
            return Path(f"/proc/{self.process}/fd/{_signed(number)}").readlink().as_posix()
        except OSError:
            return "?"

    def _path(self, folder: int | None, address: int) -> str:
        with Path(f"/proc/{self.process}/mem").open("rb", buffering=0) as memory:
            memory.seek(address)
            text = memory.read(4096).partition(b"\0")[0].decode(errors="replace")
        if text.startswith("/"):
            return os.path.normpath(text)
        at_working_folder = folder is None or _signed(folder) < 0
        base = (
            Path(f"/proc/{self.process}/cwd").readlink().as_posix()
            if at_working_folder
            else self._descriptor(folder or 0)
        )
        return os.path.normpath(f"{base}/{text}")


def _signed(number: int) -> int:
    return ctypes.c_int(number & 0xFFFFFFFF).value


def receive(listener: int) -> Notice | None:
    """Take the next call that waits for an answer; None: its process is gone."""
    buffer = bytearray(NOTICE.size)
    try:
        fcntl.ioctl(listener, RECEIVE, buffer)
    except FileNotFoundError:
        return None
    ticket, process, _, number, _, _, *arguments = NOTICE.unpack(buffer)
    return Notice(ticket, process, NAMES[number], tuple(arguments))


def let_go_on(listener: int, notice: Notice) -> None:
    """Have the kernel make the call."""
    try:
        fcntl.ioctl(listener, SEND, ANSWER.pack(notice.ticket, 0, 0, GO_ON))
    except FileNotFoundError:
        return  # a signal came first: it is killed, or asks anew


NAMES = {numbers[MACHINES.get(platform.machine(), (0, 0, 0))[1]]: name for name, numbers in CALLS.items()}

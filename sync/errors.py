"""What can end a command, named by what the caller should do about it.

InventorySyncError
├── FixSetup       configuration, mapping or usage is wrong: nothing was read or sent        exit 2
├── SetAside       this file cannot be taken: unreadable, or no single mapping claims it      exit 6
├── StopAndFix     the tenant refuses the key or the request itself: rows stay pending        exit 5
├── TryLater       another run is at work                                                     exit 75
├── MendMachine    the disk, the memory or a limit of this machine gave out: rows stay pending exit 4
└── OurBug         numbers that do not add up, or anything else that must not happen          exit 70

A bad row is a value and never raises; only a bad file, set-up or run does.
"""

from __future__ import annotations

import errno
import re

# what gave out, and what a person does about it
NO_ROOM = ("there is no room left on the disk", "make room on it")
MEMORY = ("there is no memory left", "end other programs, or raise the limit (ulimit -v)")
FILES = ("this process may open no more files (ulimit -n)", "raise that limit")
LIBRARIES = {  # how they say it, each in an exception of its own
    "can't start new thread|[Ff]ailed to launch worker thread|failed to map segment|annot allocate memory": MEMORY,
    "cannot open shared object file: Too many open files": FILES,
}
DISK = (
    "the disk fails, or a limit on the size of files (ulimit -f) is reached",
    "have the disk looked at, or raise the limit",
)
MACHINE = {
    errno.ENOSPC: NO_ROOM,
    errno.EDQUOT: ("the quota of this user on the disk is used up", "make room, or raise the quota"),
    errno.EFBIG: ("a file would grow over what this process may write (ulimit -f)", "raise that limit"),
    errno.EIO: ("the disk failed while it was read or written", "have the disk looked at"),
    errno.EROFS: ("the disk can only be read", "have it mounted for writing"),
    errno.EMFILE: FILES,
    errno.ENFILE: ("this machine may open no more files", "end other programs"),
    errno.ENOMEM: MEMORY,
}
MACHINE_SQL = {
    "SQLITE_FULL": NO_ROOM,
    "SQLITE_IOERR": DISK,
    "SQLITE_BUSY": ("another program holds the ledger", "let that program end"),
    "SQLITE_NOMEM": MEMORY,
    "SQLITE_READONLY": (
        "the ledger can only be read, or was taken away while it was in use",
        "put it back, writable for the user that runs this",
    ),
    "SQLITE_CANTOPEN": (
        "a file of the ledger can be neither opened nor made",
        "make room, or raise ulimit -n",
    ),
}


class InventorySyncError(Exception):
    """Carries a list of problems, each a sentence that says what is wrong, where, and what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class FixSetup(InventorySyncError):
    """Configuration, mapping or usage is wrong."""


class SetAside(InventorySyncError):
    """This file cannot be taken."""


class StopAndFix(InventorySyncError):
    """The tenant refuses the key or the request itself."""


class TryLater(InventorySyncError):
    """Another run is at work on this state folder."""


class MendMachine(InventorySyncError):
    """The disk, the memory or a limit of this machine gave out; what is on record stays pending."""


class OurBug(InventorySyncError):
    """A promise that the code makes to itself is broken."""


def of_the_machine(error: BaseException) -> tuple[str, str] | None:
    """Say what of this machine gave out and what to do about it; None: the error is about something else."""
    if isinstance(error, MemoryError):
        return MEMORY
    if isinstance(error, OSError) and error.errno in MACHINE:
        return MACHINE[error.errno]
    told, name = str(error), _sql_name(error)
    by_words = (words for said, words in LIBRARIES.items() if re.search(said, told))
    return next((words for kind, words in MACHINE_SQL.items() if name.startswith(kind)), next(by_words, None))


def is_damage(error: BaseException) -> bool:
    """Tell whether a file of the ledger was found to be damaged."""
    return _sql_name(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _sql_name(error: BaseException) -> str:
    """Give what sqlite3 calls an error of its own; by its name, as sqlite3 is another room's."""
    return getattr(error, "sqlite_errorname", None) or ""

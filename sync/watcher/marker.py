"""An inbox -> the one that was watched before, or the words for what is there instead.

An unmounted share leaves an empty folder behind, which looks like an inbox with nothing to do.
"""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING

from sync.errors import FixSetup, of_the_machine

if TYPE_CHECKING:
    from sync.watcher.folders import Folder

NAME = ".inventory-sync"
TEXT = "inventory-sync watches this folder; by this file it knows it again. Leave it here.\nfolder: {}\n"
TOLD = re.compile(rb"^folder: ([0-9a-f]{16})$", re.MULTILINE)
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
LONGEST = 4096


def recognised(inbox: Folder, known: str) -> tuple[str, bool]:
    """Give the mark of an inbox, putting one there the first time, and whether it is one that others know it by.

    `known` is the mark that it had before, or "".

    Raises:
        FixSetup: this is not the inbox that was watched before, or it cannot be marked.
    """
    there = _read(inbox)
    if known and there is None:
        raise FixSetup(
            f"{inbox.path}: this is not the inbox that was watched before: the file {NAME} is not in it. Is a share not mounted?"
            f" Nothing was taken. To do: mount it; if the folder was made anew on purpose, type: touch {inbox.path / NAME}"
        )
    if known and there and there != known:
        raise FixSetup(
            f"{inbox.path}: this is another inbox than the one that was watched before (the file {NAME} in it is another's)."
            f" Nothing was taken. To do: mount the right one; if this one is right, empty that file: : > {inbox.path / NAME}"
        )
    return there or _write(inbox, known or secrets.token_hex(8)), bool(there and not known)


def _read(inbox: Folder) -> str | None:
    """Give the mark; "": the file is there without one."""
    try:
        handle = os.open(NAME, READ, dir_fd=inbox.fd)
    except FileNotFoundError:
        return None
    except OSError as error:
        if of_the_machine(error):
            raise
        raise _unusable(inbox, error) from error
    try:
        found = TOLD.search(os.read(handle, LONGEST))
    finally:
        os.close(handle)
    return found[1].decode() if found else ""


def _write(inbox: Folder, mark: str) -> str:
    try:
        handle = os.open(NAME, NEW, 0o640, dir_fd=inbox.fd)
        try:
            os.write(handle, TEXT.format(mark).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        os.fsync(inbox.fd)
    except OSError as error:
        raise _unusable(inbox, error) from error
    return mark


def _unusable(inbox: Folder, error: OSError) -> FixSetup:
    return FixSetup(
        f"{inbox.path / NAME}: the inbox cannot be marked as ours: {error.strerror}; files in it could not be taken either. Give the folder and this file to the user that runs this"
    )

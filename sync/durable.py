"""Files that are whole or absent: written beside their place, synced, then renamed.

Without the sync of the file a power cut leaves an empty one under the final name; without that of the folder, none.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD = 3_600  # seconds for which no file is under way
TEMPORARY = re.compile(r"\.(\d{1,7})\.[0-9a-f]{8}\.tmp")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; it takes the place of `path` when the block ends without an error."""
    temporary = path.with_name(_temporary())
    try:
        yield temporary
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _temporary() -> str:
    return f".{os.getpid()}.{secrets.token_hex(4)}.tmp"


@contextmanager
def scratch(folder: Path) -> Iterator[None]:
    """Have the temporary files of libraries made in `folder`, where `clear_leftovers` finds those of a killed process."""
    place, before = folder / _temporary(), tempfile.tempdir
    place.mkdir(mode=0o700)
    tempfile.tempdir = str(place)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(place, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a small text file whole."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def clear_leftovers(folder: Path, *, shared: bool = False) -> None:
    """Take away temporary files whose process was killed; to be called before this one writes any there.

    `shared`: another machine may write there too, whose processes are not seen here; then only what is old is taken away.
    """
    with suppress(OSError):  # a folder that cannot be used: whoever needs it will tell
        for path in folder.glob(".*.tmp"):
            named = TEMPORARY.fullmatch(path.name)
            old = not shared or time.time() - path.lstat().st_mtime > OLD
            if named and old and not _is_alive(int(named[1])):
                _take_away(path)


def _take_away(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    """Tell whether another process is at work under this number."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def sync(path: Path) -> None:
    """Have a file or folder on the disk itself. What fails here is lost: a second try would only look as if it helped."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        error.filename = os.fspath(path)
        raise
    finally:
        os.close(handle)

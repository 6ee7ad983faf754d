"""Files that are whole or absent: written beside their place, synced, then renamed.

Without the sync of the file a power cut leaves an empty one under the final name; without that of the folder, none.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPORARY = re.compile(r"\.(\d{1,7})\.[0-9a-f]{8}\.tmp")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; it takes the place of `path` when the block ends without an error."""
    temporary = path.with_name(f".{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a small text file whole."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def clear_leftovers(folder: Path) -> None:
    """Take away temporary files whose process was killed; to be called before this one writes any there."""
    with suppress(OSError):  # a folder that cannot be used: whoever needs it will tell
        for path in folder.glob(".*.tmp"):
            named = TEMPORARY.fullmatch(path.name)
            if named and not _is_alive(int(named[1])):
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
    """Have a file or folder on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

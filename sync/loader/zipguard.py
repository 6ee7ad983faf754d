"""The directory of a zip -> whether the archive is honest: few parts, beside each other, of sizes that can be true.

Nothing is inflated here. A directory that lies about sizes is found out later, when its checksums do not hold.
"""

from __future__ import annotations

import struct
import zipfile
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

from sync.books.foreign import DAMAGED, border
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MEMBERS_MAX = 10_000
DIRECTORY_MAX = 5_000_000  # bytes
INFLATED_MAX = 2_000_000_000
RATIO_MAX = 200  # of what is inflated to what is stored; a sheet of equal rows reaches 100
RATIO_FREE = 30_000_000  # below this many bytes no ratio does harm

END = b"PK\5\6"
END_64 = b"PK\6\6"
END_MAX = (
    22 + 65_535 + 76
)  # bytes: the end of the directory, the comment behind it, and what large files put before it
LOCAL_HEADER = 30
LOCKED_FLAG = 1
LOCKED = "The workbook is locked with a password. Open it, remove the password, and save it as .xlsx."


@contextmanager
def opened_zip(stream: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open an archive that may be read."""
    _directory_within_bounds(stream)
    with border():
        archive = zipfile.ZipFile(stream)
    with archive:
        _within_bounds(archive.infolist())
        yield archive


def _directory_within_bounds(stream: BinaryIO) -> None:
    """Look at the size of the directory before it is read: a small file can name a million parts."""
    size = stream.seek(0, 2)
    stream.seek(max(size - END_MAX, 0))
    tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + 22:
        raise SetAside(DAMAGED.format("its directory is missing"))
    declared: list[int] = [struct.unpack_from("<I", tail, at + 12)[0]]
    large = tail.rfind(END_64)
    if 0 <= large <= len(tail) - 48:
        declared.append(struct.unpack_from("<Q", tail, large + 40)[0])
    if min(declared) > DIRECTORY_MAX:
        raise SetAside(f"The workbook lists its parts in {min(declared)} bytes: this is no honest workbook.")


def _within_bounds(members: Sequence[zipfile.ZipInfo]) -> None:
    stored = sum(member.compress_size for member in members)
    inflated = sum(member.file_size for member in members)
    if len(members) > MEMBERS_MAX:
        raise SetAside(
            f"The workbook holds {len(members)} parts, more than {MEMBERS_MAX}: this is no honest workbook."
        )
    if inflated > INFLATED_MAX or inflated > max(RATIO_FREE, RATIO_MAX * stored):
        raise SetAside(
            f"The workbook would inflate from {stored} to {inflated} bytes: too much to be read safely. "
            "Save the one sheet that is meant as CSV UTF-8."
        )
    in_order = sorted(members, key=lambda member: member.header_offset)
    if any(
        one.header_offset + LOCAL_HEADER + one.compress_size > two.header_offset
        for one, two in pairwise(in_order)
    ):
        raise SetAside(DAMAGED.format("its parts lie upon each other"))
    if any(member.flag_bits & LOCKED_FLAG for member in members):
        raise SetAside(LOCKED)

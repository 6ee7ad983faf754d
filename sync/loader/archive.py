"""A gzip or zip archive -> the one file that is in it, whole and of a bounded size, or plain words.

Names inside are words, never paths: what is taken out is written where the caller says.
"""

from __future__ import annotations

import struct
import time
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO

from sync.books.foreign import DAMAGED, FOREIGN
from sync.droppednames import is_temporary, without_gz
from sync.errors import SetAside, of_the_machine
from sync.loader.formats import GZIP, GZIP_FILE, packed
from sync.loader.zipguard import END, END_MAX, LOCKED, RATIO_FREE, RATIO_MAX, opened_zip
from sync.plainfile import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PIECE = 1 << 18
LARGEST = 1_000_000_000  # bytes of a stock file that is taken out of an archive
SECONDS = 120  # that taking it out may last
NAMED = 3  # files in a sentence
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
BESIDE = "__MACOSX/"  # what macOS packs beside the files

BROKEN = "The archive is damaged or cut off ({}). Copy it here again; if that does not help, pack it anew."
TOO_LARGE = "The archive would unpack from {:,} to more than {:,} bytes: too much to be read safely. Take the stock file out of it, and send that."
TOO_LONG = (
    f"The archive takes more than {SECONDS} seconds to unpack. Take the stock file out of it, and send that."
)
NESTED = "This is an archive inside an archive. Take the stock file out of both, and send that."
SEVERAL = "The archive holds {}; one stock file can be taken out of an archive, not several. Take them out, and send each by itself."
NOTHING = "There is no file in the archive. Pack the stock file again."
LOCKED_ARCHIVE = "The archive is locked with a password. Pack the stock file without one."
OTHER_PACKING = "The file in the archive is packed in a way that is not read here (number {}). Pack it as an ordinary zip, or send the file itself."


def kind_of(path: Path) -> str | None:
    """Tell `gzip` and `zip` archives from all other files, by content.

    Raises:
        SetAside: it is no plain file, or is packed and damaged.
    """
    try:
        return packed(path)
    except SetAside as error:
        if path.suffix.lower() != ".zip":
            raise
        problems = (_of_an_archive(problem) for problem in error.problems)
        raise SetAside(*problems) from error


def _of_an_archive(problem: str) -> str:
    """Say of an archive what is said of a workbook, which is a zip too."""
    before, _, after = DAMAGED.partition("{}")
    if problem == LOCKED:
        return LOCKED_ARCHIVE
    if problem.startswith(before):
        return BROKEN.format(problem.removeprefix(before).removesuffix(after))
    return problem.replace("The workbook", "The archive").replace("no honest workbook", "no honest archive")


def take_out(path: Path, kind: str, target: Path, *, called: str) -> str:
    """Write the one file of an archive that is `called` so to `target`, and give its name.

    Raises:
        SetAside: it holds none or several, is damaged, or is too large; what stands in `target` then is worth nothing.
    """
    with opened(path) as stream, target.open("xb") as out:
        if kind == GZIP_FILE:
            name = without_gz(called)
            _gunzip(stream, _Bounded(out))
        else:
            name = _unzip(stream, out)
    if packed(target):
        raise SetAside(NESTED)
    return name


class _Bounded:
    """Writes to a file, within bounds of size and time."""

    def __init__(
        self, out: IO[bytes], largest: int = LARGEST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out, self._largest, self._clock = out, largest, clock
        self._ends, self._size = clock() + SECONDS, 0

    def write(self, piece: bytes, taken: int) -> None:
        """Write what came of the first `taken` bytes of the archive."""
        self._size += len(piece)
        most = min(self._largest, max(RATIO_FREE, RATIO_MAX * taken))
        if self._size > most:
            raise SetAside(TOO_LARGE.format(taken, most))
        if self._clock() > self._ends:
            raise SetAside(TOO_LONG)
        self._out.write(piece)


@contextmanager
def _border() -> Iterator[None]:
    """Translate what the libraries raise over a damaged archive."""
    try:
        yield
    except FOREIGN as error:
        if isinstance(error, OSError) and of_the_machine(error):
            raise
        words = " ".join(str(error).split())[:160].strip(" .\"'") or type(error).__name__
        raise SetAside(BROKEN.format(words)) from error


def _gunzip(stream: BinaryIO, out: _Bounded) -> None:
    """Inflate a gzip archive of one member."""
    unpacker = zlib.decompressobj(wbits=31)
    taken = 0
    while not unpacker.eof:
        piece = unpacker.unconsumed_tail or stream.read(PIECE)
        if not piece:
            raise SetAside(BROKEN.format("its end is missing"))
        with _border():
            inflated = unpacker.decompress(piece, PIECE)
        taken += len(piece) - len(unpacker.unconsumed_tail)
        out.write(inflated, taken)
    _refuse_more(unpacker.unused_data, stream)


def _refuse_more(rest: bytes, stream: BinaryIO) -> None:
    """Refuse what follows the end, but for the zeros that fill a block."""
    while rest:
        if rest.startswith(GZIP):
            raise SetAside(SEVERAL.format("several files one after the other"))
        if rest.strip(b"\0"):
            raise SetAside(BROKEN.format("something follows its end"))
        rest = stream.read(PIECE)


def _unzip(stream: BinaryIO, out: IO[bytes]) -> str:
    with opened_zip(stream) as archive:
        _refuse_splices(archive, stream)
        member = _only_one(archive)
        bounded = _Bounded(out, member.file_size)
        with _border(), archive.open(member) as inside:
            while piece := inside.read(PIECE):
                bounded.write(piece, member.compress_size)
    return PurePosixPath(member.filename.replace("\\", "/")).name


def _only_one(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Find the one file that a person put in."""
    found = [member for member in archive.infolist() if _is_file(member.filename)]
    if not found:
        raise SetAside(NOTHING)
    if len(found) > 1:
        shown = ", ".join(f"`{member.filename[:80]}`" for member in found[:NAMED])
        more = ", ..." if len(found) > NAMED else ""
        raise SetAside(SEVERAL.format(f"{len(found)} files ({shown}{more})"))
    member = found[0]
    if member.compress_type not in PACKINGS:
        raise SetAside(OTHER_PACKING.format(member.compress_type))
    if member.file_size > LARGEST:
        raise SetAside(TOO_LARGE.format(member.compress_size, LARGEST))
    return member


def _is_file(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return not (name.endswith(("/", "\\")) or name.startswith(BESIDE) or is_temporary(path.name))


def _refuse_splices(archive: zipfile.ZipFile, stream: BinaryIO) -> None:
    """Refuse an archive with more before its first file, or behind its end: another archive may be hidden there."""
    first = min((member.header_offset for member in archive.infolist()), default=0)
    size = stream.seek(0, 2)
    stream.seek(max(size - END_MAX, 0))
    tail = stream.read()
    at = tail.rfind(END)
    ends = at + 22 + struct.unpack_from("<H", tail, at + 20)[0]
    if first or ends != len(tail):
        raise SetAside(BROKEN.format("other bytes stand before or behind it"))

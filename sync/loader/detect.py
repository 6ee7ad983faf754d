"""A text file -> how it is to be read: encoding, delimiter, and whether its last line is whole.

An encoding is declared by the mapping or by a byte order mark, or it is UTF-8: the whole file is decoded once, strictly,
before its first row is believed. Nothing is guessed from the frequency of letters.
"""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from sync.errors import FixSetup, SetAside
from sync.loader import dialect
from sync.plainfile import opened

if TYPE_CHECKING:
    from pathlib import Path

    from sync.rows import ReadHints

# UTF-32's mark begins with UTF-16's: the longer ones first.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHUNK = 1 << 20
LINE_MAX = 4 << 20  # characters
HEAD = 1 << 18  # characters, of which
HEAD_LINES = 200  # are looked at for the delimiter
NOT_ENDED = "the file does not end with a line end"


class Encoding(NamedTuple):
    """An encoding and who says so: `declared`, `mark` or `assumed`."""

    name: str
    source: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """How a text file is read; `delimiter` None = one column, `told` = line 1 is a `sep=` line."""

    encoding: str
    delimiter: str | None
    told: bool
    warnings: tuple[str, ...]


def inspect(path: Path, hints: ReadHints) -> Text:
    """Find out how a text file is read; one that cannot be decoded to its end is set aside."""
    with opened(path) as stream:
        encoding = _encoding(stream.read(4), hints.encoding)
        stream.seek(0)
        ended = _Check(encoding).walk(stream)
        stream.seek(0)
        lines = _head(stream, encoding.name)
    told = dialect.told(lines[0]) if lines else None
    delimiter = _declared_delimiter(hints) or told or dialect.sniff(lines)
    warnings = (encoding.warning, "" if ended else NOT_ENDED)
    return Text(encoding.name, delimiter, told is not None, tuple(filter(None, warnings)))


def _encoding(start: bytes, declared: str | None) -> Encoding:
    marked = next((name for mark, name in BYTE_ORDER_MARKS if start.startswith(mark)), None)
    if declared is None:
        return Encoding(marked, "mark") if marked else Encoding("utf-8", "assumed")
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=declared).close()  # refuses codecs that make no text
        canonical = codecs.lookup(declared).name
    except LookupError as error:
        raise FixSetup(
            f"read.encoding: {declared!r} is not an encoding. Write utf-8, cp1254, cp1252 ..."
        ) from error
    if marked is None:
        return Encoding(canonical, "declared")
    if canonical.startswith(marked.removesuffix("-sig")):
        return Encoding(marked, "mark")
    # The mark is the file's own word and cannot stand in a file of another encoding.
    return Encoding(
        marked, "mark", f"the mapping declares {declared}, but the file's byte order mark says {marked}"
    )


def _declared_delimiter(hints: ReadHints) -> str | None:
    declared = hints.delimiter
    if declared is not None and (len(declared) != 1 or declared in '"\r\n\0'):
        raise FixSetup(f"read.delimiter: {declared!r} is not one character. Write ',', ';', '|' or \"\\t\".")
    return declared


def _head(stream: BinaryIO, encoding: str) -> list[str]:
    with io.TextIOWrapper(stream, encoding=encoding, newline="") as whole:
        text = whole.read(HEAD)
    lines = list(islice(io.StringIO(text, newline=""), HEAD_LINES + 1))
    # The last line may be half a record.
    return lines[:-1] if len(lines) > HEAD_LINES or len(text) == HEAD else lines


class _Check:
    """One strict pass over the bytes, which knows the line that it has come to."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.line = 1
        self.open = 0  # characters since the last line end
        self.offset = 0  # bytes handed to the decoder
        # Counts CR, LF and CRLF alike, also where a chunk ends between CR and LF.
        self.decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(encoding.name)(), translate=True
        )

    def walk(self, stream: BinaryIO) -> bool:
        """Decode all of it; True where the last line is ended."""
        while chunk := stream.read(CHUNK):
            self._take(chunk)
        self._take(b"", final=True)
        return self.open == 0

    def _take(self, chunk: bytes, *, final: bool = False) -> None:
        self.offset += len(chunk)
        try:
            text = self.decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            raise self._undecodable(error, chunk) from error
        nul = text.find("\0")
        self._count(text if nul < 0 else text[:nul])
        if nul >= 0:
            raise SetAside(
                f"Line {self.line} holds a NUL character: the file is UTF-16 without a byte order mark, or no text. "
                "Save it as CSV UTF-8, or declare read.encoding in the mapping (utf-16-le)."
            )
        if self.open > LINE_MAX:
            raise SetAside(
                f"Line {self.line} is longer than {LINE_MAX} characters: this is no table. Export it again."
            )

    def _count(self, text: str) -> None:
        ends = text.count("\n")
        self.line += ends
        self.open = len(text) - text.rfind("\n") - 1 if ends else self.open + len(text)

    def _undecodable(self, error: UnicodeDecodeError, chunk: bytes) -> SetAside:
        seen = len(error.object)  # what an earlier chunk left over, and this one
        good = error.start - (seen - len(chunk))
        self._count(self.decoder.decode(chunk[: max(0, good)], final=False))
        _, carriage_return_kept_back = self.decoder.getstate()
        self.line += carriage_return_kept_back & 1
        byte = f"byte 0x{error.object[error.start]:02X} at offset {self.offset - seen + error.start} (line {self.line})"
        name = self.encoding.name
        return SetAside(
            {
                "assumed": f"The file is not UTF-8: {byte}. Declare read.encoding in the mapping, or save it as CSV UTF-8.",
                "declared": f"The file is not {name}, as the mapping declares: {byte}. Correct read.encoding in the mapping.",
                "mark": f"The file's byte order mark says {name}, but it is not: {byte}. Export it again.",
            }[self.encoding.source]
        )

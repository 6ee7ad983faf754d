"""A text file -> how it is to be read: encoding, dialect, and whether its last line is whole; with the evidence.

The whole file is decoded once, strictly, before its first row is believed. An encoding is declared, or marked by the file, or
UTF-8, or told by its words beyond doubt; else the file is set aside with what it could be.
"""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from sync.errors import FixSetup, SetAside
from sync.loader import dialect, encodings
from sync.plainfile import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.loader.quoting import Dialect
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
START = 1 << 16  # bytes that are looked at for UTF-16
LINE_MAX = 4 << 20  # characters
HEAD = 1 << 18  # characters, of which
HEAD_LINES = 200  # are looked at for the dialect
MIXED = 0.2  # of the lines beyond ASCII are UTF-8: then the file is not of one encoding
NOT_ENDED = "the file does not end with a line end"
UNDECIDED = "nobody"  # knows the encoding; bytes beyond ASCII stay bytes
KEPT = "surrogateescape"  # how they stay
ENDS = {"\n": "LF", "\r": "CR", "\r\n": "CRLF"}


class Encoding(NamedTuple):
    """An encoding and who says so: `declared`, `mark`, `assumed`, `told` by its words, or nobody."""

    name: str
    source: str
    why: str = ""
    warning: str = ""

    @property
    def errors(self) -> str:
        """What is done with bytes that it does not know: they are kept only where nobody knows them."""
        return KEPT if self.source == UNDECIDED else "strict"


@dataclass(frozen=True, slots=True)
class Text:
    """How a text file is read; `told` = line 1 is a `sep=` line."""

    encoding: str
    errors: str
    dialect: Dialect
    told: bool
    warnings: tuple[str, ...]
    evidence: dict[str, str] = field(default_factory=dict)


def inspect(path: Path, hints: ReadHints) -> Text:
    """Find out how a text file is read; one that cannot be decoded to its end is set aside."""
    _check(hints)
    with opened(path) as stream:
        encoding, check = _decoded(stream, hints.encoding)
        stream.seek(0)
        lines, cut = _head(stream, encoding)
    told = dialect.told(lines[0]) if lines else None
    found = dialect.find(
        lines[1:] if told else lines,
        delimiter=hints.delimiter or told,
        quote=hints.quote,
        escape=hints.escape,
        cut=cut,
    )
    evidence = {"encoding": encoding.why or check.why(), **found.evidence}
    evidence |= {"delimiter": "line 1 says so (sep=)"} if told else {}
    evidence |= {
        name: "as declared" for name in ("delimiter", "quote", "escape") if getattr(hints, name) is not None
    }
    evidence["row ends"] = check.ends()
    warnings = (encoding.warning, "" if check.open == 0 else NOT_ENDED)
    return Text(
        encoding.name,
        encoding.errors,
        found.dialect,
        told is not None,
        tuple(filter(None, warnings)),
        evidence,
    )


def _check(hints: ReadHints) -> None:
    declared = hints.delimiter
    if declared is not None and (len(declared) != 1 or declared in '"\r\n\0'):
        raise FixSetup(f"read.delimiter: {declared!r} is not one character. Write ',', ';', '|' or \"\\t\".")
    for name, sign in (("quote", hints.quote), ("escape", hints.escape)):
        if sign and (len(sign) != 1 or sign in "\r\n\0" or sign == declared):
            raise FixSetup(
                f'read.{name}: {sign!r} is not one character of its own. Write "\'", "\\\\" or "".'
            )


def _decoded(stream: BinaryIO, declared: str | None) -> tuple[Encoding, _Check]:
    """Decode the file to its end by the encoding that it must have."""
    encoding = _encoding(stream.read(START), declared)
    try:
        return encoding, _Check(encoding).walk(stream)
    except SetAside as refusal:
        if encoding.source != "assumed" or not isinstance(refusal.__cause__, UnicodeDecodeError):
            raise
        other = _other(stream, refusal)
        return other, _Check(other).walk(stream)


def _encoding(start: bytes, declared: str | None) -> Encoding:
    marked = next((name for mark, name in BYTE_ORDER_MARKS if start.startswith(mark)), None)
    if declared is None:
        guess = (
            None
            if marked
            else encodings.utf16(start[: len(start) // 2 * 2] if len(start) == START else start)
        )
        if guess:
            return Encoding(guess, "told", "no byte order mark, but every other byte of its ASCII is NUL")
        return Encoding(marked, "mark", "its byte order mark") if marked else Encoding("utf-8", "assumed")
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=declared).close()  # refuses codecs that make no text
        canonical = codecs.lookup(declared).name
    except LookupError as error:
        raise FixSetup(
            f"read.encoding: {declared!r} is not an encoding. Write utf-8, cp1254, cp1252 ..."
        ) from error
    if marked is None:
        return Encoding(canonical, "declared", "as declared")
    if canonical.startswith(marked.removesuffix("-sig")):
        return Encoding(marked, "mark", "its byte order mark")
    # The mark is the file's own word and cannot stand in a file of another encoding.
    warning = f"the mapping declares {declared}, but the file's byte order mark says {marked}"
    return Encoding(marked, "mark", "its byte order mark", warning)


def _other(stream: BinaryIO, refusal: SetAside) -> Encoding:
    """Tell the encoding of a file that is not UTF-8, or leave its undecided bytes as they are where few cells hold any."""
    stream.seek(0)
    heads = list(islice(stream, encodings.HEADS))
    beyond = list(islice(encodings.beyond_ascii(_chunks(stream)), encodings.LINES_MAX))
    cause = refusal.__cause__
    cut_off = isinstance(cause, UnicodeDecodeError) and cause.reason == "unexpected end of data"
    if cut_off or sum(map(_is_utf8, beyond)) > MIXED * len(beyond):
        raise refusal
    told = encodings.tell(tuple(beyond), tuple(heads))
    if told.encoding:
        return Encoding(told.encoding, "told", told.why)
    if not told.candidates and _mostly_ascii(stream):
        warning = "some cells hold bytes that are text in no encoding (damaged before): they are shown as \\xe9 and not used; read.encoding overrides this"
        return Encoding("ascii", UNDECIDED, f"not UTF-8; {told.why}", warning)
    raise SetAside(
        f"{str(refusal).partition('. ')[0]}. What it is cannot be told for certain: {told.why}. "
        "Declare read.encoding in the mapping, or save it as CSV UTF-8."
    ) from cause


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    return iter(lambda: stream.read(CHUNK), b"")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _mostly_ascii(stream: BinaryIO) -> bool:
    """Tell whether the first line, which names the columns, and most of the others are plain ASCII."""
    stream.seek(0)
    lines = [line for line in stream.read(HEAD).replace(b"\r", b"\n").split(b"\n") if line.strip()]
    plain = [line.isascii() for line in lines]
    return bool(plain) and plain[0] and sum(plain) * 2 > len(plain)


def _head(stream: BinaryIO, encoding: Encoding) -> tuple[list[str], bool]:
    """Give the first whole lines, and whether there are more."""
    with io.TextIOWrapper(stream, encoding=encoding.name, errors=encoding.errors, newline="") as whole:
        text = whole.read(HEAD)
    lines = list(islice(io.StringIO(text, newline=""), HEAD_LINES + 1))
    cut = len(lines) > HEAD_LINES or len(text) == HEAD
    # The last line may be half a record.
    return (lines[:-1] if cut else lines), cut


class _Check:
    """One strict pass over the bytes, which knows the line that it has come to."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.line = 1
        self.open = 0  # characters since the last line end
        self.offset = 0  # bytes handed to the decoder
        self.ascii = True
        # Counts CR, LF and CRLF alike, also where a chunk ends between CR and LF.
        self.decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(encoding.name)(encoding.errors), translate=True
        )

    def walk(self, stream: BinaryIO) -> _Check:
        """Decode all of it."""
        for chunk in _chunks(stream):
            self._take(chunk)
        self._take(b"", final=True)
        return self

    def why(self) -> str:
        """Say why the assumed encoding is right."""
        return "every byte is ASCII" if self.ascii else "every byte of the file is valid UTF-8"

    def ends(self) -> str:
        """Name the row ends that were met."""
        met = self.decoder.newlines
        return " and ".join(ENDS[end] for end in ((met,) if isinstance(met, str) else met or ())) or "none"

    def _take(self, chunk: bytes, *, final: bool = False) -> None:
        self.offset += len(chunk)
        self.ascii = self.ascii and chunk.isascii()
        try:
            text = self.decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            raise self._undecodable(error, chunk) from error
        nul = text.find("\0")
        self._count(text if nul < 0 else text[:nul])
        if nul >= 0:
            raise SetAside(
                f"Line {self.line} holds a NUL character: the file is UTF-16 without a byte order mark, damaged, or no text. "
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
                "told": f"The file looks like {name}, but is not: {byte}. Declare read.encoding in the mapping, or save it as CSV UTF-8.",
            }[self.encoding.source]
        )

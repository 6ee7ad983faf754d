"""The first bytes of a file -> its format, whatever its name ends in; what is not read is named, with what to do.

Nothing inside is interpreted here beyond the directory of a zip or OLE container.
"""

from __future__ import annotations

import re
import struct
import zipfile
from typing import TYPE_CHECKING, BinaryIO

from sync.books.foreign import border
from sync.errors import SetAside
from sync.plainfile import opened

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "csv"
WORKBOOK = "xlsx"
RESAVE = "Open it and save it as .xlsx or as CSV UTF-8."

HEAD = 8192
MEMBERS_MAX = 10_000
INFLATED_MAX = 2_000_000_000
RATIO_MAX = 200  # of what is inflated to what is stored; a sheet of equal rows reaches 100
RATIO_FREE = 100_000_000  # below this many bytes no ratio does harm

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
SIGNATURES = (
    (b"\x09\x00", "an Excel 2 workbook (.xls)"),
    (b"\x09\x02", "an Excel 3 workbook (.xls)"),
    (b"\x09\x04", "an Excel 4 workbook (.xls)"),
    (b"\x09\x08", "an Excel 5 workbook (.xls)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a Rich Text document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
HTML = re.compile(rb"<(!doctype html|html|head|body|meta|table|style|script|div)\b", re.IGNORECASE)
XML_SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"

# What stands in a zip's list of content types, or in its `mimetype`.
PACKAGES = (
    (b"sheet.binary.", "a binary Excel workbook (.xlsb)"),
    (b"wordprocessingml", "a Word document"),
    (b"presentationml", "a presentation"),
    (b"opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"),
    (b"opendocument.", "an OpenDocument file"),
)
SPREADSHEETS = (
    b"spreadsheetml.sheet.main+xml",
    b".macroEnabled.main+xml",
    b"spreadsheetml.template.main+xml",
)

# Names of streams in an OLE container's directory.
STREAMS = (
    ("WordDocument", "a Word document (.doc)"),
    ("PowerPoint Document", "a presentation (.ppt)"),
    ("Workbook", "an old Excel workbook (.xls)"),
    ("Book", "an old Excel workbook (.xls)"),
)


def container(path: Path) -> str:
    """Tell `csv` from `xlsx` by content; anything else is set aside under its right name."""
    with opened(path) as stream:
        head = stream.read(HEAD)
        if not head:
            raise SetAside("The file is empty (0 bytes). Export it again.")
        if head.startswith(ZIP):
            return _zip(stream)
        if head.startswith(OLE):
            raise _ole(stream, head)
    return _text(head)


def _refusal(what: str, remedy: str = RESAVE) -> SetAside:
    return SetAside(f"This is {what}, which is not read here. {remedy}")


def _text(head: bytes) -> str:
    for start, what in SIGNATURES:
        if head.startswith(start):
            raise _refusal(what, "Take the file out of it." if "archive" in what else RESAVE)
    plain = head.replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n")
    if XML_SPREADSHEET in plain:
        raise _refusal("an XML Spreadsheet 2003 (.xml)")
    if HTML.match(plain):
        raise _refusal("a web page (HTML)")
    if plain.startswith(b"<?xml"):
        raise _refusal("an XML document")
    if plain.startswith((b'{"', b'[{"', b"[\n", b"{\n")):
        raise _refusal("a JSON document")
    return TEXT


def _ole(stream: BinaryIO, head: bytes) -> SetAside:
    shift, first = (
        struct.unpack_from("<H", head.ljust(HEAD), 30)[0],
        struct.unpack_from("<I", head.ljust(HEAD), 48)[0],
    )
    stream.seek((first + 1) << min(shift, 12))
    directory = stream.read(HEAD)
    if "EncryptedPackage".encode("utf-16-le") in directory:
        return SetAside(
            "The workbook is locked with a password. Open it, remove the password, and save it as .xlsx."
        )
    for name, what in STREAMS:
        if f"{name}\0".encode("utf-16-le") in directory:
            return _refusal(what)
    return _refusal("an OLE document of an old Office program")


def _zip(stream: BinaryIO) -> str:
    with border(), zipfile.ZipFile(stream) as archive:
        _within_bounds(archive)
        return _package(archive)


def _within_bounds(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
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


def _package(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    types = b"".join(_start(archive, name) for name in ("[Content_Types].xml", "mimetype") if name in names)
    if "xl/workbook.xml" in names or any(mark in types for mark in SPREADSHEETS):
        return WORKBOOK
    for mark, what in PACKAGES:
        if mark in types:
            raise _refusal(what)
    raise _refusal("a zip archive", "Take the file out of it.")


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(64 * 1024)

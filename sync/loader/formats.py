"""The first bytes of a file -> its format, whatever its name ends in; what is not read is named, with what to do.

Nothing inside is interpreted here beyond the directory of a zip or OLE container.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, BinaryIO

from sync.books.foreign import border
from sync.errors import SetAside
from sync.loader.zipguard import LOCKED, opened_zip
from sync.plainfile import opened

if TYPE_CHECKING:
    import zipfile
    from pathlib import Path

TEXT = "csv"
GZIP_FILE, ZIP_FILE = "gzip", "zip"
RESAVE = "Open it and save it as .xlsx or as CSV UTF-8."
TAKE_OUT = "Take the file out of it."

HEAD = 8192
LIST_MAX = 1_000_000  # bytes of a zip's list of content types

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
BIFF = re.compile(
    rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00"
)  # a workbook of Excel 2-5 that is no OLE document
SIGNATURES = (
    (GZIP, "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a Rich Text document"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\0\1\0\0Standard ", "an Access database"),
    (b"\0\0\x02\0\x06\x04", "a Lotus 1-2-3 workbook"),
    (b"\0\0\x1a\0", "a Lotus 1-2-3 workbook"),
    (b"ID;P", "a SYLK spreadsheet (.slk)"),
    (b"TABLE\r\n0,1\r\n", "a DIF spreadsheet"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
HTML = re.compile(
    rb"<(!doctype html|html|head|body|meta|table|style|script|div|center|font|title)\b", re.IGNORECASE
)
MAIL = re.compile(rb"(mime-version|from|content-type|subject|date):", re.IGNORECASE)
XML_SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
FLAT_ODS = (b"office:document", b"opendocument.spreadsheet")
WORKBOOK_NAMES = {".xls", ".xlsx", ".xlsm", ".xlsb", ".xlt", ".xltx", ".ods", ".fods"}

# What stands in a zip's list of content types, or in its `mimetype`.
PACKAGES = (
    (b"opendocument.spreadsheet", "ods", ""),
    (b"sheet.binary.", "xlsb", ""),
    (b"spreadsheetml.sheet.main+xml", "xlsx", ""),
    (b"excel.sheet.macroEnabled.main+xml", "xlsx", ""),
    (b"excel.template.macroEnabled.main+xml", "xlsx", ""),
    (b"spreadsheetml.template.main+xml", "xlsx", ""),
    (b"wordprocessingml", "", "a Word document"),
    (b"presentationml", "", "a presentation"),
    (b"opendocument.", "", "an OpenDocument file"),
)
LISTS = ("[content_types].xml", "mimetype", "meta-inf/manifest.xml")
PARTS = (("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsb"))
IWORK = (".iwa", "index.apxl", "index/tables")

# Names of streams in an OLE container's directory.
STREAMS = (
    ("WordDocument", "a Word document (.doc)"),
    ("PowerPoint Document", "a presentation (.ppt)"),
    ("__properties_version1.0", "an Outlook message (.msg)"),
)


def container(path: Path) -> str:
    """Tell `csv` and the kinds of workbook by content; anything else is set aside under its right name."""
    with opened(path) as stream:
        head = stream.read(HEAD)
        if not head:
            raise SetAside("The file is empty (0 bytes). Export it again.")
        if head.startswith(ZIP):
            kind = _in_zip(stream)
            if kind == ZIP_FILE:
                raise _refusal("a zip archive", TAKE_OUT)
            return kind
        if head.startswith(OLE):
            return _ole(stream, head)
    return _text(head, path)


def packed(path: Path) -> str | None:
    """Tell `gzip` and `zip`, out of which a stock file can be taken; a workbook is none, though it is a zip too."""
    with opened(path) as stream:
        head = stream.read(HEAD)
        if head.startswith(GZIP):
            return GZIP_FILE
        return ZIP_FILE if head.startswith(ZIP) and _in_zip(stream) == ZIP_FILE else None


def _in_zip(stream: BinaryIO) -> str:
    with opened_zip(stream) as archive, border():
        return _package(archive)


def _refusal(what: str, remedy: str = RESAVE) -> SetAside:
    return SetAside(f"This is {what}, which is not read here. {remedy}")


def _text(head: bytes, path: Path) -> str:
    if BIFF.match(head):
        return "xls"
    for start, what in SIGNATURES:
        if head.startswith(start):
            raise _refusal(what, TAKE_OUT if "archive" in what else RESAVE)
    if head[257:262] == b"ustar":
        raise _refusal("a tar archive", TAKE_OUT)
    plain = head.replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n")
    if plain.startswith(b"<"):
        return _markup(plain)
    if MAIL.match(plain) and b"multipart/" in plain:
        raise _refusal("a web archive (MHTML)")
    if plain.startswith((b'{"', b'[{"', b"[\n", b"{\n")):
        raise _refusal("a JSON document")
    if path.suffix.lower() in WORKBOOK_NAMES and not re.search(rb"[\t,;|]", plain):
        raise SetAside(
            f"This is text without any columns, though its name ends in {path.suffix}. Export it again."
        )
    return TEXT


def _markup(plain: bytes) -> str:
    """Tell what begins with a tag."""
    if XML_SPREADSHEET in plain:
        return "html" if HTML.match(plain) else "xml"
    if all(mark in plain for mark in FLAT_ODS):
        return "ods"
    if HTML.match(plain) or re.search(rb"<(html|table)\b", plain, re.IGNORECASE):
        return "html"
    if plain.startswith(b"<?xml"):
        raise _refusal("an XML document")
    return TEXT


def _ole(stream: BinaryIO, head: bytes) -> str:
    """Tell what an OLE container holds by the begin of its directory; what that does not say, the reader will."""
    shift, first = (
        struct.unpack_from("<H", head.ljust(HEAD), 30)[0],
        struct.unpack_from("<I", head.ljust(HEAD), 48)[0],
    )
    stream.seek((first + 1) << min(shift, 12))
    directory = stream.read(HEAD)
    if "EncryptedPackage".encode("utf-16-le") in directory:
        raise SetAside(LOCKED)
    for name, what in STREAMS:
        if name.encode("utf-16-le") in directory:
            raise _refusal(what)
    return "xls"


def _package(archive: zipfile.ZipFile) -> str:
    names = {name.replace("\\", "/").lstrip("/").casefold(): name for name in archive.namelist()}
    listed = b"".join(_start(archive, names[name]) for name in LISTS if name in names)
    if b"encryption-data" in listed:
        raise SetAside(LOCKED)
    for part, kind in PARTS:
        if part in names:
            return kind
    for mark, kind, what in PACKAGES:
        if mark in listed and kind:
            return kind
        if mark in listed:
            raise _refusal(what)
    if any(mark in name for name in names for mark in IWORK):
        raise _refusal("an Apple Numbers, Pages or Keynote document")
    return ZIP_FILE


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(LIST_MAX)

"""An OpenDocument spreadsheet (.ods, or flat .fods) -> its sheets, as a person sees them."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from sync.books.events import by_sheet
from sync.books.odsreader import Band, Reader
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, BinaryIO

    from sync.books.events import Event
    from sync.books.shapes import SheetContent

ZIP = b"PK"
MANIFEST, MANIFEST_MAX = "META-INF/manifest.xml", 1 << 22


def sheets(stream: BinaryIO) -> Iterator[SheetContent]:
    """Read all sheets, one after the other."""
    packed = stream.read(len(ZIP)) == ZIP
    stream.seek(0)
    if not packed:
        yield from by_sheet(_events(stream))
        return
    with zipfile.ZipFile(stream) as archive:
        _refuse_locked(archive)
        with archive.open("content.xml") as content:
            yield from by_sheet(_events(content))


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    manifest = b""
    if MANIFEST in names:
        with archive.open(MANIFEST) as part:
            manifest = part.read(MANIFEST_MAX)
    if b"encryption-data" in manifest or "encrypted-package" in names:
        raise SetAside(
            "The workbook is locked with a password. Open it, remove the password, and save it as .ods or .xlsx."
        )


def _events(content: IO[bytes]) -> Iterator[Event]:
    reader = Reader()
    for found in reader.read(content):
        if isinstance(found, Band):
            yield from found.rows()
        else:
            yield found
    if not reader.is_spreadsheet:
        raise SetAside("This OpenDocument file is no spreadsheet. Save the stock list as .ods or .xlsx.")

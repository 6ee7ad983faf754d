"""The border around zip and XML: whatever they raise over a damaged workbook leaves as SetAside."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING
from xml.parsers import expat

from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterator

DAMAGED = "The workbook is damaged or cut off ({}). Copy it here again; if that does not help, open it and save it anew."

FOREIGN = (
    EOFError,
    LookupError,  # a part, a shared text or a style that is not there
    NotImplementedError,  # a way of packing that zipfile does not know
    OSError,
    RuntimeError,  # a part that is locked with a password
    SyntaxError,  # ParseError of the XML library
    ValueError,  # numbers that are none, text that cannot be decoded
    expat.ExpatError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def border() -> Iterator[None]:
    """Translate what the libraries raise; hold as little of our own code in here as can be."""
    try:
        yield
    except FOREIGN as error:
        words = " ".join(str(error).split())[:160].strip(" .\"'") or type(error).__name__
        raise SetAside(DAMAGED.format(words)) from error

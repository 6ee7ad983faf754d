"""The bytes of a web page -> the encoding that it is certainly written in; what cannot be told is refused.

A page says its encoding near its start, and is often wrong: bytes that are UTF-8 throughout are believed before it.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from sync.errors import SetAside

if TYPE_CHECKING:
    from typing import BinaryIO

HEAD = 8192  # a browser looks no further
CHUNK = 1 << 16
DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
LANGUAGE = re.compile(rb"""<html\b[^>]*?\slang\s*=\s*["']?\s*([a-z]{2})\b""", re.IGNORECASE)
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# What browsers take these names for; Python is stricter.
WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
}
SINGLE_BYTES = ("cp1", "cp4", "cp7", "cp8", "iso8859", "koi8", "mac")
SEVERAL_BYTES = ("cp9", "gb", "big5", "euc", "shift_jis")
SEVEN_BITS = ("iso2022", "hz")
BY_LANGUAGE = {
    "tr": "cp1254",
    **dict.fromkeys(
        ("ca", "da", "de", "en", "es", "fi", "fr", "is", "it", "nb", "nl", "nn", "no", "pt", "sv"), "cp1252"
    ),
}


def encoding_of(stream: BinaryIO) -> str:
    """Name the encoding of a page, which is read to its end for it."""
    stream.seek(0)
    head = stream.read(HEAD)
    marked = next((encoding for start, encoding in BOMS if head.startswith(start)), None)
    if marked:
        return marked
    said = _declared(head) or _of_language(head)
    if said.startswith(SEVEN_BITS):
        return said
    fitting = [
        encoding for encoding in dict.fromkeys(("utf-8", said)) if encoding and _decodes(stream, encoding)
    ]
    # Bytes that are UTF-8 throughout are no text of single bytes; of several bytes they may be.
    if fitting and not (
        len(fitting) > 1 and said.startswith(SEVERAL_BYTES) and not _decodes(stream, "ascii")
    ):
        return fitting[0]
    raise SetAside(_cannot_tell(fitting, said))


def known(name: str) -> str:
    """Name an encoding of text as Python does, "" where there is none of that name."""
    try:
        found = codecs.lookup(name.removeprefix("x-")).name
    except LookupError:
        return ""
    wider = WIDER.get(found, found)
    return wider if wider.startswith((*SINGLE_BYTES, *SEVERAL_BYTES, *SEVEN_BITS, "utf-8", "utf-16")) else ""


def _declared(head: bytes) -> str:
    found = DECLARED.search(head)
    name = known(found[1].decode("ascii")) if found else ""
    return "utf-8" if name.startswith("utf-16") else name  # that it can be read so says that it is not


def _of_language(head: bytes) -> str:
    found = LANGUAGE.search(head)
    return BY_LANGUAGE.get(found[1].decode("ascii").lower(), "") if found else ""


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    stream.seek(0)
    try:
        for chunk in iter(lambda: stream.read(CHUNK), b""):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _cannot_tell(fitting: list[str], said: str) -> str:
    if fitting:
        why = f"Its bytes may be {' or '.join(fitting)}."
    elif said:
        why = f"It should be in {said}, and is not."
    else:
        why = "It does not say so, and is not UTF-8."
    return (
        f"The encoding of the web page cannot be told. {why} Export it anew as UTF-8 or .xlsx, or name its encoding "
        "in the mapping (read: encoding)."
    )

"""Encodings: declared, marked, or UTF-8 to the last byte; else the byte that does not fit is named."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest

from sync import loader
from sync.errors import FixSetup, SetAside
from sync.loader import detect
from sync.rows import ReadHints

if TYPE_CHECKING:
    from pathlib import Path


def file(folder: Path, content: bytes) -> Path:
    path = folder / "stock.csv"
    path.write_bytes(content)
    return path


def refusal(folder: Path, content: bytes, encoding: str | None = None) -> str:
    with pytest.raises(SetAside) as caught:
        loader.read(file(folder, content), ReadHints(encoding=encoding))
    return str(caught.value)


def test_what_is_not_utf8_is_told_with_byte_offset_and_line(tmp_path: Path) -> None:
    """IN17: one byte of an 8-bit encoding in the last line is found, wherever the file is sent to."""
    content = "kod\nŞ1\r\n\r".encode() + b"\xc7ANTA\n"
    assert refusal(tmp_path, content) == (
        "The file is not UTF-8: byte 0xC7 at offset 10 (line 4). "
        "Declare read.encoding in the mapping, or save it as CSV UTF-8."
    )


@pytest.mark.parametrize("before", [0, 1, detect.CHUNK - 1, detect.CHUNK, 2 * detect.CHUNK - 1])
@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_offset_and_line_hold_across_chunks(tmp_path: Path, before: int, line_end: str) -> None:
    """Whatever stands at the seam between two chunks (CR and LF, half a character), the place is right."""
    line = "ş" * 30 + line_end
    lines, rest = divmod(before, len(line.encode()))
    content = (line * lines).encode() + b"x" * rest + line_end.encode()
    assert f"byte 0xFF at offset {len(content)} (line {lines + 2})" in refusal(tmp_path, content + b"\xff")


def test_a_character_that_is_cut_off_is_told(tmp_path: Path) -> None:
    """A file that ends inside a character is not read as if it ended before it."""
    assert "byte 0xC5 at offset 4 (line 2)" in refusal(tmp_path, "a,b\nŞ".encode()[:-1])


def test_a_declared_encoding_is_strict(tmp_path: Path) -> None:
    """A byte that the declared encoding does not know is not replaced by anything."""
    assert refusal(tmp_path, b"a,b\n1,\x81\n", "cp1252").startswith(
        "The file is not cp1252, as the mapping declares: byte 0x81 at offset 6 (line 2)."
    )


def test_a_byte_order_mark_that_lies_is_told(tmp_path: Path) -> None:
    """UTF-16 with half a character at its end is refused with the place."""
    content = "a,b\n".encode("utf-16") + b"x"
    assert refusal(tmp_path, content).startswith(
        "The file's byte order mark says utf-16, but it is not: byte 0x78 at offset 10 (line 2)."
    )


def test_a_byte_order_mark_wins_over_the_mapping_and_is_told(tmp_path: Path) -> None:
    """A sender that changes to UTF-8 with a mark does not turn every umlaut into two letters."""
    table = loader.read(file(tmp_path, codecs.BOM_UTF8 + "Ürün\n".encode()), ReadHints(encoding="cp1254"))
    assert (table.header, table.read_as.encoding) == (("Ürün",), "utf-8-sig")
    assert table.warnings == ("the mapping declares cp1254, but the file's byte order mark says utf-8-sig",)


@pytest.mark.parametrize(("declared", "encoding"), [("UTF8", "utf-8-sig"), ("utf-16-le", "utf-16-le")])
def test_a_declared_encoding_of_the_same_family_as_the_mark_is_no_contradiction(
    tmp_path: Path, declared: str, encoding: str
) -> None:
    """`utf-8` and `utf-16-le` are true of files that have a mark, and the mark is no part of the header."""
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else b""
    table = loader.read(file(tmp_path, mark + "a,b\n".encode(encoding)), ReadHints(encoding=declared))
    assert (table.header, table.warnings) == (("a", "b"), ())


@pytest.mark.parametrize("content", [b"a,b\n1,\x00\n", b"a,b\n1,2\n" + bytes(40), b"\0a\0,\0\n1,2\n3\0\0"])
def test_a_nul_sets_the_file_aside(tmp_path: Path, content: bytes) -> None:
    """NULs that are not one side of UTF-16 never become cells."""
    assert "holds a NUL character: the file is UTF-16 without a byte order mark" in refusal(tmp_path, content)


@pytest.mark.parametrize("encoding", ["latin-5-tr", "rot13", "hex"])
def test_an_encoding_that_is_none_is_a_mistake_of_the_mapping(tmp_path: Path, encoding: str) -> None:
    """A name that Python does not know, or that is no encoding of text, is told as such."""
    with pytest.raises(FixSetup, match="is not an encoding"):
        loader.read(file(tmp_path, b"a,b\n"), ReadHints(encoding=encoding))

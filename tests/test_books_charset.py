"""The encoding of a web page: told with certainty, or refused."""

from __future__ import annotations

from io import BytesIO

import pytest

from sync.books import charset
from sync.books import html as reader
from sync.errors import SetAside
from tests.bookmakers import read
from tests.bookmakers.html import page

META = "<meta http-equiv=Content-Type content='text/html; charset={}'>"
TURKISH = "Ürün Adı: ŞİŞE ğüşıöç"
WESTERN = "Größe Äpfel €"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (page(TURKISH, "", "utf-8-sig"), "utf-8-sig"),
        (page(TURKISH, "", "utf-16"), "utf-16"),
        (page(TURKISH, "", "utf-16-be"), "utf-16-be"),
        (page(TURKISH, ""), "utf-8"),
        (page("plain", ""), "utf-8"),
        (page(TURKISH, META.format("utf-8")), "utf-8"),
        (page(TURKISH, "<META CHARSET=UTF-8>"), "utf-8"),
        (page(TURKISH, META.format("iso-8859-9")), "utf-8"),
        (page(TURKISH, META.format("iso-8859-9"), "cp1254"), "cp1254"),
        (page(TURKISH, META.format("windows-1254"), "cp1254"), "cp1254"),
        (page(WESTERN, META.format("iso-8859-1"), "cp1252"), "cp1252"),
        (page("остатки", META.format("koi8-r"), "koi8-r"), "koi8-r"),
        (page("остатки", META.format("windows-1251"), "cp1251"), "cp1251"),
        (page("在庫数量", META.format("shift_jis"), "cp932"), "cp932"),
        (page("在庫数量", META.format("x-sjis"), "cp932"), "cp932"),
        (page("在庫数量", META.format("iso-2022-jp"), "iso2022_jp"), "iso2022_jp"),
        (page("库存数量", META.format("gb2312"), "gbk"), "gb18030"),
        (page("재고", META.format("ks_c_5601-1987"), "cp949"), "cp949"),
        (page(WESTERN, META.format("utf-16")), "utf-8"),
        (page("plain", META.format("gb2312")), "utf-8"),
        (page(TURKISH, "", "cp1254").replace(b"<html", b"<html lang=tr-TR"), "cp1254"),
        (page(WESTERN, "", "cp1252").replace(b"<html", b'<html xmlns="x" lang="de"'), "cp1252"),
    ],
)
def test_encodings_that_are_certain(content: bytes, expected: str) -> None:
    """IN17: a mark at the start, bytes that are UTF-8 throughout, what the page says, else its language."""
    assert charset.encoding_of(BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (page(TURKISH, "", "cp1254"), "does not say so"),
        (page(TURKISH, META.format("utf-8"), "cp1254"), "should be in utf-8, and is not"),
        (page(TURKISH, META.format("unknown-9"), "cp1254"), "does not say so"),
        (page(TURKISH, META.format("rot13"), "cp1254"), "does not say so"),
        (page("\x81", META.format("windows-1252"), "latin-1"), "should be in cp1252, and is not"),
        (page("ÃÃ", META.format("gbk")), "utf-8 or gb18030"),
        (page("остатки", "", "cp1251").replace(b"<html", b"<html lang=ru"), "does not say so"),
    ],
)
def test_encodings_that_cannot_be_told_are_refused(content: bytes, words: str) -> None:
    """IN17: no page is guessed into wrong characters."""
    with pytest.raises(SetAside, match=words):
        charset.encoding_of(BytesIO(content))


def test_a_page_is_read_in_the_encoding_that_it_has() -> None:
    """The cells of a page in an old encoding come out right, over the borders of pieces too."""
    rows = "".join(f"<tr><td>{at} {TURKISH}</td></tr>" for at in range(5000))
    made = page(f"<table>{rows}</table>", META.format("windows-1254"), "cp1254")
    assert read("html", made)[0].texts == [[f"{at} {TURKISH}"] for at in range(5000)]


def test_the_mapping_may_name_the_encoding() -> None:
    """What a person says goes before everything else; a name that is none is refused."""
    made = page(f"<table><td>{TURKISH}</table>", "", "cp1254")
    (found,) = reader.sheets(BytesIO(made), "windows-1254")
    assert [cell.text for row in found.rows for cell in row.cells] == [TURKISH]
    with pytest.raises(SetAside, match="no encoding 'klingon'"):
        list(reader.sheets(BytesIO(made), "klingon"))

"""The encoding of a file that is not UTF-8 is told by its words, only where it is certain; else it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import loader
from sync.errors import SetAside
from sync.loader import encodings
from sync.rows import ReadHints
from tests.test_loader import rows_of

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "French": "Référence;Désignation;Quantité\nA1;Pièce de rechange;5\nA2;Câble électrique;3\nA3;Crème à raser;3\n",
    "German": "Artikel;Größe;Menge\nA1;Möbelfuß grün;5\nA2;Hülse 12 mm;3\n",
    "Turkish": "Depo Adı;Ürün Kodu;Açıklama;Miktar\nMerkez;A1;KIRMIZI IŞIK ÇANTA;5\nŞube;A2;Gümüş kağıt;3\n",
    "Spanish": "Código;Descripción;Existencia\nA1;Niño tamaño pequeño;5\nA2;Caña;2\n",
    "Portuguese": "Código;Descrição;Qtde\nA1;Mão francesa;5\nA2;Algodão;2\n",
    "Italian": "Codice;Descrizione;Quantità\nA1;Caffè, il più forte;5\n",
    "Danish": "Varenr;Beskrivelse;Antal\nA1;Rød størrelse 4;5\nA2;Blå måtte;3\n",
    "Polish": "Kod;Nazwa;Ilość\nA1;Łożysko kulkowe;5\nA2;Śruba żółta;4\n",
    "Czech": "Kód;Název;Množství\nA1;Křeslo žluté;5\nA2;Příslušenství;4\n",
    "Hungarian": "Cikkszám;Megnevezés;Készlet\nA1;Szűrő betét;5\nA2;Fűtő elem külső;4\n",
    "Lithuanian": "Kodas;Pavadinimas;Kiekis\nA1;Žalia dėžė;5\nA2;Juoda spynelė, ąžuolas;4\n",
    "Russian": "Склад;Номенклатура;Остаток\nОсновной;Фильтр масляный;5\nОсновной;Свеча зажигания;4\n",
    "Capitals": "СКЛАД;ТОВАР;КОЛИЧЕСТВО\nА1;ФИЛЬТР ВОЗДУШНЫЙ;5\n",
    "Ukrainian": "Назва;Кількість\nЇжак великий;5\nЩітка;3\n",
    "Greek": "Κωδικός;Περιγραφή;Ποσότητα\nΑ1;Λευκό χαρτί;5\n",
    "Japanese": "商品番号,商品名称,在庫数\nP001,醤油 1L,50\nP002,みそ,30\nP003,ラーメン,2\n",
    "Chinese": "物料编码,物料名称,库存数量,仓库\nM1,螺丝,5,主仓\nM2,钢板,9,二号仓\n",
    "Taiwanese": "料號,品名,庫存數量,倉庫\nM1,螺絲,5,主倉\nM2,鋼板,9,二號倉\n",
    "Korean": "품목코드,품목명,재고수량,창고\nA1,볼트,5,본사창고\nA2,너트 육각,7,부산창고\n",
    "signs": "code;temp\nA;25°C\nB;12 m²\n",
    "money": "name;price\nA;£ 1,80\nB;£ 9000,50\n",
    "one word": "sku\tqty\nGröße-42\t17\n",
}
ENCODINGS = {
    "cp1252": [
        "French",
        "German",
        "Spanish",
        "Portuguese",
        "Italian",
        "Danish",
        "signs",
        "money",
        "one word",
    ],
    "cp850": ["French", "German", "Spanish", "Portuguese", "Danish"],
    "mac-roman": ["French", "German", "Spanish"],
    "cp1254": ["Turkish"],
    "cp857": ["Turkish"],
    "cp1250": ["Polish", "Czech", "Hungarian"],
    "iso8859-2": ["Polish", "Czech", "Hungarian"],
    "cp852": ["Polish", "Czech", "Hungarian"],
    "cp1257": ["Lithuanian"],
    "cp1251": ["Russian", "Capitals", "Ukrainian"],
    "koi8-r": ["Russian", "Capitals"],
    "cp866": ["Russian", "Capitals"],
    "iso8859-5": ["Russian"],
    "koi8-u": ["Ukrainian"],
    "cp1253": ["Greek"],
    "cp737": ["Greek"],
    "cp932": ["Japanese"],
    "euc_jp": ["Japanese"],
    "gb18030": ["Chinese"],
    "cp950": ["Taiwanese"],
    "cp949": ["Korean"],
}


def file(folder: Path, content: bytes) -> Path:
    (folder / "stock.csv").write_bytes(content)
    return folder / "stock.csv"


def cells(path: Path) -> list[tuple[str, ...]]:
    table = loader.read(path, ReadHints(header_rows=(1,)))
    return [table.header, *(row for _, row in rows_of(table))]


@pytest.mark.parametrize(
    ("encoding", "name"), [(e, name) for e, names in ENCODINGS.items() for name in names]
)
def test_every_letter_comes_through(tmp_path: Path, encoding: str, name: str) -> None:
    """Whatever the encoding, the table is that of the text; the evidence is there."""
    text = TEXTS[name]
    (tmp_path / "utf8").mkdir()
    wanted = cells(file(tmp_path / "utf8", text.encode()))
    path = file(tmp_path, text.encode(encoding))
    assert cells(path) == wanted
    assert "not UTF-8" in loader.read(path, ReadHints()).read_as.evidence["encoding"]


def test_known_words_are_the_evidence(tmp_path: Path) -> None:
    """The six Turkish letters in Turkish words tell cp1254 from cp1252."""
    read_as = loader.read(file(tmp_path, TEXTS["Turkish"].encode("cp1254")), ReadHints()).read_as
    assert read_as.encoding == "cp1254"
    assert "are words of Turkish" in read_as.evidence["encoding"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["German", "Turkish", "Russian"])
def test_utf16_without_a_mark_is_told_by_its_nuls(tmp_path: Path, encoding: str, name: str) -> None:
    """The NULs of its ASCII letters stand on one side of each pair of bytes."""
    table = loader.read(file(tmp_path, TEXTS[name].encode(encoding)), ReadHints())
    assert (table.read_as.encoding, table.header) == (encoding, tuple(TEXTS[name].split("\n")[0].split(";")))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no;name\n1;x\xfe\xfd\n2;y\xd0\n3;z\xf0\n", "Declare read.encoding in the mapping"),
        (b"no;name\n1;part_\xff\xff_a\n2;b\n", "cp1252: `part_ÿÿ_a`; cp1251: `part_яя_a`"),
        ("שם;כמות;מחסן\nמלאי;5;א\n".encode("cp1255"), "Declare read.encoding"),
        ("الاسم;الكمية\nمخزون;5\n".encode("cp1256"), "Declare read.encoding"),
        ("ชื่อ;จำนวน\nสินค้า;5\n".encode("cp874"), "Declare read.encoding"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_asked_for(tmp_path: Path, content: bytes, words: str) -> None:
    """The candidates are named, with how each would show the first words that differ; nothing is decoded on trust."""
    with pytest.raises(SetAside) as caught:
        loader.read(file(tmp_path, content), ReadHints())
    assert words in str(caught.value)


def test_a_file_of_two_encodings_is_not_read(tmp_path: Path) -> None:
    """Lines of UTF-8 among others would come out as `Ã¼`: the byte that does not fit is told instead."""
    content = "Ürün;Adet\nGümüş;1\n".encode() + "Kağıt;2\n".encode("cp1254")
    with pytest.raises(SetAside, match="The file is not UTF-8: byte 0xF0 at offset"):
        loader.read(file(tmp_path, content), ReadHints())


def test_what_fits_only_the_lines_looked_at_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte of the file must be text in the encoding that some of it was told by."""
    monkeypatch.setattr(encodings, "LINES_MAX", 2)
    content = "Código;Descripción\nA;Niño tamaño\n".encode("cp1252") + b"B;\x81\n"
    with pytest.raises(SetAside, match="looks like cp1252, but is not: byte 0x81"):
        loader.read(file(tmp_path, content), ReadHints())


@settings(deadline=None, max_examples=100)
@given(st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=6))
def test_no_replacement_character_ever(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    """Law: any bytes end in text that gives the same bytes again, or in words."""
    path = file(tmp_path_factory.mktemp("law"), b"sku;qty\n" + b"\n".join(lines))
    try:
        table = loader.read(path, ReadHints(header_rows=(1,), quote="", delimiter=";"))
        texts = [cell for _, row in rows_of(table) for cell in row]
    except SetAside:
        return
    assert not [text for text in texts if "\ufffd" in text]


@pytest.mark.parametrize(
    ("letter", "encoding"), [("ş", "cp1254"), ("ł", "cp1250"), ("ž", "cp1257"), ("é", "cp1252")]
)
def test_one_letter_in_a_code_proves_nothing(tmp_path: Path, letter: str, encoding: str) -> None:
    """A short file whose only letter beyond ASCII could be several: it is asked for, never guessed."""
    path = tmp_path / "stock.csv"
    path.write_bytes(f"loc,sku,qty\nA,X{letter}1,5\nA,B2,7\n".encode(encoding))
    with pytest.raises(SetAside, match=r"read\.encoding"):
        loader.read(path, ReadHints())

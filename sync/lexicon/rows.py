"""Words that stand in the cells of stock files: of totals lines, and where a number is meant to be."""

from __future__ import annotations

from functools import cache

from sync.lexicon.folding import fold, words
from sync.lexicon.vocabulary import vocabulary

TOTALS = (
    "total, totals, grand total, sub total, subtotal, sum, overall total, report total, page total, summe, gesamt, gesamtsumme,"
    " zwischensumme, endsumme, insgesamt, totaal, subtotaal, eindtotaal, totalt, totalsum, delsumma, yhteensa, summa, total general,"
    " total geral, suma, suma total, totales, total generale, totale, totali, totale generale, subtotale, somme, sous total, total general,"
    " toplam, genel toplam, ara toplam, itogo, итого, всего, общий итог, итог, итого по складу, разом, всього, усього, підсумок, razem, ogolem,"
    " lacznie, suma koncowa, celkem, spolu, sucet, ukupno, sveukupno, skupaj, общо, osszesen, mindosszesen, συνολο, γενικο συνολο, iš viso, kopa,"
    " kokku, 合计, 合計, 总计, 總計, 小计, 小計, 総計, 合 計, 총계, 합계, 소계, jumlah, jumlah total, total keseluruhan, tong, tong cong, รวม, รวมทั้งหมด,"
    " المجموع, الإجمالي, مجموع, إجمالي, סהכ, סה כ, جمع کل, कुल, कुल योग, total stock value, gran total, total del almacen, total warehouse"
)
BLANKS = (
    "-, --, ---, –, —, n/a, na, n.a., none, null, nil value, ?, unknown, not stocked, not counted, yok, boş, leer, k.a., keine angabe, nicht"
    " vorhanden, sin dato, s/d, n/d, nd, нет данных, не указано, brak, brak danych, 无, 無, なし, 없음, tidak ada, #n/a, ., .."
)
ZEROS = "nil, zero, ноль, нуль, cero, null bestand, nulla, sıfır, zéro, ゼロ, 零, 영, nol, kosong, esgotado, agotado, out of stock, rupture"


@cache
def _listed(text: str) -> frozenset[str]:
    return frozenset(" ".join(words(entry)) or fold(entry).strip() for entry in text.split(","))


def is_total(cell: str) -> bool:
    """Tell whether a cell says that its row is a total: nothing but a word for it, perhaps with a colon or a number."""
    found = [word for word in words(cell) if not word.isdecimal()]
    return bool(found) and " ".join(found) in _listed(TOTALS)


def says_blank(cell: str) -> bool:
    """Tell whether a cell holds a word or sign for "nothing stands here"."""
    return _plain(cell) in _listed(BLANKS)


def says_zero(cell: str) -> bool:
    """Tell whether a cell holds a word for none at all."""
    return _plain(cell) in _listed(ZEROS)


def is_heading(cell: str) -> bool:
    """Tell whether all words of a cell are words of headers."""
    found = [word for word in words(cell) if not word.isdecimal()]
    return bool(found) and all(word in vocabulary().phrases for word in found)


def _plain(cell: str) -> str:
    return " ".join(words(cell)) or fold(cell).strip()

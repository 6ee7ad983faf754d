"""The words that mark a line as a total, in many languages: `Grand total`, `Ara Toplam`, `Итого:`, `合 计`.

Pure data and look-up. `is_total` speaks of a cell that holds nothing but such a word; `group` of one that names what was
added up as well, as `Total Warehouse A` does, and as the product `TOTAL QUARTZ 5W40` seems to: that needs proof.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# In words, as they are written; compared without case, spaces and punctuation.
_SPACED = """
total, totals, grand total, grand totals, subtotal, subtotals, overall total, sum total, total sum, page total, report total, group total,
total stock, stock total, total quantity, total qty, total units, total items, total amount, total pcs, total pieces, total value,
inventory total, total inventory, total on hand, sum,
toplam, genel toplam, ara toplam, alt toplam, toplamlar, toplam adet, toplam miktar, toplam stok, yekun, yekûn, genel yekun,
итого, всего, итог, итоги, общий итог, подытог, промежуточный итог, промежуточные итоги, сумма, общая сумма, всего итого,
разом, всього, усього, підсумок, загалом, проміжний підсумок, загальний підсумок, общо, всичко, междинна сума, обща сума,
укупно, свеукупно, ukupno, sveukupno, zbroj, međuzbroj, skupaj, vsota,
summe, summen, gesamt, gesamtsumme, zwischensumme, insgesamt, endsumme, gesamtergebnis, teilergebnis, gesamtbestand, gesamtmenge,
total général, total general, totaux, sous total, total global, somme, total cumulé, total partiel,
totale, totali, totale generale, totale complessivo, totale parziale, subtotale, somma,
totales, gran total, total parcial, suma, suma total, subtotales, total geral, totais, soma, subtotais, soma total, suma parcial,
totaal, totalen, eindtotaal, subtotaal, algemeen totaal, totaal generaal, som,
razem, ogółem, łącznie, suma końcowa, suma częściowa, suma ogółem, podsumowanie,
celkem, součet, mezisoučet, celkový součet, spolu, celkom, súčet, medzisúčet, celkový súčet,
összesen, mindösszesen, végösszeg, részösszeg, összesítés, total sumă, sumă, sumă totală,
summa, totalt, delsumma, totalsumma, slutsumma, i alt, ialt, hovedtotal, totalsum, delsum, sum totalt,
yhteensä, välisumma, loppusumma, kaikki yhteensä, iš viso, viso, kopā, pavisam, kokku,
σύνολο, γενικό σύνολο, μερικό σύνολο, σύνολα, υποσύνολο, άθροισμα,
jumlah, jumlah total, jumlah keseluruhan, jumlah besar, sub jumlah, total keseluruhan, tổng, tổng cộng, tổng số, cộng,
المجموع, الإجمالي, الاجمالي, إجمالي, مجموع, المجموع الكلي, المجموع الفرعي, جمع, جمع کل, סה"כ, סך הכל, סך הכול, कुल, कुल योग, योग
"""
# Written without spaces, so that a group's name may stand right before them.
_UNSPACED = """
合计, 小计, 总计, 共计, 总和, 汇总, 累计, 本页合计, 合計, 小計, 總計, 共計, 総計, 総合計, 中計, 累計, 계, 計, 합계, 총계, 소계, 총합계, 총합, 누계,
รวม, รวมทั้งหมด, ยอดรวม, รวมทั้งสิ้น
"""
_CONNECTORS = """
for of in at по за для für fur von de du des da do di del della dei per voor van pour w na için
"""
_BETWEEN = frozenset(_CONNECTORS.split())
_LONGEST = 100  # characters of a cell that may name a total
_MOST_WORDS = 3
_DIGIT = re.compile(r"[0-9]")


def _fold(text: str) -> str:
    """Leave letters, marks and digits only, without case."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum() or unicodedata.category(sign)[0] == "M")


def _words(listed: str) -> frozenset[str]:
    return frozenset(_fold(word) for word in listed.split(","))


WORDS = _words(_SPACED)
ENDINGS = _words(_UNSPACED)
# For a first look at many texts at once (RE2): what holds none of these names no total, but for spaced or full-width letters.
FIRST_LOOK = "(?i)" + "|".join(
    sorted(
        {
            *(
                "total",
                "toplam",
                "totaal",
                "totai",
                "tota(le|li|ux)",
                "yek[uû]n",
                "итог",
                "всего",
                "сумма",
                "сума",
            ),
            *(
                "подыт",
                "podsum",
                "разом",
                "всього",
                "усього",
                "підсум",
                "загал",
                "общо",
                "всичко",
                "укупно",
                "ukupno",
                "zbroj",
            ),
            *(
                "skupaj",
                "vsota",
                "summ",
                "gesamt",
                "insgesamt",
                "ergebnis",
                "som",
                "sum",
            ),
            *("soma", "razem", "ogó?łem", "łącznie", "celk(em|om)", "celkový", "sou?čet", "súčet", "spolu"),
            *("össze", "összeg", "végössz", "delsum", "\\bi ?alt", "yhteensä", "summa", "viso", "kopā"),
            *("pavisam", "kokku", "σύνολ", "συνολ", "άθροισμα", "αθροισμα", "jumlah", "tổng", "cộng", "جمال"),
            *("جمع", "مجموع", "סה", "סך", "कुल", "योग", "计", "計", "总", "汇", "계", "합", "รวม"),
        }
    )
)


def is_total(text: str) -> bool:
    """Tell whether a cell holds nothing but a word for a total; signs around it do not count."""
    return len(text) <= _LONGEST and not _DIGIT.search(text) and _known(_fold(text))


def _known(folded: str) -> bool:
    return folded in WORDS or folded in ENDINGS


def group(text: str) -> str | None:
    """Give what a cell says it is the total of, as `Warehouse A` in `Total for Warehouse A`; None where it does not.

    The name is folded by `name`, to be compared with other cells.
    """
    if len(text) > _LONGEST:
        return None
    words = [word for word in re.split(r"[\s:\uff1a]+", text.strip()) if _fold(word)]
    for many in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        if _known(_fold("".join(words[:many]))):
            return _name(words[many:])
        if _known(_fold("".join(words[-many:]))):
            return _name(words[:-many])
    folded = _fold(text)
    ending = max((word for word in ENDINGS if folded.endswith(word)), key=len, default="")
    return folded.removesuffix(ending) or None if ending else None


def _name(words: list[str]) -> str | None:
    while len(words) > 1 and words[0].casefold() in _BETWEEN:
        words = words[1:]
    return name(" ".join(words)) or None


@lru_cache(maxsize=1024)
def name(text: str) -> str:
    """Fold a cell that may name a group."""
    return _fold(text)

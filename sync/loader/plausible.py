"""Decoded text -> whether people write so: one script a word, letters of one language, signs where signs stand.

A wrong encoding gives words that no language has (`Üriŝn`), letters in the wrong case (`кОД`), signs inside words (`Gr÷▀e`).
"""

# ruff: noqa: RUF001 - letters of other languages are what this is about
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from sync.loader.alphabets import AFTER_LETTERS, ANYWHERE, BETWEEN_LETTERS, FREQUENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sync.loader.alphabets import Language

ODD = 0.02  # of the words may be odd: names, misprints
SOME = 10  # words, among which one may be
ONE_LANGUAGE = 0.9  # of the words belong to the language that has most of them
LONG_ENOUGH = 12  # letters, to compare how frequent each is
RARER = -5.4  # bits a letter; text of the language itself is at about -4.5
CONSONANTS = 5  # in a row are too many
LETTER = r"[^\W\d_ªº²³¹¼½¾ˆ]"
TOKEN = re.compile(rf"(?<![a-zA-Z])[a-zA-Z]*+(?![\x00-\x7f]){LETTER}+|[^\x00-\x7f]")
VOWELS = frozenset("aeiouyæøœıå")


class Verdict(NamedTuple):
    """Whether a text is plausible; if not, an odd word of it; and the words that are known."""

    plausible: bool
    odd: str = ""
    words: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


def judge(text: str, languages: Sequence[Language]) -> Verdict:
    """Judge a text that should be of one of these languages by what stands in it beyond ASCII."""
    tokens = {_token(text, found) for found in TOKEN.finditer(text)}
    words = frozenset(word for _, word, _ in tokens if len(word) > 1)
    odd = sorted({word for before, word, after in tokens if _odd(before, word, after, languages)})
    if len(odd) > max(ODD * len(tokens), len(tokens) >= SOME):
        return Verdict(plausible=False, odd=odd[0], words=words)
    folded = {word.lower() for word in words}
    if not _of_one_language(folded, languages) or (fit(text) or 0) < RARER:
        return Verdict(plausible=False, odd=max(words, default=""), words=words)
    return Verdict(plausible=True, words=words, known=known(words, languages))


def known(words: Iterable[str], languages: Sequence[Language]) -> frozenset[str]:
    """Find the words that are everyday words of one of these languages."""
    return frozenset(word for word in words if any(_plain(word) in language.words for language in languages))


def _plain(word: str) -> str:
    return word.replace("İ", "i").replace("I", "ı").lower() if set(word) & set("İıŞşĞğ") else word.lower()


def _token(text: str, found: re.Match[str]) -> tuple[str, str, str]:
    start, end = found.span()
    return text[start - 1 : start], found[0], text[end : end + 1]


def _odd(before: str, word: str, after: str, languages: Sequence[Language]) -> bool:
    if len(word) == 1:
        return not (
            _odd_sign_fits(before, word, after)
            if not word.isalpha()
            else _single(before, word, after, languages)
        )
    return not _cased(word) or not any(_has(language, word) for language in languages) or _unspeakable(word)


def _odd_sign_fits(before: str, sign: str, after: str) -> bool:
    """Tell whether a sign may stand where it stands."""
    if sign not in ANYWHERE:
        return unicodedata.category(sign) in {"Mn", "Mc"}
    if before.isalpha() and after.isalpha():
        return sign in BETWEEN_LETTERS
    if before.isalpha() and after:
        return sign in AFTER_LETTERS or sign in BETWEEN_LETTERS or after.isspace()
    return True


def _single(before: str, letter: str, after: str, languages: Sequence[Language]) -> bool:
    """Tell whether a letter may stand alone: a word of one letter, the sign of a diameter, a unit behind a number."""
    if letter in "ØøºªµΩ":
        return True
    if before.isdigit() or after.isdigit():  # a code, as those who write with other letters make them
        return letter.isupper() and any(
            language.script != "latin" and letter.lower() in language.letters for language in languages
        )
    return any(letter.lower() in language.singles for language in languages) and not (before + after).strip(
        " ,;'\t\r\n\""
    )


def _cased(word: str) -> bool:
    """Tell whether capitals stand where people put them; what is ASCII may be mixed, as in names of products."""
    for at, letter in enumerate(word[1:], start=1):
        previous = word[at - 1]
        if previous.islower() and letter.isupper() and (previous > "\x7f" or letter > "\x7f"):
            return False
        small_among_capitals = letter > "\x7f" and letter.islower() and at > 1 and word[:at].isupper()
        if small_among_capitals and word[at + 1 : at + 2].isupper():
            return False
    return True


@lru_cache(maxsize=1 << 16)
def _has(language: Language, word: str) -> bool:
    """Tell whether a language has all the letters of a word, in an order that it allows."""
    small = _plain(word) if language.name == "Turkish" else word.lower()
    own = all(
        letter in language.letters
        or (language.script == "latin" and "a" <= letter <= "z" and letter not in language.without)
        for letter in small
    )
    return own and not (language.never and language.never.search(small))


def _of_one_language(words: set[str], languages: Sequence[Language]) -> bool:
    """Tell whether one language has most of the words, or several that show themselves by words of their own."""
    if not words:
        return True
    shares = {language: sum(_has(language, word) for word in words) / len(words) for language in languages}
    if max(shares.values()) >= ONE_LANGUAGE:
        return True
    shown = [language for language in languages if known(words, [language])]
    return sum(any(_has(language, word) for language in shown) for word in words) >= ONE_LANGUAGE * len(words)


def fit(text: str) -> float | None:
    """Give how usual the letters of a text are for its script, in bits a letter; None for Latin ones, and for too few."""
    words = {found[0].lower() for found in TOKEN.finditer(text) if len(found[0]) > 1}
    found = (_bits(words, table) for table in FREQUENT.values())
    return next((bits for bits in found if bits is not None), None)


def _bits(words: Iterable[str], table: dict[str, int]) -> float | None:
    letters = [base for word in words for letter in word if (base := _base(letter)) in table]
    if len(letters) < LONG_ENOUGH:
        return None
    return sum(log2(table[letter] / 1000) for letter in letters) / len(letters)


def _base(letter: str) -> str:
    return letter if letter in "йїё" else unicodedata.normalize("NFD", letter)[0]


def _unspeakable(word: str) -> bool:
    """Tell a word of Latin letters that nobody could say: without a vowel, or with too many consonants in a row."""
    bases = [unicodedata.normalize("NFD", letter)[0] for letter in word.lower()]
    if not all("a" <= letter <= "z" or letter in "æøœıåßđłðþ" for letter in bases):
        return False
    shape = "".join("v" if letter in VOWELS else "c" for letter in bases)
    voiceless = len(shape) > 2 and "v" not in shape and not word.isupper() and not set(bases) & {"r", "l"}  # noqa: PLR2004 - shorter ones are abbreviations
    return voiceless or "c" * CONSONANTS in shape

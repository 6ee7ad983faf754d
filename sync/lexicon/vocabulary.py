"""The words of all languages in one table, and the kinds of things that a header's words name."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from sync.lexicon import asian, eastern, romance, systems, western
from sync.lexicon.folding import fold, has_no_spaces, words

LONGEST_PHRASE = 5
LINKS = ("", "s", "n", "en", "e", "es", "er")  # between the parts of Lagerungsort
SHORT_ENDS = {"no", "nr", "id", "kz", "ad", "um"}
SHORTEST_PART = 3
MOST_PARTS = 5
LONGEST_WORD = 60  # longer ones are prose
PLURALS = ("s", "es", "lar", "ler", "i", "en")
Kinds = frozenset[str]
NONE: Kinds = frozenset()


class Vocabulary(NamedTuple):
    """Phrases by their folded words joined by `_`, and the beginnings of words that may end in any way."""

    phrases: dict[str, Kinds]
    stems: dict[str, Kinds]


@cache
def vocabulary() -> Vocabulary:
    """Put the tables of all languages together."""
    phrases: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    for room in (western, romance, eastern, asian, systems):
        for language in room.LANGUAGES:
            for kind, listed in language.items():
                for phrase in listed.split():
                    table = stems if phrase.endswith("*") and "_" not in phrase else phrases
                    table.setdefault(_key(phrase), set()).add(kind)
    return Vocabulary(_frozen(phrases), _frozen(stems))


def _key(phrase: str) -> str:
    starred = [part.endswith("*") for part in phrase.split("_")]
    parts = ["".join(words(part, humps=False)) or fold(part) for part in phrase.split("_")]
    return "_".join(part + "*" * (star and len(parts) > 1) for part, star in zip(parts, starred, strict=True))


def _frozen(table: dict[str, set[str]]) -> dict[str, Kinds]:
    return {phrase: frozenset(kinds) for phrase, kinds in table.items()}


class Part(NamedTuple):
    """Some words of a header that are known together, and what they name; nothing where they are not known."""

    text: str
    kinds: Kinds


def parts(found: tuple[str, ...]) -> list[Part]:
    """Walk the words of a header, the longest known phrases first."""
    told: list[Part] = []
    at = 0
    while at < len(found):
        size, kinds = _longest(found, at)
        if kinds:
            told.append(Part(" ".join(found[at : at + size]), kinds))
        else:
            told += _word(found[at])
        at += max(size, 1)
    return told


def _longest(found: tuple[str, ...], at: int) -> tuple[int, Kinds]:
    for size in range(min(LONGEST_PHRASE, len(found) - at), 0, -1):
        kinds = _phrase(found[at : at + size])
        if kinds:
            return size, kinds
    return 0, NONE


def _phrase(some: tuple[str, ...]) -> Kinds:
    phrases = vocabulary().phrases
    kinds = phrases.get("_".join(some), NONE)
    return kinds or (_stemmed_phrase(some) if len(some) > 1 else NONE)


def _stemmed_phrase(some: tuple[str, ...]) -> Kinds:
    for phrase in _stemmed_phrases().get(len(some), ()):
        if all(_fits(word, part) for word, part in zip(some, phrase, strict=True)):
            return vocabulary().phrases["_".join(phrase)]
    return NONE


@cache
def _stemmed_phrases() -> dict[int, list[list[str]]]:
    found: dict[int, list[list[str]]] = {}
    for phrase in vocabulary().phrases:
        if "*" in phrase:
            found.setdefault(phrase.count("_") + 1, []).append(phrase.split("_"))
    return found


def _fits(word: str, part: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def _word(word: str) -> list[Part]:
    """Look one word up: by its beginning, without a plural's ending, or taken apart."""
    if word.isdecimal() or len(word) > LONGEST_WORD:
        return [Part(word, NONE)]
    if has_no_spaces(word):
        return _scanned(word)
    kinds = _stem(word) or _singular(word)
    if kinds:
        return [Part(word, kinds)]
    split = _split(word, MOST_PARTS) if len(word) > SHORTEST_PART else None
    return [Part(word, NONE)] if split is None else split


def _stem(word: str) -> Kinds:
    stems = vocabulary().stems
    for end in range(len(word), 1, -1):
        if word[:end] in stems:
            return stems[word[:end]]
    return NONE


def _singular(word: str) -> Kinds:
    phrases = vocabulary().phrases
    for ending in PLURALS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_PART:
            kinds = phrases.get(word.removesuffix(ending), NONE)
            if kinds:
                return kinds
    return NONE


def _scanned(word: str) -> list[Part]:
    """Find the longest known words inside text without spaces; what lies between them is not known."""
    phrases, told, at, unknown = vocabulary().phrases, [], 0, ""
    while at < len(word):
        size = next(
            (size for size in range(min(8, len(word) - at), 0, -1) if word[at : at + size] in phrases), 0
        )
        if size:
            told += [Part(unknown, NONE)] if unknown else []
            told.append(Part(word[at : at + size], phrases[word[at : at + size]]))
            unknown = ""
        else:
            unknown += word[at]
        at += max(size, 1)
    return [*told, Part(unknown, NONE)] if unknown else told


def _split(word: str, most: int) -> list[Part] | None:
    """Take a compound like `artikelnummer` apart, None where it is not wholly made of known words."""
    kinds = vocabulary().phrases.get(word, NONE)
    if kinds and (len(word) >= SHORTEST_PART or word in SHORT_ENDS):
        return [Part(word, kinds)]
    if most == 1:
        return None
    for end in range(len(word) - 1, SHORTEST_PART - 1, -1):
        kinds = vocabulary().phrases.get(word[:end], NONE)
        rest = _rest(word[end:], most - 1) if kinds else None
        if rest is not None:
            return [Part(word[:end], kinds), *rest]
    return None


def _rest(word: str, most: int) -> list[Part] | None:
    for link in LINKS:
        if word.startswith(link) and len(word) > len(link):
            split = _split(word.removeprefix(link), most)
            if split is not None:
                return split
    return None

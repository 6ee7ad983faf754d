"""Text decoded as Chinese, Japanese or Korean -> whether people write so: everyday characters, the scripts of one language.

The everyday characters of each standard stand apart from the rare ones, and a wrong encoding hits rare ones all the time.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

EVERYDAY = 0.9  # of the characters
FEW_KANA = 0.1
FEW_GLUED = 0.2
BY_CHANCE = 20  # so many syllables in a row are no accident of another encoding
RUN = re.compile(r"[^\x00-\x7f]+")
GLUED = re.compile(
    r"[A-Za-z][a-z][^\x00-\x7f]|[^\x00-\x7f][a-z]{2}"
)  # to a word of Latin letters: it lost letters of its own
SIGNS = (
    (0x2000, 0x303F),
    (0xFF00, 0xFF9F),
    (0xFFE0, 0xFFEF),
    (0x00A0, 0x00FF),
    (0x2460, 0x27BF),
    (0x0370, 0x045F),
)


class Script(NamedTuple):
    """A standard of characters: the codec that knows their places, and the first bytes of everyday ones."""

    language: str
    codec: str
    first: int
    last: int


CHINESE = Script("Chinese", "gb2312", 0xB0, 0xD7)
TAIWANESE = Script("Chinese (traditional)", "big5", 0xA4, 0xC6)
JAPANESE = Script("Japanese", "euc_jp", 0xB0, 0xCF)
KOREAN = Script("Korean", "euc_kr", 0xB0, 0xC8)


def plausible(text: str, script: Script) -> bool:
    """Tell whether a text of this language looks like this."""
    runs = RUN.findall(text)
    kinds = Counter(map(_kind, "".join(runs)))
    letters = kinds["han"] + kinds["kana"] + kinds["hangul"]
    if kinds["odd"] or not letters or len(GLUED.findall(text)) > FEW_GLUED * len(runs):
        return False
    own = {CHINESE: "han", TAIWANESE: "han", KOREAN: "hangul"}.get(script)
    if own and kinds[own] < EVERYDAY * letters:
        return False
    told = [character for character in text if _kind(character) in {"han", "hangul"}]
    return not (script is JAPANESE and kinds["hangul"]) and (
        sum(_everyday(character, script) for character in told) >= EVERYDAY * len(told)
    )


def has_kana(text: str) -> bool:
    """Tell whether a text has the letters that are Japanese alone."""
    kinds = Counter(map(_kind, text))
    return kinds["kana"] > FEW_KANA * (kinds["han"] + kinds["kana"])


def by_chance(text: str, other: str) -> bool:
    """Tell whether a Chinese text is Korean by accident: all its characters are where the other standard has syllables."""
    return sum(_kind(character) == "han" for character in text) >= BY_CHANCE and plausible(other, KOREAN)


def _everyday(character: str, script: Script) -> bool:
    try:
        place = character.encode(script.codec)
    except UnicodeEncodeError:
        return False
    return script.first <= place[0] <= script.last


def _kind(character: str) -> str:
    point = ord(character)
    if 0x4E00 <= point <= 0x9FFF or character == "々":  # noqa: PLR2004 - Unicode's own bounds
        return "han"
    if 0x3041 <= point <= 0x30FF:  # noqa: PLR2004 - likewise
        return "kana"
    if 0xAC00 <= point <= 0xD7A3:  # noqa: PLR2004 - likewise
        return "hangul"
    return "sign" if any(first <= point <= last for first, last in SIGNS) else "odd"

"""Text of any script -> the form in which two spellings of a word are the same, and its words."""

from __future__ import annotations

import re
import unicodedata

LETTERS = str.maketrans(
    {"ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ё": "е", "#": " no ", "\u0640": ""}
)
HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-zA-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# The marks of the Indic and Thai scripts are letters; those of the others were accents and are gone by now.
WORDS = re.compile(r"(?:[^\W\d_]|[\u0900-\u0eff])+|\d+|[%$€£¥₺₽₴₹]")
UNSPACED = re.compile(
    "[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)


def fold(text: str) -> str:
    """Give the form in which two spellings are the same: width, case (Turkish too), accents and ligatures ignored."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(sign for sign in plain if not _is_accent(sign))
    return unicodedata.normalize("NFC", bare).translate(LETTERS)


def _is_accent(sign: str) -> bool:
    return unicodedata.category(sign) == "Mn" and not "\u0900" <= sign <= "\u0eff"


def words(text: str, *, humps: bool = True) -> tuple[str, ...]:
    """Split a header into its folded words; with `humps`, ItemCode into two."""
    whole = unicodedata.normalize("NFKC", text)
    return tuple(WORDS.findall(fold(HUMPS.sub(" ", whole) if humps else whole)))


def has_no_spaces(text: str) -> bool:
    """Tell whether the text is of a script that does not put spaces between words."""
    return UNSPACED.search(text) is not None

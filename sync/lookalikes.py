"""Codes -> what is left of them for the eye: without case, spaces, invisible signs, scripts and Unicode forms.

Two codes that differ, and look alike once folded, are near-duplicates. Digits and letters stay different: O is not 0.
"""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

BETWEEN = "\x1e"  # between texts that are folded in one go; no code that goes holds it
# Letters that look like a Latin one, in small or in capital: folded texts are small.
_CYRILLIC = dict(zip("авеёкмнорстухѕіїјһԁԛԝү", "abeëkmhopctyxsiïjhdqwy", strict=True))
_GREEK = dict(zip("αβεζηικμνορτυχϲϳ", "abezhikmnoptyxcj", strict=True))
_OTHERS = {
    "\u0131": "i",  # Turkish, without its dot
    "\u0307": "",  # what is left of a Turkish capital I with its dot
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bc", "'"),
}
_VARIATIONS = {*range(0xFE00, 0xFE10), 0x034F, 0x115F, 0x1160, 0x3164}


class _Signs(dict[int, str | None]):
    """What each sign looks like; None for what nobody sees: format signs, variation selectors, fillers, white space."""

    def __missing__(self, sign: int) -> str | None:
        unseen = unicodedata.category(chr(sign)) == "Cf" or sign in _VARIATIONS or chr(sign).isspace()
        self[sign] = None if unseen and chr(sign) != BETWEEN else chr(sign)
        return self[sign]


_LOOKS = _Signs({ord(sign): look for sign, look in {**_CYRILLIC, **_GREEK, **_OTHERS}.items()})


def folded(texts: pa.StringArray) -> pa.StringArray:
    """Fold texts; those of ASCII alone, which most are, without a look at each."""
    plain = pc.utf8_lower(texts)
    if pc.any(pc.match_substring(plain, " ")).as_py():
        plain = pc.replace_substring(plain, " ", "")
    odd = pc.invert(pc.string_is_ascii(texts))
    if not pc.any(odd).as_py():
        return plain
    return pc.replace_with_mask(plain, odd, pa.array(_folded(texts.filter(odd).to_pylist()), pa.string()))


def _folded(texts: list[str]) -> list[str]:
    """Fold texts in one go; one that holds the sign between them is folded by itself."""
    whole = BETWEEN.join(texts)
    if whole.count(BETWEEN) != len(texts) - 1:
        return [fold(text) for text in texts]
    return fold(whole).split(BETWEEN)


def fold(text: str) -> str:
    """Fold one text."""
    small = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", small.translate(_LOOKS))


def difference(first: str, second: str) -> str:
    """Say in a few words what tells `second` from the text that it looks like."""
    for one, other, words in ((second, first, ""), (first, second, "without ")):
        strange = [_named(sign) for sign in dict.fromkeys(one) if sign not in other]
        found = ", ".join(filter(None, strange))
        if found:
            return words + found
    if first.casefold() == second.casefold():
        return "case"
    return "spaces" if "".join(first.split()) == "".join(second.split()) else "form of its letters"


def _named(sign: str) -> str:
    """Name a sign that hides what it is; "" for one that does not."""
    name = unicodedata.name(sign, f"U+{ord(sign):04X}")
    script = name.split()[0].capitalize()
    if script in {"Cyrillic", "Greek"}:
        return f"{script} {sign}"
    if sign.isspace() or unicodedata.category(sign) in {"Cf", "Pd", "Mn"} or ord(sign) in _VARIATIONS:
        return name.lower() if sign != "-" else ""
    return name.lower() if unicodedata.normalize("NFKC", sign) != sign else ""

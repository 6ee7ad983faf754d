"""Bytes that are not UTF-8 -> their encoding, only where it is certain; else what they could be, and how each would look.

Every candidate decodes the same lines. Those that give text no person writes are out; those that give the same text are one;
where two different texts are left, everyday words of a language decide, or nobody does.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from sync import lexicon
from sync.loader import eastasian
from sync.loader.alphabets import BALTIC, CENTRAL, CYRILLIC, GREEK, TURKISH, WEST, Language
from sync.loader.plausible import fit, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.loader.eastasian import Script

# In the order in which one is named where several give the same text.
SINGLE_BYTE: tuple[tuple[str, tuple[Language, ...]], ...] = (
    ("cp1252", WEST),
    ("cp1254", (*TURKISH, *WEST)),
    ("cp1250", CENTRAL),
    ("cp1251", CYRILLIC),
    ("cp1253", GREEK),
    ("cp1257", (*BALTIC, *WEST)),
    ("iso8859-2", CENTRAL),
    ("iso8859-15", WEST),
    ("iso8859-5", CYRILLIC),
    ("iso8859-7", GREEK),
    ("koi8-r", CYRILLIC),
    ("koi8-u", CYRILLIC),
    ("cp866", CYRILLIC),
    ("cp850", WEST),
    ("cp857", (*TURKISH, *WEST)),
    ("cp852", CENTRAL),
    ("cp437", WEST),
    ("cp737", GREEK),
    ("cp775", BALTIC),
    ("mac-roman", WEST),
    ("mac-turkish", (*TURKISH, *WEST)),
    ("mac-latin2", CENTRAL),
    ("mac-cyrillic", CYRILLIC),
)
MULTI_BYTE: tuple[tuple[str, Script], ...] = (
    ("cp932", eastasian.JAPANESE),
    ("euc_jp", eastasian.JAPANESE),
    ("gb18030", eastasian.CHINESE),
    ("cp950", eastasian.TAIWANESE),
    ("cp949", eastasian.KOREAN),
)
LINES_MAX = 2000  # with bytes beyond ASCII, that are looked at
BYTES_MAX = 400_000
HEADS = 5  # lines that may hold the header
MUCH_WORSE = 0.6  # bits a letter
EXAMPLE = 30  # characters
SELF_EVIDENT = frozenset({"cp1252", "cp1254", "cp1250", "cp1257"})
WORD = re.compile(r"[^\W\d_]{3,}")
MANY = 6  # words; the letters of a few codes prove nothing
PLAIN_SIGNS = re.compile(
    r"(?<![\w.-])[£€¥]\s?(?=\d)|(?<=\d)\s?[€°](?!\w(?<![CF]))|(?<=\bm)[²³]|(?<=\b[cdk]m)[²³]"
)
NOT_ASCII = re.compile(r"\w*[^\x00-\x7f]+\w*")
SPLIT = re.compile(r"[;,|\t\r\n]")
MARK_SHARE = (
    0.05  # of the bytes of a UTF-16 file are NULs at least, where only its signs and digits are ASCII
)
MARKS = 4


class Reading(NamedTuple):
    """What some lines are under an encoding."""

    encoding: str
    text: str
    known: frozenset[str]  # everyday words in it
    language: str


class Told(NamedTuple):
    """The encoding, and why; without one, what it could be."""

    encoding: str | None
    why: str
    candidates: int = 1  # readings that people may have written


def utf16(start: bytes) -> str | None:
    """Tell UTF-16 without a byte order mark by its NULs: they stand on one side of each pair of bytes only."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    total = even + odd
    if total < max(MARKS, MARK_SHARE * len(start)) or (even and odd) or len(start) % 2:
        return None
    name = "utf-16-be" if even else "utf-16-le"
    try:
        text = start.decode(name)
    except UnicodeDecodeError:
        return None
    return name if all(sign.isprintable() or sign in "\t\r\n\u00a0" for sign in text) else None


@lru_cache(maxsize=8)  # a file is looked at several times in a command
def tell(lines: tuple[bytes, ...], heads: tuple[bytes, ...]) -> Told:
    """Tell the encoding of lines that hold bytes beyond ASCII; `heads` are the file's first lines, with or without."""
    sample = b"".join(lines[:LINES_MAX])[:BYTES_MAX]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    readings = _apart(list(_readings(sample, b"".join(heads))))
    groups: dict[str, Reading] = {}
    for reading in readings:
        groups.setdefault(reading.text, reading)
    left = _by_words(_by_frequency(list(groups.values())))
    if len(left) == 1 and _proven(left[0]):
        return Told(left[0].encoding, _evidence(left[0]))
    return Told(None, _doubt(left, sample), len(left))


def _proven(reading: Reading) -> bool:
    """Tell whether it is enough that no other reading is left: so for the usual encodings of Latin letters and many words only."""
    if reading.known:
        return True
    if reading.encoding not in SELF_EVIDENT:
        return False
    if PLAIN_SIGNS.sub("", reading.text).isascii():
        return True
    return len({word.lower() for word in WORD.findall(reading.text) if not word.isascii()}) >= MANY


def _readings(sample: bytes, heads: bytes) -> Iterator[Reading]:
    for encoding, languages in SINGLE_BYTE:
        text = _decoded(sample, encoding)
        verdict = judge(text, languages) if text is not None else None
        if text is not None and verdict is not None and verdict.plausible:
            known = verdict.known | _headers(heads, encoding)
            yield Reading(encoding, text, known, _language(known, languages))
    for encoding, script in MULTI_BYTE:
        text = _decoded(sample, encoding)
        if text is None or not eastasian.plausible(text, script):
            continue
        known = _headers(heads, encoding)
        if eastasian.has_kana(text) == (script is eastasian.JAPANESE) or known:
            yield Reading(encoding, text, known, script.language)


def _language(known: frozenset[str], languages: Iterable[Language]) -> str:
    counts = {language.name: len({word.lower() for word in known} & language.words) for language in languages}
    best = max(counts, key=lambda name: counts[name], default="")
    return best if counts.get(best) else ""


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _headers(heads: bytes, encoding: str) -> frozenset[str]:
    """Find the cells of a header among the first lines that are known only because of letters beyond ASCII."""
    found: set[str] = set()
    for line in (_decoded(heads, encoding) or "").splitlines():
        cells = {cell.strip().strip("\"'").strip() for cell in SPLIT.split(line)}
        if sum(lexicon.role(cell) is not None for cell in cells if cell) > 1:  # one may be known by chance
            found |= {cell for cell in cells if cell and not cell.isascii() and _by_its_letters(cell)}
    return frozenset(found)


@lru_cache(maxsize=1 << 12)
def _by_its_letters(cell: str) -> bool:
    """Tell whether a header is known, and would not be without its words beyond ASCII."""
    words = any(len(word) > 1 and word.isalpha() for word in NOT_ASCII.findall(cell))
    return words and lexicon.role(cell) is not None and lexicon.role(NOT_ASCII.sub(" ", cell)) is None


def _apart(readings: list[Reading]) -> list[Reading]:
    """Leave out the Chinese that is Korean by accident."""
    texts = {reading.encoding: reading.text for reading in readings}
    korean = texts.get("cp949", "")
    return [
        reading
        for reading in readings
        if not (
            korean and reading.encoding in {"gb18030", "cp950"} and eastasian.by_chance(reading.text, korean)
        )
    ]


def _by_frequency(readings: list[Reading]) -> list[Reading]:
    """Leave out text whose letters are much rarer than those of another reading."""
    fits = [fit(reading.text) for reading in readings]
    best = max((each for each in fits if each is not None), default=None)
    return [
        reading
        for reading, each in zip(readings, fits, strict=True)
        if best is None or each is None or each > best - MUCH_WORSE
    ]


def _by_words(readings: list[Reading]) -> list[Reading]:
    """Where only one reading has everyday words that the others do not have, it is the one."""
    if len(readings) <= 1:
        return readings
    shared = frozenset.intersection(*(reading.known for reading in readings))
    proven = [reading for reading in readings if reading.known - shared]
    return proven if len(proven) == 1 else readings


def _evidence(reading: Reading) -> str:
    words = ", ".join(f"`{word}`" for word in sorted(reading.known, key=lambda word: (-len(word), word))[:3])
    language = f" of {reading.language}" if reading.language else ""
    proof = f"not UTF-8; {words} are words{language}" if words else "not UTF-8"
    return f"{proof}; every other encoding gives the same text, or none that people write"


def _doubt(readings: Sequence[Reading], sample: bytes) -> str:
    """Say what the text could be, each with how it would show the first words that differ."""
    if not readings:
        return "no encoding that is known here makes plausible words of it"
    place = _first_difference(readings, sample)
    return "; ".join(f"{reading.encoding}: `{words}`" for reading, words in zip(readings, place, strict=True))


def _first_difference(readings: Sequence[Reading], sample: bytes) -> list[str]:
    for line in sample.splitlines():
        shown = [line.decode(reading.encoding, "replace") for reading in readings]
        if len(set(shown)) > 1 or len(readings) == 1:
            return [_around(text, shown) for text in shown]
    return [""] * len(readings)


def _around(text: str, others: Sequence[str]) -> str:
    """Cut out the words around the first sign that the readings show differently."""
    differ = (at for at, signs in enumerate(zip(*others, strict=False)) if len(set(signs)) > 1)
    at = next(differ, next((at for at, sign in enumerate(text) if not sign.isascii()), 0))
    start = max(text.rfind(sign, 0, at) for sign in ";,|\t ") + 1
    return re.split(r"[;,|\t]", text[start : start + EXAMPLE])[0].strip()


def beyond_ascii(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Walk the distinct lines of these bytes that hold more than ASCII."""
    seen: set[bytes] = set()
    rest = b""
    for chunk in chain(chunks, (b"\n",)):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if not line.isascii() and line not in seen:
                seen.add(line)
                yield line + b"\n"
        rest = rest[: 4 << 20]


def canonical(name: str) -> str:
    """Give the name by which Python knows an encoding."""
    return codecs.lookup(name).name

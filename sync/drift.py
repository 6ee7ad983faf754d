"""A sample of a file's SKUs and quantities -> a small profile; two profiles -> what no longer looks as it did, in words.

For a column that turned into another one under the same header: quantities into prices or barcodes, SKUs into
descriptions. Profiles are kept with their runs, so their keys may be added to, never renamed.
"""

from __future__ import annotations

import re
from statistics import median, mode
from typing import TYPE_CHECKING, Any

from sync.gtin import is_gtin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Profile = dict[str, Any]
FEWEST = 20  # values of each file, for its shares to mean something
FEW, MOST = 0.1, 0.5  # a share that was below the one and is above the other has turned
NEARLY_ALL = 0.9
JUMP = 10  # times the median
BARCODE = re.compile(r"[0-9]{8,14}")
INNER_SPACE = re.compile(r"\S\s+\S")
DECIMALS = re.compile(r"-?[0-9.,' ]*[.,][0-9]{1,2}")


def profile(quantities: Sequence[str], numbers: Iterable[float | None], skus: Sequence[str]) -> Profile:
    """Describe a file by a sample: trimmed quantities, the numbers that the mapping reads in them, and SKUs."""
    return {"quantity": _of_quantities(quantities, numbers), "sku": _of_codes(skus)}


def _of_quantities(texts: Sequence[str], numbers: Iterable[float | None]) -> Profile:
    filled = [text for text in texts if text]
    values = [number for number in numbers if number is not None]
    return {
        "n": len(texts),
        "blank": _share(len(texts) - len(filled), texts),
        "decimal": _share(sum(bool(DECIMALS.fullmatch(text)) for text in filled), filled),
        "number": _share(len(values), filled),
        "negative": _share(sum(value < 0 for value in values), values),
        "barcode": _share(sum(bool(BARCODE.fullmatch(text)) for text in filled), filled),
        "gtin": _share(sum(map(is_gtin, filled)), filled),
        "median": median(values) if values else None,
    }


def _of_codes(texts: Sequence[str]) -> Profile:
    filled = [text for text in texts if text]
    width = mode(map(len, filled)) if filled else 0
    return {
        "n": len(filled),
        "digits": _share(sum(text.isascii() and text.isdigit() for text in filled), filled),
        "spaces": _share(sum(bool(INNER_SPACE.search(text)) for text in filled), filled),
        "gtin": _share(sum(map(is_gtin, filled)), filled),
        "width": width,
        "one_width": _share(sum(len(text) == width for text in filled), filled),
    }


def _share(count: int, of: Sequence[object]) -> float:
    return round(count / len(of), 3) if of else 0.0


def differences(before: Profile, now: Profile) -> list[str]:
    """Say what turned into something else; nothing, where either file is too small to tell."""
    found: list[str] = []
    for key, compare in (("quantity", _quantities), ("sku", _codes)):
        old, new = before.get(key, {}), now.get(key, {})
        if min(old.get("n", 0), new.get("n", 0)) >= FEWEST:
            found += compare(old, new)
    return found


def _quantities(old: Profile, new: Profile) -> Iterator[str]:
    if _turned(old, new, "barcode"):
        codes = "barcodes" if new["gtin"] > MOST else "codes of 8 to 14 digits"
        yield f"the quantities look like {codes}: {_percent(new, 'barcode')} of them, it was {_percent(old, 'barcode')}"
        return
    if _turned(old, new, "decimal"):
        yield f"the quantities look like prices: {_percent(new, 'decimal')} of them have decimals, it was {_percent(old, 'decimal')}"
    for key, words in (("blank", "blank"), ("negative", "below zero")):
        if _turned(old, new, key):
            yield f"{_percent(new, key)} of the quantities are {words}, it was {_percent(old, key)}"
    if old["number"] >= NEARLY_ALL and new["number"] < MOST:
        yield f"only {_percent(new, 'number')} of the quantities can be read as numbers, it was {_percent(old, 'number')}"
    elif old["median"] and new["median"] and new["median"] > JUMP * old["median"] > 0:
        yield f"the quantities have grown: half of them are above {new['median']:g}, it was {old['median']:g}"


def _codes(old: Profile, new: Profile) -> Iterator[str]:
    if _turned(old, new, "spaces"):
        yield f"the SKUs look like descriptions: {_percent(new, 'spaces')} of them hold spaces, it was {_percent(old, 'spaces')}"
    elif _turned(old, new, "digits"):
        words = "barcodes" if new["gtin"] > MOST else "numbers"
        yield f"the SKUs look like {words}: {_percent(new, 'digits')} of them are digits only, it was {_percent(old, 'digits')}"
    elif old["digits"] >= NEARLY_ALL and new["digits"] < FEW:
        yield f"the SKUs are no longer numbers: {_percent(new, 'digits')} of them are digits only, it was {_percent(old, 'digits')}"
    elif min(old["digits"], new["digits"]) >= NEARLY_ALL and _other_width(old, new):
        yield f"the SKUs are numbers of another width: {new['width']} digits, it was {old['width']}"


def _other_width(old: Profile, new: Profile) -> bool:
    return bool(min(old["one_width"], new["one_width"]) >= NEARLY_ALL and old["width"] != new["width"])


def _turned(old: Profile, new: Profile, key: str) -> bool:
    return bool(old[key] < FEW and new[key] > MOST)


def _percent(of: Profile, key: str) -> str:
    return f"{of[key]:.0%}"

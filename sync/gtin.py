"""Digits -> whether they are a GTIN (EAN, UPC): one of its lengths, and the last digit is the check digit."""

from __future__ import annotations

LENGTHS = frozenset({8, 12, 13, 14})


def is_gtin(text: str) -> bool:
    """Tell whether a text is a GTIN-8, -12, -13 or -14."""
    if len(text) not in LENGTHS or not (text.isascii() and text.isdigit()):
        return False
    weighed = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(text)))
    return weighed % 10 == 0 and text.strip("0") != ""

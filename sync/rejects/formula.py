"""Keeps spreadsheets from taking a cell for a formula, without changing what comes back.

A cell that begins like a formula, after any number of apostrophes, gets one apostrophe more and loses one on return.
"""

from __future__ import annotations

import re

SUSPECT = frozenset("'=+-@\t\r\uff1d\uff0b\uff0d\uff20")  # looked at first: nearly no cell begins so
FORMULA = re.compile("'*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def neutral(text: str) -> str:
    """Make a cell safe to open."""
    return "'" + text if text[:1] in SUSPECT and FORMULA.match(text) else text


def original(text: str) -> str:
    """Undo `neutral`."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text

"""A file's name -> the name of its mapping, and the glob that later files of the same kind will fit."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

LONGEST_NAME = 40
LONGEST_GLOB = 255
DIGITS = re.compile(r"\d+(?:[-_. ]*\d+)*|\(\d*\)")


def slug(filename: str) -> str:
    """Make a mapping's name of a file's name: plain letters and digits, what changes from file to file left out."""
    plain = unicodedata.normalize("NFKD", DIGITS.sub("-", PurePath(filename).stem).casefold())
    words = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
    return words[:LONGEST_NAME].strip("-") or "drafted"


def glob(filename: str) -> str:
    """Turn a file's name into a glob: numbers change from one export to the next."""
    path = PurePath(filename)
    stem = re.sub(r"[\[\]*?]", "?", DIGITS.sub("\0", path.stem))
    stem = re.sub(r"\*+", "*", stem.replace("\0", "*"))
    return f"{stem}{path.suffix}"[:LONGEST_GLOB] if stem.strip("*?-_. ") else f"*{path.suffix}"

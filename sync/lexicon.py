"""Words that stand in the headers of stock files, in many languages -> what the column is for."""

from __future__ import annotations

WORDS: dict[str, str] = {}


def role(header: str) -> str | None:
    """Tell what a column of this header is for, None where its words are not known."""
    return WORDS.get(header.strip().casefold())

"""Text that came from outside -> the same text without the key, in whatever spelling a server may echo it."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote

ESCAPE = re.compile("%[0-9A-F]{2}")
MARK = "[key]"
PIECE = 12  # so many characters of a key in a row are taken out, whatever stands beside them
SHORTEST = 8  # a shorter "key" cannot be told from ordinary words and would garble codes


def redact(text: str, key: str) -> str:
    """Take the key out of `text`: raw, base64, URL-encoded, hex, or any piece of PIECE characters of these."""
    for spelling in _spellings(key):
        if _suspected(text, spelling):
            text = _without(text, _covered(text, spelling))
    return text


def redact_body(body: Any, key: str) -> Any:  # noqa: ANN401 - JSON is what it is
    """Take the key out of every text of parsed JSON; gives up the body (None) where it is nested too deeply."""
    try:
        whole = json.dumps(body, ensure_ascii=False)
        return body if redact(whole, key) == whole else _redact_tree(body, key)
    except RecursionError:
        return None


def _redact_tree(body: Any, key: str) -> Any:  # noqa: ANN401 - JSON is what it is
    if isinstance(body, str):
        return redact(body, key)
    if isinstance(body, list):
        return [_redact_tree(item, key) for item in body]
    if isinstance(body, dict):
        return {redact(name, key): _redact_tree(value, key) for name, value in body.items()}
    return body


def _spellings(key: str) -> list[str]:
    if len(key) < SHORTEST:
        return []
    raw = key.encode()
    in_url = quote(key, safe="")
    spellings = [key, in_url, ESCAPE.sub(_lower, in_url), json.dumps(key)[1:-1], raw.hex(), raw.hex().upper()]
    for before in range(3):  # base64 looks different for each of three places in a longer text
        padded = base64.b64encode(b"." * before + raw).decode().rstrip("=")
        inner = padded[4:] if before else padded
        spellings += [inner, inner.translate(str.maketrans("+/", "-_"))]
    return list(dict.fromkeys(spellings))


def _lower(escape: re.Match[str]) -> str:
    return escape[0].lower()


def _suspected(text: str, spelling: str) -> bool:
    """Look for every other half piece: any whole piece holds one of them, so most texts are cleared quickly."""
    half = PIECE // 2
    return any(spelling[at : at + half] in text for at in range(0, len(spelling) - half + 1, half))


def _covered(text: str, spelling: str) -> set[int]:
    """Give the positions of `text` that hold a piece of `spelling`."""
    width = min(PIECE, len(spelling))
    pieces = (spelling[at : at + width] for at in range(len(spelling) - width + 1))
    return {
        place
        for piece in pieces
        if piece in text
        for found in re.finditer(f"(?={re.escape(piece)})", text)
        for place in range(found.start(), found.start() + width)
    }


def _without(text: str, covered: set[int]) -> str:
    kept = []
    for place, character in enumerate(text):
        if place not in covered:
            kept.append(character)
        elif place - 1 not in covered:
            kept.append(MARK)
    return "".join(kept)

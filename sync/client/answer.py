"""An answer of the tenant -> what of it is kept: its bytes, bounded, and the few headers that say something to us."""

from __future__ import annotations

import json
import re
import zlib
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NoReturn

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST = 16 * 1024 * 1024  # bytes, once unpacked
SHOWN = 2048  # characters of an answer for people
PACKED = {"gzip", "deflate"}
PACKINGS = {"", "identity", *PACKED}  # one of these, never one in another
STEP = 1 << 20  # bytes that are unpacked at once
SECONDS = re.compile(r"[0-9]{1,40}(\.[0-9]{1,9})?")
LONGEST = 86_400.0  # seconds: one faulty answer must not stop a tenant for good


def content(response: httpx.Response) -> bytes | None:
    """Read the answer to its end; None where it grows over LARGEST."""
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in PACKINGS:
        raise httpx.DecodingError(f"packed as {packing[:40]}")
    whole = bytearray()
    here_already = response.is_stream_consumed  # the answer of a function in place of the network
    parts = response.iter_bytes() if here_already else _unpacked(response.iter_raw(), packing)
    for part in parts:
        whole += part
        if len(whole) > LARGEST:
            return None
    return bytes(whole)


def _unpacked(pieces: Iterator[bytes], packing: str) -> Iterator[bytes]:
    """Unpack in steps that are bounded: httpx would unfold each piece at once, a thousandfold."""
    if packing not in PACKED:
        yield from pieces
        return
    unpacker, came = zlib.decompressobj(wbits=47), False  # gzip or zlib, whichever it is
    try:
        for piece in pieces:
            left, came = piece, True
            while left and not unpacker.eof:
                yield unpacker.decompress(left, STEP)
                left = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from None
    if came and not unpacker.eof:
        raise httpx.DecodingError(f"its {packing} ends too early")


def shown(raw: bytes) -> str:
    """Give the beginning of an answer as text in one line, without what would steer a terminal."""
    text = raw[: 4 * SHOWN].decode("utf-8-sig", errors="replace")
    return printable(text)


def printable(text: str) -> str:
    """Put `text` in one line, without characters that do not print."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """Give the seconds that the tenant asks us to wait, a day at most; None for none, nonsense, or a moment that has passed.

    A date is measured against the answer's own Date, so that a wrong clock here does no harm; without one against
    `now` (seconds since 1970).
    """
    asked = headers.get("retry-after", "").strip()
    if SECONDS.fullmatch(asked):
        return min(float(asked), LONGEST)
    then = _moment(asked)
    if then is None:
        return None
    said = date(headers)
    seconds = then - (now if said is None else said)
    return min(seconds, LONGEST) if seconds > 0 else None


def date(headers: Mapping[str, str]) -> float | None:
    """Give the moment of the answer by the tenant's own clock."""
    return _moment(headers.get("date", ""))


def deprecation(headers: Mapping[str, str]) -> str | None:
    """Give the announcement that this API will end, in the words of its headers."""
    named = [f"{name}: {headers[name]}" for name in ("Deprecation", "Sunset") if name in headers]
    link = headers.get("link", "")
    if named and "deprecation" in link:
        named.append(f"Link: {link}")
    return printable("; ".join(named))[:300] or None


def _moment(text: str) -> float | None:
    """Read an HTTP date as seconds since 1970."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def parse(raw: bytes) -> Any:  # noqa: ANN401 - JSON is what it is
    """Read an answer; None where it is not JSON (NaN and Infinity are not)."""
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)

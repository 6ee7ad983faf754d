"""A lookup file (CSV, UTF-8, columns from and to) -> the codes of the file and what they are at the tenant."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from sync.errors import FixSetup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST = 50_000_000
LONGEST = 255
_DELIMITERS = ",;\t|"


def read_lookup(path: Path) -> tuple[str, dict[str, str]]:
    """Read a lookup file: its text and its pairs. Without a header from,to the first two columns count.

    Raises:
        FixSetup: with every line that is wrong.
    """
    text = _text(path)
    problems: list[str] = []
    lookup: dict[str, str] = {}
    for line, code, meant in _pairs(path, text):
        wrong = _wrong(code, meant, lookup)
        if wrong:
            problems.append(f"{path}:{line}: {wrong}")
        else:
            lookup[code] = meant
    if problems:
        raise FixSetup(*problems)
    return text, lookup


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise FixSetup(f"{path}: is larger than {LARGEST:,} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FixSetup(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FixSetup(f"{path}: is not UTF-8; save it as CSV UTF-8") from None


def _pairs(path: Path, text: str) -> Iterator[tuple[int, str, str]]:
    first = text.partition("\n")[0]
    delimiter = next((sign for sign in _DELIMITERS if sign in first), ",")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    at, heads = (0, 1), ["from", "to"]
    try:
        for cells in rows:
            row = [cell.strip() for cell in cells]
            names = [cell.casefold() for cell in row]
            if rows.line_num == 1 and set(heads) <= set(names):
                at = (names.index("from"), names.index("to"))
            elif any(row):
                padded = [*row, *[""] * (max(at) + 1)]
                yield rows.line_num, padded[at[0]], padded[at[1]]
    except csv.Error as error:
        raise FixSetup(f"{path}:{rows.line_num}: is not CSV: {error}") from None


def _wrong(code: str, meant: str, lookup: dict[str, str]) -> str:
    if not code or not meant:
        return "needs two codes, from and to"
    if len(meant) > LONGEST:
        return f"the code is longer than {LONGEST} characters"
    if lookup.get(code, meant) != meant:
        return f"`{code}` stands twice, for `{lookup[code]}` and `{meant}`"
    return ""

"""A line that does not fall into cells like the others -> the cells that it was most likely meant to have.

What is changed here is marked as a flaw of its row: it is shown so, and never sent.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from sync.loader import quoting
from sync.loader.dialect import CANDIDATES
from sync.loader.splitting import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.loader.quoting import Dialect

QUOTES, DELIMITER = "row.quotes", "row.delimiter"
MANY = 50  # quotes of a line that are tried


def mended(line: str, dialect: Dialect) -> list[str]:
    """Split a broken line as it was most likely meant: into the usual number of cells, by one change if need be."""
    cells = quoting.loose(line, dialect)
    if len(cells) == dialect.width or not dialect.quote:
        return cells
    found = []
    for at in (match.start() for match in islice(re.finditer(re.escape(dialect.quote), line), MANY)):
        part = split([line[:at] + line[at + 1 :]], dialect)
        if (
            not part.trouble
            and part.rows
            and len(part.rows[0]) == dialect.width
            and part.rows[0] not in found
        ):
            found.append(part.rows[0])
    return found[0] if len(found) == 1 else cells


def odd(
    lot: Sequence[str], rows: Sequence[Sequence[str]], dialect: Dialect
) -> Iterator[tuple[int, list[str], str]]:
    """Find lines that were split otherwise than they were meant: where, the cells meant, and the flaw.

    `rows` are what the lines gave; they are compared only where each line is a row.
    """
    yield from ((at, cells, QUOTES) for at, cells in _glued(lot, dialect).items())
    if len(rows) == len(lot) and dialect.width > 1 and not {0, dialect.width}.issuperset(map(len, rows)):
        for at, row in enumerate(rows):
            if row and len(row) != dialect.width and (cells := _by_another(lot[at], dialect)):
                yield at, cells, DELIMITER


def _by_another(line: str, dialect: Dialect) -> list[str] | None:
    """Split a line by another delimiter than the others, where only so it has their width."""
    for sign in CANDIDATES:
        if sign != dialect.delimiter and line.count(sign) >= dialect.width - 1:
            part = split([line], dialect._replace(delimiter=sign))
            if not part.trouble and len(part.rows[0]) == dialect.width:
                return part.rows[0]
    return None


def _glued(lot: Sequence[str], dialect: Dialect) -> dict[int, list[str]]:
    """Find lines in which the delimiter before a quoted cell is missing: one split there has the usual width."""
    pattern = _glue(dialect)
    if pattern is None or not may_be_glued("".join(lot), dialect):
        return {}
    suspects = (
        (at, found)
        for at, line in enumerate(lot)
        if dialect.quote in line and (found := pattern.search(line))
    )
    parts = ((at, split([_cut_apart(found, dialect)], dialect)) for at, found in suspects)
    return {
        at: part.rows[0]
        for at, part in parts
        if not part.trouble and part.rows and len(part.rows[0]) == dialect.width
    }


def may_be_glued(text: str, dialect: Dialect) -> bool:
    """Tell whether any quote is followed by a word without standing behind a delimiter or at a line's start.

    One look at many lines; the pattern is dear, and hardly any file has such a line.
    """
    inside = text.replace(f"{dialect.delimiter}{dialect.quote}", f"{dialect.delimiter}")
    inside = inside.replace(f"\n{dialect.quote}", "\n")
    return re.search(f"{re.escape(dialect.quote)}\\w", inside) is not None


def _cut_apart(found: re.Match[str], dialect: Dialect) -> str:
    return f"{found.string[: found.end()]}{dialect.delimiter}{found.string[found.end() :]}"


@cache
def _glue(dialect: Dialect) -> re.Pattern[str] | None:
    """Give the pattern of an unquoted cell that a quote follows at once; behind a digit it may be the sign of an inch."""
    if not dialect.standard or not dialect.quote or dialect.delimiter is None or dialect.width <= 1:
        return None
    signs = re.escape(dialect.delimiter + dialect.quote) + r"\r\n"
    return re.compile(
        f"(?:^|{re.escape(dialect.delimiter)})[^{signs}]*[^{signs}0-9\\s](?={dialect.quote}\\w)"
    )

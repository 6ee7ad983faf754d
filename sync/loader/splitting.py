"""Some lines and a dialect -> their records, as far as they can be split; where it stops, where and why."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, NamedTuple

from sync.loader import quoting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.loader.quoting import Dialect

CELL_MAX = 1 << 20
csv.field_size_limit(CELL_MAX)  # the standard 131,072 is less than a long description
LINE_END = re.compile(r"\r\n|\r|\n")


class Part(NamedTuple):
    """What could be split of some lines, and where and why it stopped."""

    rows: list[list[str]]
    start: int  # of the record that failed, in lines
    end: int
    trouble: str = ""


def split(lot: Sequence[str], dialect: Dialect) -> Part:
    """Split lines until one of them fails."""
    if not dialect.standard:
        return _split_by_own_rule(lot, dialect)
    rows: list[list[str]] = []
    reader = quoting.reader(lot, dialect)
    try:
        rows.extend(reader)
    except csv.Error as error:
        # `rows` keeps what came before the error.
        return Part(rows, lines_of(rows), reader.line_num, str(error))
    return Part(rows, len(lot), len(lot))


def _split_by_own_rule(lot: Sequence[str], dialect: Dialect) -> Part:
    rows: list[list[str]] = []
    start, record = 0, ""
    for at, line in enumerate(lot, start=1):
        record += line
        try:
            cells = quoting.split(record, dialect)
        except quoting.Broken:
            return Part(rows, start, at, "broken")
        if cells is not None:
            rows.append(cells if record.strip("\r\n") else [])
            start, record = at, ""
    return Part(rows, start, len(lot), quoting.OPEN if record else "")


def lines_of(rows: list[list[str]]) -> int:
    """Count the physical lines of these records."""
    return len(rows) + sum(map(line_ends, rows))


def line_ends(row: list[str]) -> int:
    """Count the line ends inside the cells of a record."""
    return sum(len(LINE_END.findall(cell)) for cell in row if "\n" in cell or "\r" in cell)

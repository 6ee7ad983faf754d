"""The first lines of a text file -> its delimiter: told by a `sep=` line, else by the steadiest count of cells."""

from __future__ import annotations

import csv
import re
from collections import Counter

# Where two fit equally well the rarer one in prose and numbers wins, so the comma comes last.
CANDIDATES = ("\t", ";", "|", ",")
SEPARATOR_LINE = re.compile(r'\s*"?sep=(?P<delimiter>[^"\r\n])"?\s*', re.IGNORECASE)


def told(line: str) -> str | None:
    """Read the delimiter from a `sep=;` line as Excel writes it; None where the line is no such line."""
    match = SEPARATOR_LINE.fullmatch(line)
    return match["delimiter"] if match else None


def sniff(lines: list[str]) -> str | None:
    """Find the delimiter of these whole lines; None = one column."""
    scores = {candidate: _score(lines, candidate) for candidate in CANDIDATES}
    best = max(CANDIDATES, key=lambda candidate: scores[candidate])
    return best if scores[best] else None


def _score(lines: list[str], delimiter: str) -> float:
    """Weigh how steady the number of cells is, squared, and a little how many there are."""
    records = [record for record in csv.reader(lines, delimiter=delimiter) if any(map(str.strip, record))]
    counts = Counter(len(record) for record in records if len(record) > 1)
    return (
        max((n**2 * (cells - 1) / cells for cells, n in counts.items()), default=0.0)
        / max(1, len(records)) ** 2
    )

"""The first lines of a text file -> how they are split into cells, with the evidence for each decision.

That all lines fall into the same number of cells beats how often a sign occurs; quotes that lean against a sign, and cells
that look whole, decide between signs that do this equally well.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sync.errors import SetAside
from sync.loader import quoting
from sync.loader.quoting import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Where two fit equally well the rarer one in prose and numbers wins, so the comma comes last.
CANDIDATES = ("\t", ";", "|", ",")
RARE = ("^", "~", "*", ":", " ", "\x1f")  # only where the evidence is overwhelming
NAMES = {"\t": "tab", ";": "semicolon", "|": "pipe", ",": "comma", " ": "space", ":": "colon"}
SEPARATOR_LINE = re.compile(r'\s*"?sep=(?P<delimiter>[^"\r\n])"?\s*', re.IGNORECASE)
RULE = re.compile(r"[\s|+]*[-=_]{3}[-=_+|\s]*")  # a line that is drawn, not written
FEW = 3  # rows from which on a rare delimiter can be believed
LEANING = 0.9  # of the quotes stand beside the delimiter
NEAR = 0.97  # of the best score: then it cannot be told
ALL = 0.98


class Fit(NamedTuple):
    """How well a delimiter splits the lines."""

    delimiter: str
    score: float
    width: int
    steady: int  # rows of that width
    rows: int


class Found(NamedTuple):
    """A dialect and, for each decision in it, why."""

    dialect: Dialect
    evidence: dict[str, str]


def name(delimiter: str | None) -> str:
    """Name a delimiter for a person."""
    return "none (one column)" if delimiter is None else NAMES.get(delimiter, delimiter)


def told(line: str) -> str | None:
    """Read the delimiter from a `sep=;` line as Excel writes it; None where the line is no such line."""
    match = SEPARATOR_LINE.fullmatch(line)
    return match["delimiter"] if match else None


def is_rule(line: str) -> bool:
    """Tell a line of dashes, as reports draw it between their rows."""
    return RULE.fullmatch(line) is not None


def sniff(lines: Sequence[str]) -> str | None:
    """Find the delimiter of these whole lines; None = one column."""
    fit = _best(lines)
    return fit.delimiter if fit else None


def find(
    lines: Sequence[str],
    *,
    delimiter: str | None = None,
    quote: str | None = None,
    escape: str | None = None,
    cut: bool = False,
) -> Found:
    """Find out how these whole lines are split; what is given is not asked. `cut`: there are more of them.

    Raises:
        SetAside: two delimiters split the lines equally well.
    """
    fit = _fit(lines, delimiter) if delimiter else _best(lines)
    sign = fit.delimiter if fit else None
    evidence = {}
    if quote is None:
        quote, evidence["quote"] = quoting.quote_of(lines, sign)
    dialect = Dialect(sign, quote, padded=_padded(lines, sign, quote), boxed=_boxed(lines, sign))
    if escape is None:
        escape, evidence["escape"] = quoting.escape_of(lines, dialect, cut=cut)
    dialect = dialect._replace(escape=escape)
    width, evidence["delimiter"] = _measured(lines, dialect)
    return Found(dialect._replace(width=width), evidence)


def _measured(lines: Sequence[str], dialect: Dialect) -> tuple[int, str]:
    """Give the usual number of cells, and in how many rows it is found."""
    if dialect.delimiter is None:
        return 1, "no sign splits the lines steadily: one column"
    fit = _counted(quoting.rows(_written(lines, dialect.delimiter), dialect), dialect.delimiter)
    return fit.width, f"{fit.steady} of {fit.rows} rows looked at have {fit.width} cells"


def _best(lines: Sequence[str]) -> Fit | None:
    usual = sorted((_fit(lines, sign) for sign in CANDIDATES), key=lambda fit: -fit.score)
    rare = [fit for fit in (_fit(lines, sign) for sign in RARE) if _overwhelming(lines, fit, usual[0])]
    if rare:
        return max(rare, key=lambda fit: fit.score)
    _refuse_a_tie(*usual[:2])
    return usual[0] if usual[0].score else None


def _overwhelming(lines: Sequence[str], fit: Fit, usual: Fit) -> bool:
    """Tell whether a sign that also stands in prose is the delimiter beyond doubt."""
    if not fit.score or (usual.steady >= ALL * usual.rows and usual.rows >= FEW):
        return False
    if _leaning(lines, fit.delimiter, 0.0) >= LEANING:
        return all(_leaning(lines, sign, 0.0) < LEANING / 2 for sign in CANDIDATES)
    clean = fit.score > (fit.width - 1) / fit.width / 2  # half of what a perfect fit has
    return fit.rows >= FEW and fit.steady == fit.rows and clean


def _refuse_a_tie(first: Fit, second: Fit) -> None:
    steady = all(fit.steady >= ALL * fit.rows and fit.rows >= FEW for fit in (first, second))
    if steady and second.score > NEAR * first.score and first.width == second.width:
        raise SetAside(
            f"Both {name(first.delimiter)} and {name(second.delimiter)} split every line into {first.width} cells: "
            "which of them stands between the cells cannot be told. Declare read.delimiter in the mapping."
        )


def _fit(lines: Sequence[str], delimiter: str) -> Fit:
    """Weigh how steady the number of cells is, squared, a little how many there are, and whether they look whole."""
    rows = list(
        quoting.rows(_written(lines, delimiter), Dialect(delimiter, padded=_padded(lines, delimiter, '"')))
    )
    fit = _counted(rows, delimiter)
    if not fit.score:
        return fit
    looks = _wholeness([row for row in rows if len(row) == fit.width], delimiter)
    return fit._replace(score=fit.score * looks * (0.3 + 0.7 * _leaning(lines, delimiter, 1.0)))


def _counted(rows: Iterable[Sequence[str]], delimiter: str) -> Fit:
    written = [len(row) for row in rows if any(map(str.strip, row))]
    counts = Counter(width for width in written if width > 1)
    if not counts:
        return Fit(delimiter, 0.0, 1, 0, len(written))
    width, steady = max(counts.items(), key=lambda each: each[1] ** 2 * (each[0] - 1) / each[0])
    return Fit(delimiter, (steady / len(written)) ** 2 * (width - 1) / width, width, steady, len(written))


def _written(lines: Sequence[str], delimiter: str) -> Sequence[str]:
    return [line for line in lines if not is_rule(line)] if _boxed(lines, delimiter) else lines


def _leaning(lines: Sequence[str], delimiter: str, without: float) -> float:
    """Give the share of the quoting marks, outside of doubled ones, that have the delimiter or the line's end beside them."""
    text = "".join(lines).replace('""', "")
    edge = re.escape(delimiter)
    total = text.count('"')
    if total < 2 * FEW:
        return without
    beside = re.compile(rf'(?:^|(?<={edge})) *"|"(?= *(?:{edge}|\r|\n|\Z))', re.MULTILINE)
    return sum(1 for _ in beside.finditer(text)) / total


def _wholeness(records: Sequence[Sequence[str]], delimiter: str) -> float:
    """Weigh whether cells look whole: no other delimiter cut short in them, no cell that begins or ends with one."""
    others = "".join(sign for sign in CANDIDATES if sign != delimiter)
    cut = re.compile(rf"[{re.escape(others)}](?=\S)(?<![0-9],)|(?<!\s)\t|^\s*[,;]|[,;]\s*$")
    empties = re.compile("|".join(f"{re.escape(sign)}{re.escape(sign)}" for sign in others))
    cells = [cell for record in records for cell in record if cell]
    dirty = sum(1 for cell in cells if cut.search(cell) or cell.count('"') % 2)
    holding = sum(any(map(empties.search, record)) for record in records)
    return (1 - 0.7 * dirty / max(1, len(cells))) * (1 - 0.5 * holding / max(1, len(records)))


def _padded(lines: Sequence[str], delimiter: str | None, quote: str) -> bool:
    """Tell whether each delimiter is followed by a space that belongs to it: quotes stand behind that space only."""
    if delimiter is None or delimiter.isspace() or not quote:
        return False
    text = "".join(lines)
    return f"{delimiter} {quote}" in text and f"{delimiter}{quote}" not in text


def _boxed(lines: Sequence[str], delimiter: str | None) -> bool:
    """Tell a drawn table: rows that begin and end with the pipe, and rules between them."""
    if delimiter != "|" or not any(map(is_rule, lines)):
        return False
    rows = [line.strip() for line in lines if "|" in line and not is_rule(line)]
    return bool(rows) and all(row.startswith("|") and row.endswith("|") for row in rows)

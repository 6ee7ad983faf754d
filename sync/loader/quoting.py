r"""Lines of text and a dialect -> cells; how cells are quoted, told from the lines themselves.

The standard tokenizer knows only doubled quotes. What it does not know (`\"`, a quote that is left alone inside a cell)
is split here, by one rule for each: a quote opens a cell only where a cell begins, and closes it only where one ends.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Iterator, Sequence

QUOTES = ('"', "'")
ONE_COLUMN = "\0"  # a delimiter that checked text cannot hold
EDGES = "edges"  # in place of an escape sign: an inner quote is told by its place alone
DOUBLED = 'edges, ""'  # likewise, and the other quote stands doubled
NO_ESCAPES = frozenset("\r\n\t .,;:|-)(")  # what may well stand before a quote by itself
OPEN = "unexpected end of data"  # the standard tokenizer's words for a quote left open
PROOFS = 2  # so many cells must show an unusual way of quoting


class Dialect(NamedTuple):
    """How a line is split into cells."""

    delimiter: str | None  # None = one column
    quote: str = '"'  # "" = nothing is quoted
    escape: str = ""  # "" = a quote inside a quoted cell is doubled
    padded: bool = False  # spaces behind a delimiter are no part of the cell
    boxed: bool = False  # rows stand between delimiters, with rules between them
    width: int = 0  # the usual number of cells

    @property
    def standard(self) -> bool:
        """Whether the standard tokenizer can do it."""
        return not (self.quote and self.escape)


class Broken(ValueError):  # noqa: N818 - the line is broken, not the program
    """The quotes of a record do not pair up."""


def reader(lines: Iterator[str] | Sequence[str], dialect: Dialect, *, strict: bool = True) -> Reader:
    """Split lines by the standard tokenizer."""
    return csv.reader(
        lines,
        delimiter=dialect.delimiter or ONE_COLUMN,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        skipinitialspace=dialect.padded,
        strict=strict,
    )


def split(record: str, dialect: Dialect) -> list[str] | None:
    """Split a record by our own rule; None = a quote is still open at its end, Broken = text follows a closing one."""
    body, cells, at = record.rstrip("\r\n"), [], 0
    quoted, bare, rest = _patterns(dialect)
    while True:
        found = quoted.match(body, at) or bare.match(body, at)
        if found is None:
            if rest.match(body, at):
                return None
            raise Broken
        cells.append(_cell(found, dialect))
        if found.end() >= len(body):
            return cells
        at = found.end() + 1


def _cell(found: re.Match[str], dialect: Dialect) -> str:
    inner = found.groupdict().get("inner")
    if inner is None:
        return found["bare"]
    if dialect.escape == EDGES:
        return inner
    if dialect.escape == DOUBLED:
        return inner.replace('""', '"')
    quote, escape = re.escape(dialect.quote), re.escape(dialect.escape)
    return re.sub(f"{escape}([{quote}{escape}])", r"\1", inner)


@cache
def _patterns(dialect: Dialect) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Give the patterns of a quoted cell, of a bare one, and of one that is still open."""
    delimiter, quote = re.escape(dialect.delimiter or ONE_COLUMN), re.escape(dialect.quote)
    space = " *" if dialect.padded else ""
    escape = re.escape(dialect.escape)
    edges = dialect.escape in {EDGES, DOUBLED}
    signs, lazy = (".", "?") if edges else (f"(?:[^{quote}{escape}]|{escape}.)", "")
    return (
        re.compile(f"{space}{quote}(?P<inner>{signs}*{lazy}){quote}(?={delimiter}|\\Z)", re.DOTALL),
        re.compile(f"{space}(?P<bare>(?!{quote})[^{delimiter}]*)", re.DOTALL),
        re.compile(f"{space}{quote}{signs}*\\Z", re.DOTALL),
    )


def loose(line: str, dialect: Dialect) -> list[str]:
    """Split one line whatever its quotes are: by their edges, else by delimiters alone."""
    try:
        cells = split(line, dialect._replace(escape=EDGES))
    except Broken:
        cells = None
    return cells if cells is not None else line.rstrip("\r\n").split(dialect.delimiter or ONE_COLUMN)


class Marks(NamedTuple):
    """How often quotes stand where cells begin and end."""

    whole: int  # cells that begin and end with one
    begun: int  # that only begin with one
    total: int  # quotes in all


def marks(lines: Sequence[str], delimiter: str | None, quote: str) -> Marks:
    """Count the quotes of these lines by where they stand."""
    edge = re.escape(delimiter or ONE_COLUMN)
    begins = re.compile(f"(?:^|(?<={edge})) *{quote}", re.MULTILINE)
    whole = re.compile(
        f"(?:^|(?<={edge})) *{quote}(?:[^{quote}]|{quote}(?! *(?:{edge}|\r|\n|\\Z)))*{quote} *(?={edge}|\r|\n|\\Z)",
        re.MULTILINE,
    )
    text = "".join(lines)
    complete = sum(1 for _ in whole.finditer(text))
    return Marks(complete, max(0, sum(1 for _ in begins.finditer(text)) - complete), text.count(quote))


def quote_of(lines: Sequence[str], delimiter: str | None) -> tuple[str, str]:
    """Tell the quote of these lines, and why."""
    double, single = (marks(lines, delimiter, quote) for quote in QUOTES)
    if not double.total and not single.total:
        return '"', "no quotation mark in the lines looked at"
    if not double.whole and single.whole >= max(PROOFS, len(lines) / 2) and not single.begun:
        return "'", f"{single.whole} cells begin and end with '"
    if delimiter == "\t" and not double.whole and double.begun >= PROOFS and not _pairs(lines, delimiter):
        return "", f'{double.begun} cells begin with " and none ends with it: it is a sign like any other'
    if not double.whole:
        return '"', "no cell begins and ends with a quotation mark"
    return '"', f'{double.whole} cells begin and end with "'


def _pairs(lines: Sequence[str], delimiter: str | None) -> bool:
    """Tell whether the quotes of every line pair up as the standard has it."""
    return not any(troubles(lines, Dialect(delimiter), cut=False))


def troubles(lines: Sequence[str], dialect: Dialect, *, cut: bool) -> Iterator[str]:
    """Give the words of what fails as these lines are split; a quote left open is none where the lines are cut."""
    walk = reader(lines, dialect) if dialect.standard else _own(lines, dialect)
    while True:
        try:
            for _ in walk:
                pass
        except (csv.Error, Broken) as error:
            if not (cut and OPEN in str(error)):
                yield str(error)
            if dialect.standard:
                continue
        return


def rows(lines: Sequence[str], dialect: Dialect) -> Iterator[list[str]]:
    """Split lines for a first look, whatever is wrong with their quotes."""
    if dialect.standard:
        yield from reader(lines, dialect, strict=False)
    else:
        yield from (loose(line, dialect) for line in lines)


def _own(lines: Sequence[str], dialect: Dialect) -> Iterator[list[str]]:
    record = ""
    for line in lines:
        record += line
        cells = split(record, dialect)
        if cells is not None:
            yield cells
            record = ""
    if record:
        raise Broken(OPEN)


def escape_of(lines: Sequence[str], dialect: Dialect, *, cut: bool) -> tuple[str, str]:
    """Tell how a quote inside a quoted cell is marked, and why; doubled where nothing else is shown."""
    if not dialect.quote or not any(troubles(lines, dialect, cut=cut)):
        return "", "every quoted cell closes where a cell ends"
    before = list(_before_inner_quotes(lines, dialect))
    signs = set(before)
    if len(before) >= PROOFS and len(signs) == 1 and not signs & NO_ESCAPES:
        (sign,) = signs
        if not sign.isalnum() and not any(troubles(lines, dialect._replace(escape=sign), cut=cut)):
            return sign, f"{sign} stands before each of {len(before)} quotes inside cells"
    if dialect.quote == "'" and not any(troubles(lines, dialect._replace(escape=EDGES), cut=cut)):
        text = "".join(lines)
        doubled = '""' in text and '"' not in text.replace('""', "")
        return DOUBLED if doubled else EDGES, "apostrophes inside cells stand alone"
    return "", "some quotation marks do not pair up"


def _before_inner_quotes(lines: Sequence[str], dialect: Dialect) -> Iterator[str]:
    """Walk the signs before the quotes that stand inside quoted cells."""
    inner = re.compile(rf"(.){re.escape(dialect.quote)}", re.DOTALL)
    quoted, bare, _ = _patterns(dialect._replace(escape=EDGES))
    for line in lines:
        body, at = line.rstrip("\r\n"), 0
        while at <= len(body) and (found := quoted.match(body, at) or bare.match(body, at)):
            yield from inner.findall(found.groupdict().get("inner") or "")
            at = found.end() + 1

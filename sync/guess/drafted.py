"""Roles, facts and the way a file was read -> the drafted mapping, its comments, and what programs want to know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sync.guess import rules
from sync.guess.naming import glob, slug
from sync.guess.notation import Notation, notation
from sync.guess.shapes import Question
from sync.guess.yamltext import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.lines import Facts
    from sync.guess.shapes import Column, Roles
    from sync.rows import ReadAs

PLACEHOLDER = "LOCATION"
MOST_HEADERS = 5
UNANSWERED = "unanswered"
COMMA = ","


@dataclass(frozen=True, slots=True)
class Source:
    """The file that is drafted for, and how it was read."""

    filename: str
    read_as: ReadAs
    header_rows: tuple[int, ...]
    headers: tuple[str, ...]
    sheets: tuple[str, ...] = ()  # the names of all visible sheets with rows
    merged: tuple[int, ...] = ()  # columns with cells merged downwards


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted mapping."""

    mapping: dict[str, Any]
    text: str
    questions: tuple[Question, ...]
    evidence: dict[str, str]
    location: str | int | list[str | int] | None
    sku: str | int | None
    quantity: str | int | list[str | int] | None
    not_stock: str = ""

    @property
    def answered(self) -> str:
        """The draft without its open questions: what it would be if every choice in it were right."""
        return render({key: value for key, value in self.mapping.items() if key != UNANSWERED}, {})

    @property
    def deciding(self) -> tuple[Question, ...]:
        """The questions without whose answers nothing may go."""
        return tuple(question for question in self.questions if question.decides)


@dataclass(slots=True)
class _Pen:
    """What is being written."""

    source: Source
    roles: Roles
    facts: Facts
    comments: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    evidence: dict[str, str] = field(default_factory=dict)

    @property
    def unknown(self) -> str:
        """What stands for a column that a person has to name."""
        return "?" if self.source.header_rows else "1"

    def say(self, place: tuple[str, ...], *sentences: str) -> None:
        self.comments.setdefault(place, []).extend(filter(None, sentences))

    def ask(self, place: tuple[str, ...], about: str) -> None:
        for question in self.questions:
            if question.about == about:
                self.say(place, asked(question))


def asked(question: Question) -> str:
    """Say a question in one line, with its candidates."""
    which = f" Candidates: {', '.join(question.candidates)}" if question.candidates else ""
    return (
        f"QUESTION{' (answer it before anything goes)' if question.decides else ''}: {question.text}{which}"
    )


def draft(source: Source, roles: Roles, facts: Facts) -> Draft:
    """Write the mapping as far as the file tells it."""
    numbers = notation(_counted(roles))
    pen = _Pen(source, roles, facts)
    pen.questions = [*roles.questions, *([numbers.question] if numbers.question else [])]
    pen.questions += rules.doubts(roles, facts)
    pen.questions += _nameless(roles, source.headers)
    mapping: dict[str, Any] = {
        "version": 1,
        "name": slug(source.filename),
        "description": f"Drafted from {source.filename}"[:200],
        "match": {"filename": [glob(source.filename)]},
    }
    if _headers(pen) and source.header_rows:
        mapping["match"]["headers"] = _headers(pen)
    read = _read(pen)
    mapping |= {"read": read} if read else {}
    mapping |= {"layout": "matrix", "matrix": _matrix(pen)} if roles.matrix else {}
    mapping["columns"] = _columns(pen, numbers)
    written = rules.rows(roles, facts, source.headers)
    mapping |= {"rows": written.rows} if written.rows else {}
    for place, sentences in written.comments.items():
        pen.say(place, *sentences)
    mapping["send"] = {"source": "erp_sync", "notes": ""}
    _preface(pen)
    open_ones = rules.unanswered(roles.not_stock, pen.questions)
    if open_ones:
        mapping[UNANSWERED] = open_ones
        pen.say(
            (UNANSWERED,), "answer these above, then take them away: with one of them left this is no mapping"
        )
    return _told(pen, mapping)


def _told(pen: _Pen, mapping: dict[str, Any]) -> Draft:
    roles, headers = pen.roles, pen.source.headers
    plain = len(pen.source.header_rows) == 1
    if roles.matrix:
        location: Any = [_named(column, headers, plain=plain) for column in roles.matrix.columns]
        quantity: Any = location
    else:
        location = _named(roles.location.column, headers, plain=plain) if roles.location else None
        quantity = _named(roles.quantity.column, headers, plain=plain) if roles.quantity else None
    return Draft(
        mapping=mapping,
        text=render(mapping, pen.comments),
        questions=tuple(pen.questions),
        evidence=pen.evidence,
        location=location,
        sku=_named(roles.sku.column, headers, plain=plain) if roles.sku else None,
        quantity=quantity,
        not_stock=roles.not_stock,
    )


def _named(column: Column, headers: Sequence[str], *, plain: bool) -> str | int:
    """Name a column by its header, where that is one row's text and no other column has it; else by its index."""
    folded = [header.strip().casefold() for header in headers]
    own = column.header.strip().casefold()
    return column.header if plain and own and folded.count(own) == 1 else column.at


def _counted(roles: Roles) -> tuple[Column, ...]:
    return roles.matrix.columns if roles.matrix else roles.quantity.columns if roles.quantity else ()


def _used(roles: Roles) -> list[Column]:
    chosen = [choice.column for choice in (roles.sku, roles.location, roles.quantity) if choice]
    return [*chosen, *(roles.matrix.columns if roles.matrix and not roles.matrix.pattern else ())]


def _headers(pen: _Pen) -> list[str]:
    return [column.header for column in _used(pen.roles) if column.header][:MOST_HEADERS]


def _nameless(roles: Roles, headers: Sequence[str]) -> list[Question]:
    """Ask for names where a mapping could not name a column."""
    folded = [header.strip().casefold() for header in headers]
    used = [*_used(roles), *(roles.matrix.columns if roles.matrix else ())]
    bad = {column.at: column.shown for column in used if folded.count(column.header.strip().casefold()) != 1}
    if not bad:
        return []
    text = f"{', '.join(bad.values())} cannot be named in a mapping: the header is blank or stands twice; give the column a name of its own"
    return [Question("columns", text, decides=True)]


def _read(pen: _Pen) -> dict[str, Any]:
    source, read_as = pen.source, pen.source.read_as
    read: dict[str, Any] = {}
    if len(source.sheets) > 1 and read_as.sheet is not None:
        read["sheet"] = read_as.sheet
        pen.ask(("read", "sheet"), "sheet")
    if not source.header_rows:
        read["header_row"] = "none"
    elif len(source.header_rows) > 1:
        read["header_rows"] = list(source.header_rows)
        pen.say(("read", "header_rows"), "the names of the columns stand in several rows")
    if read_as.format == "csv":
        read |= _text(pen, read_as)
    used = {column.at for column in _used(pen.roles)}
    if used & set(source.merged):
        read["merged"] = "fill"
        pen.say(("read", "merged"), "cells of these columns are merged with the ones above them")
    return read


def _text(pen: _Pen, read_as: ReadAs) -> dict[str, Any]:
    read: dict[str, Any] = {}
    if read_as.encoding and not read_as.encoding.lower().startswith(("utf-8", "ascii")):
        read["encoding"] = read_as.encoding
    if read_as.delimiter and read_as.delimiter != COMMA:
        read["delimiter"] = read_as.delimiter
    for key in ("quote", "escape"):
        if getattr(read_as, key) is not None:
            read[key] = getattr(read_as, key)
    for key in read:
        pen.say(("read", key), read_as.evidence.get(key, ""))
    return read


def _matrix(pen: _Pen) -> dict[str, Any]:
    matrix = pen.roles.matrix
    assert matrix is not None  # noqa: S101 - asked before
    pen.say(("matrix",), f"{matrix.why}: {', '.join(matrix.locations[:6])}")
    pen.evidence["location"] = matrix.why
    return {
        "locations": {"pattern": matrix.pattern}
        if matrix.pattern
        else [column.header for column in matrix.columns]
    }


def _columns(pen: _Pen, numbers: Notation) -> dict[str, Any]:
    roles = pen.roles
    written: dict[str, Any] = {}
    place = ("columns", "location_code")
    if roles.matrix:
        pen.ask(("matrix",), "location")
    elif roles.location:
        written["location_code"] = {
            "column": roles.location.column.header or str(roles.location.column.at + 1)
        }
        _reasons(pen, (*place, "column"), "location")
    else:
        written["location_code"] = {"value": PLACEHOLDER}
        pen.ask((*place, "value"), "location")
    written["sku_code"] = {"column": roles.sku.column.header if roles.sku else pen.unknown}
    _reasons(pen, ("columns", "sku_code", "column"), "sku")
    quantity = _quantity(pen, numbers)
    return written | ({"quantity": quantity} if quantity else {})


def _quantity(pen: _Pen, numbers: Notation) -> dict[str, Any]:
    roles = pen.roles
    place = ("columns", "quantity")
    written: dict[str, Any] = {}
    if not roles.matrix:
        written["column"] = roles.quantity.column.header if roles.quantity else pen.unknown
        _reasons(pen, (*place, "column"), "quantity")
    if numbers.decimal:
        written["decimal"] = numbers.decimal
        pen.say((*place, "decimal"), numbers.why)
    if numbers.thousands:
        written["thousands"] = numbers.thousands
        pen.say((*place, "thousands"), "" if numbers.decimal else numbers.why)
    blanks = sorted({word for column in _counted(roles) for word in column.profile.blanks})
    if blanks:
        written["empty"] = blanks
        pen.say((*place, "empty"), "words that stand where there is no number")
    for about in ("numbers", "rows"):
        pen.ask(place if written else ("columns",), about)
    pen.evidence["numbers"] = numbers.why
    return written


def _reasons(pen: _Pen, place: tuple[str, ...], about: str) -> None:
    choice = getattr(pen.roles, about)
    if choice:
        pen.say(place, choice.why)
        pen.evidence[about] = choice.why
        if choice.others:
            pen.say(place, f"not: {', '.join(other.shown for other in choice.others[:6])}")
    pen.ask(place, about)


def _preface(pen: _Pen) -> None:
    source, deciding = pen.source, sum(question.decides for question in pen.questions)
    pen.say(
        (),
        f"Drafted by `mapping guess` from {source.filename}: read it, answer its questions, edit it, then save it among the mappings.",
    )
    if pen.roles.not_stock:
        pen.say((), f"THIS DOES NOT LOOK LIKE STOCK: {pen.roles.not_stock}.")
    if pen.questions:
        pen.say((), f"{len(pen.questions)} questions are open, {deciding} of which decide what goes.")
    for about in ("header", "columns"):
        pen.ask(("match",), about)

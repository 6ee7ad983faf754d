"""A file that no mapping claims -> a drafted mapping: the reader's tables meet the words and figures of the guess.

A draft is for `mapping guess` and `check --guess` alone: nothing is ever sent by one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync import loader
from sync.errors import SetAside
from sync.guess import lines
from sync.guess.drafted import Draft, Source, draft
from sync.guess.heading import Heading, heading
from sync.guess.judging import judge, judge_nameless
from sync.guess.profile import profiles
from sync.guess.shapes import Question, columns
from sync.mapping.model import Mapping
from sync.rows import ReadHints
from sync.yamlfile.document import parse
from sync.yamlfile.judge import judge as judged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sync.guess.shapes import Column, Roles
    from sync.rows import ReadAs, Sheet
    from sync.run.unpacking import Content

MOST_TABLES = 2  # of stock in one workbook, of which the first is drafted


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft, and where in the file its table stands."""

    draft: Draft
    sheet: str | None
    header_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    """One sheet, and what its columns are."""

    sheet: Sheet
    head: Heading
    hints: ReadHints
    read_as: ReadAs
    header: tuple[str, ...]
    columns: list[Column]
    roles: Roles

    @property
    def worth(self) -> tuple[bool, bool, bool]:
        """Compare sheets by what a stock file needs."""
        roles = self.roles
        return not roles.not_stock, bool(roles.quantity or roles.matrix), roles.sku is not None


def draft_file(content: Content) -> Drafted:
    """Draft the mapping of a file.

    Raises:
        SetAside: the file cannot be read, or holds no table.
    """
    path = content.path
    sheets = [sheet for sheet in loader.peek(path, ReadHints()) if sheet.visible and sheet.rows]
    looks = [_look(path, sheet) for sheet in sheets]
    if not looks:
        raise SetAside(
            f"{content.name}: it holds no rows that a person sees; there is nothing to draft a mapping from"
        )
    best = max(looks, key=lambda look: look.worth)  # of equal ones the first
    rivals = [look for look in looks if look.worth == best.worth] if all(best.worth) else []
    best.roles.questions += _of_sheets(rivals)
    facts = lines.facts(loader.read(path, best.hints).blocks, best.columns, best.roles)
    source = Source(
        filename=content.name,
        read_as=best.read_as,
        header_rows=best.head.rows,
        headers=best.header,
        sheets=tuple(sheet.name or "" for sheet in sheets),
        merged=best.sheet.merged,
    )
    return Drafted(draft(source, best.roles, facts), best.sheet.name, best.head.rows)


def _look(path: Path, sheet: Sheet) -> _Look:
    head = heading(sheet)
    hints = ReadHints(sheet=sheet.name, header_rows=head.rows, merged="fill" if sheet.merged else None)
    table = loader.read(path, hints)
    found = columns(table.header, head.names, profiles(table.blocks, len(table.header)))
    roles = judge(found) if head.rows else judge_nameless(found)
    return _Look(sheet, head, hints, table.read_as, table.header, found, roles)


def _of_sheets(rivals: Sequence[_Look]) -> list[Question]:
    if len(rivals) < MOST_TABLES:
        return []
    shown = tuple(f"`{look.sheet.name}`" for look in rivals)
    text = f"{len(rivals)} sheets hold a table of stock; this is of {shown[0]}: which one is meant?"
    return [Question("sheet", text, shown, decides=True)]


def as_mapping(drafted: Drafted, content: Content) -> Mapping:
    """Judge the draft by the rules for every mapping."""
    text = drafted.draft.answered
    mapping = judged(parse(text, f"the draft for {content.name}"), Mapping)
    return mapping.at(content.path.with_suffix(".yaml"), hashlib.sha256(text.encode()).hexdigest())


def for_check(content: Content) -> tuple[Mapping, list[str]]:
    """Give the draft that may judge a file, and what is to be said of it.

    Raises:
        SetAside: it is no stock file, or a question is open that decides what goes.
    """
    drafted = draft_file(content)
    found = drafted.draft
    if found.not_stock:
        raise SetAside(
            f"{content.name}: no mapping claims this file, and it does not look like stock: {found.not_stock}"
        )
    if found.deciding:
        asked = [question_shown(question) for question in found.deciding]
        raise SetAside(
            f"{content.name}: no mapping claims this file, and the draft for it leaves open what decides the stock",
            *asked,
            "write the mapping: `inventory-sync mapping guess FILE` drafts it with these questions",
        )
    open_ones = [question_shown(question) for question in found.questions]
    return as_mapping(drafted, content), open_ones


def unfinished(drafted: Drafted) -> list[str]:
    """Say why a draft cannot be finished by editing it: it is no stock, or what a mapping needs is nowhere."""
    found = drafted.draft
    if found.not_stock:
        return [f"it does not look like stock: {found.not_stock}"]
    missing = [name for name in ("sku", "quantity") if getattr(found, name) is None]
    about = {"header", *missing}
    return [
        question_shown(question)
        for question in found.deciding
        if question.about in about or (question.about == "sheet" and len(question.candidates) > MOST_TABLES)
    ]


def question_shown(question: Question) -> str:
    """Say a question and its candidates in one sentence."""
    shown = ", ".join(question.candidates)
    return f"{question.text} ({shown})" if shown else question.text

"""Drafts of tables that are written with bars, for the tests of the guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.guess.drafted import Draft, Source, draft
from sync.guess.judging import judge
from sync.guess.lines import facts
from sync.mapping.model import Mapping
from sync.rows import ReadAs
from sync.yamlfile.document import parse
from sync.yamlfile.judge import judge as judged
from tests.exports import block, looked_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.guess.shapes import Roles

Rows = list[tuple[str, ...]]


def roles_of(header: str, *rows: str) -> Roles:
    """Judge a table written with bars."""
    names = header.split("|")
    return judge(looked_at(names, [tuple(row.split("|")) for row in rows]))


def drafted(header: Sequence[str], rows: Rows, **source: Any) -> Draft:
    """Draft the mapping of a table."""
    columns = looked_at(header, rows)
    roles = judge(columns)
    found = facts(iter([block(rows, len(header))]), columns, roles)
    about: dict[str, Any] = {
        "filename": "stock.csv",
        "read_as": ReadAs("csv"),
        "header_rows": (1,),
        "headers": tuple(header),
    }
    return draft(Source(**(about | source)), roles, found)


def table(header: str, *rows: str, **source: Any) -> Draft:
    """Draft the mapping of a table written with bars."""
    return drafted(header.split("|"), [tuple(row.split("|")) for row in rows], **source)


def loaded(made: Draft) -> Mapping:
    """Load the draft as strictly as any mapping."""
    return judged(parse(made.answered, "draft.yaml"), Mapping)


def asked(made: Draft, about: str) -> list[str]:
    return [question.text for question in made.questions if question.about == about]

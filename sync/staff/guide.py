"""A rejected file -> what the first sheet of its workbook says, in the language of whoever corrects it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sync.rejects.guide import Guide
from sync.rejects.lines import CURRENT, REASON, ROW
from sync.staff.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sync.rejects.guide import Said, Written
    from sync.staff.words import Words

LONGEST_NAME = 200
ABOUT = {ROW: "about_row", REASON: "about_reason", CURRENT: "about_current"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where rejected rows come from."""

    file: str
    received: datetime
    run: str


def guide(words: Words, source: Source) -> Guide:
    """Put together what a workbook of rejects says."""
    return Guide(
        words=words,
        title=words.say("workbook", "guide"),
        rows=words.say("workbook", "rows"),
        page=lambda written: list(_page(words, source, written)),
        about={column: words.say("workbook", name) for column, name in ABOUT.items()},
    )


def _page(words: Words, source: Source, written: Written) -> Iterator[Said]:
    say = partial(words.say, "workbook")
    yield "title", say("title", rows=words.rows(written.rows + written.left_out))
    yield "text", say("file", file=one_line(source.file)[:LONGEST_NAME])
    yield "text", say("when", moment=words.moment(source.received))
    yield "text", ""
    yield "heading", say("steps")
    yield "text", say("step_1", sheet=written.sheet)
    yield "text", say("step_2")
    yield "text", say("step_3")
    yield "text", ""
    yield from (("text", text) for text in _remarks(words, written))
    yield "text", ""
    yield "heading", say("leave")
    yield from (("text", say(name)) for name in ("leave_1", "leave_2", "sent"))
    yield "text", ""
    yield "text", say("ask", run=source.run)


def _remarks(words: Words, written: Written) -> Iterator[str]:
    say = partial(words.say, "workbook")
    if 0 < written.risky < written.rows:
        yield say("risk", rows=words.rows(written.risky))
    yield say("row_itself")
    yield say("give_up")
    if written.commented:
        yield say("no_comments", row=written.commented + 1)
    if written.left_out:
        yield say("too_many", rows=words.rows(written.left_out), file=one_line(written.rest)[:LONGEST_NAME])

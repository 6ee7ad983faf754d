"""The report of a run -> the note beside its file: what happened, which rows, what is safe, what comes by itself, what to do."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING

from sync.staff.failures import kind
from sync.staff.held import held
from sync.staff.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.staff.subject import Subject
    from sync.staff.words import Words

    Parts = Iterator[tuple[str, Iterable[str]]]

ROWS = 10
ALL_PROBLEMS = 100  # how many a report lists
LONGEST = 400  # letters of a line
SENTENCES = 8  # of why a file failed


def note(words: Words, subject: Subject, about: str) -> str:
    """Write a note; `about`: rejected, held or failed."""
    write = {"rejected": _rejected, "held": held, "failed": _failed}[about]
    report = subject.report
    rows = report["rows"]["rejected"]
    title = words.say(about, "title", **({"rows": words.rows(rows)} if about == "rejected" else {}))
    lines = [
        title,
        "",
        words.say("note", "file", file=_short(report["file"].rpartition("/")[2])),
        words.say("note", "when", moment=words.moment(subject.received)),
    ]
    for heading, said in (*write(words, subject), ("whom", [words.say("note", "ask", run=report["run"])])):
        lines += ["", words.say("note", heading), *(f"  {_short(text)}" for text in said)]
    return "\n".join([*lines, ""])


def _short(text: str, longest: int = LONGEST) -> str:
    """Bound a line: what stands in a file may have any length."""
    text = one_line(text)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _rejected(words: Words, subject: Subject) -> Parts:
    say, rows = partial(words.say, "rejected"), subject.report["rows"]
    workbook = subject.beside
    yield (
        "happened",
        [say("happened", rejected=words.rows(rows["rejected"]), read=rows["read"], workbook=workbook)],
    )
    yield "which", list(_rows(words, subject))
    safe = [say("safe", accepted=words.rows(rows["accepted"]))]
    safe += words.already(rows["unchanged"])
    safe += [say("pending", pending=words.rows(rows["pending"]))] if rows["pending"] else []
    safe += [say("held", held=words.rows(rows["held"]))] if rows["held"] else []
    yield "safe", safe
    yield "itself", [say("itself")]
    yield "todo", [say("todo_1", workbook=workbook), say("todo_2"), say("todo_3")]


def _rows(words: Words, subject: Subject) -> Iterator[str]:
    """List the first rows, each with its reasons."""
    problems, rejected = subject.report["problems"], subject.report["rows"]["rejected"]
    of_row: dict[int, list[str]] = {}
    for problem in problems:
        said = words.reason(problem["code"], problem["field"], problem["value"])
        if said not in of_row.setdefault(problem["row"], []):
            of_row[problem["row"]].append(said)
    for row, reasons in list(of_row.items())[:ROWS]:
        yield words.say("note", "row", row=str(row), words=" ".join(reasons))
    more = (len(of_row) if len(problems) < ALL_PROBLEMS else max(rejected, len(of_row))) - ROWS
    if more > 0:
        yield words.say("note", "more_rows", rows=words.rows(more), workbook=subject.beside)


def _failed(words: Words, subject: Subject) -> Parts:
    why = subject.report["why"]
    name = kind(why)
    yield "happened", [words.say("failures", name, "sentence")]
    yield "safe", [words.say("failed", "safe")]
    yield "itself", [words.say("failed", "itself")]
    yield "todo", [words.say("failures", name, "remedy"), words.say("failed", "todo_again")]
    yield "details", [*why[:SENTENCES], _check(subject.report["file"])]


def _check(file: str) -> str:
    return f"inventory-sync check {shlex.quote(one_line(file))}"

"""What waits for whom, and what became of the last files -> one plain web page: no script, nothing from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from sync.staff.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sync.staff.words import Words

LONGEST_NAME = 120
AGAIN = 120  # seconds after which a browser looks at the page anew
STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:auto;padding:1rem;color:#111;background:#fff}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin:1.5rem 0 .3rem}h3{font-size:1rem;margin:.8rem 0 0}"
    "ul{margin:.2rem 0;padding-left:1.3rem}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .5rem .3rem 0;border-bottom:1px solid #bbb;overflow-wrap:anywhere}"
    "td:first-child{white-space:nowrap}b{border:2px solid;border-radius:.2rem;padding:0 .3rem;font-size:.8rem;white-space:nowrap}"
    ".ok{color:#14532d}.look{color:#991b1b}.wait{color:#7c4a03}section+section{border-top:4px solid #888;margin-top:2.5rem}"
    "@media(max-width:40rem){thead{display:none}tr,td{display:block;border:0}td{padding:0}"
    "tr{border-bottom:1px solid #bbb;padding:.5rem 0}td:nth-child(2){font-weight:600}}"
    "@media print{body{max-width:none;padding:0}tr,li{break-inside:avoid}}"
)
HEAD = (
    '<!doctype html>\n<html lang="{code}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="{again}">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    "<title>{title}</title><style>{style}</style></head><body>\n"
)
CALLERS = ("approver", "staff", "caretaker", "itself")


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits: for whom, in which sentence, of which file, how many rows, for how many days."""

    whom: str  # one of CALLERS
    sentence: str
    file: str
    rows: int = 0
    days: int = 0
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """A file that came, and its report; `closed`: nobody has to correct any of its rows any more."""

    received: datetime
    report: Mapping[str, Any]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page tells. `more`: how many wait beside those that are named."""

    looked_at: datetime
    old_after: int  # minutes
    waiting: Sequence[Waits]
    files: Sequence[Came]
    more: Mapping[str, int] = field(default_factory=dict)


def page(languages: Sequence[Words], seen: Seen) -> str:
    """Write the page, once in each language."""
    first = languages[0]
    head = HEAD.format(
        code=escape(first.code), title=escape(first.say("page", "title")), style=STYLE, again=AGAIN
    )
    return head + "\n".join(_section(words, seen) for words in languages) + "\n</body></html>\n"


def _section(words: Words, seen: Seen) -> str:
    say = partial(words.say, "page")
    parts = [
        f'<section lang="{escape(words.code)}">',
        f"<h1>{escape(say('title'))}</h1>",
        f"<p>{escape(say('looked', moment=words.moment(seen.looked_at)))}</p>",
        f"<p>{escape(say('old', minutes=seen.old_after))}</p>",
        f"<h2>{escape(say('waiting'))}</h2>",
        *(_waiting(words, seen) or [f"<p>{escape(say('nothing_waits'))}</p>"]),
        f"<h2>{escape(say('last'))}</h2>",
        *(_files(words, seen.files) if seen.files else [f"<p>{escape(say('no_files'))}</p>"]),
        "</section>",
    ]
    return "\n".join(parts)


def _waiting(words: Words, seen: Seen) -> list[str]:
    found = []
    for whom in CALLERS:
        lines = [_told(words, waits) for waits in seen.waiting if waits.whom == whom]
        lines += [words.say("page", "more", n=seen.more[whom])] if seen.more.get(whom) else []
        if lines:
            items = "".join(f"<li>{escape(line)}</li>" for line in lines)
            found.append(f"<h3>{escape(words.say('page', whom))}</h3><ul>{items}</ul>")
    return found


def _told(words: Words, waits: Waits) -> str:
    rows = words.rows(waits.rows)
    values = {
        "file": named(waits.file),
        "held": rows,
        "rows": rows,
        "pending": rows,
        "age": words.age(waits.days),
        "moment": words.moment(waits.moment) if waits.moment else "",
    }
    return words.say("page", waits.sentence, **values)


def _files(words: Words, files: Sequence[Came]) -> Iterator[str]:
    heads = "".join(f"<th>{escape(words.say('page', name))}</th>" for name in ("received", "file", "result"))
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    for came in files:
        mark, told = _result(words, came.report, closed=came.closed)
        sentence = " ".join([told, *words.already(came.report["rows"]["unchanged"])])
        shown = f'<b class="{mark}">{escape(words.say("page", f"mark_{mark}"))}</b> {escape(sentence)}'
        cells = (escape(words.moment(came.received)), escape(named(came.report["file"])), shown)
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</tbody></table>"


def _result(words: Words, report: Mapping[str, Any], *, closed: bool) -> tuple[str, str]:
    """Tell what became of a file: a mark and a sentence."""
    rows = report["rows"]
    counts = {name: words.rows(rows[name]) for name in ("accepted", "rejected", "held", "pending")}
    if report["status"] == "ok":
        repeated = report["skipped_by_reason"].get("repeat")
        return "ok", words.say(
            *("page", "ok" if rows["accepted"] else "ok_repeat" if repeated else "ok_nothing"), **counts
        )
    if report["status"] == "partial" and closed:
        return "ok", words.say("page", "partial_closed", **counts)
    sentence, mark = {
        "partial": ("partial", "look"),
        "held": ("held_file", "wait"),
        "incomplete": ("incomplete", "wait"),
        "refused": ("refused_file", "look"),
    }.get(report["status"], ("failed_file", "look"))
    return mark, words.say("page", sentence, **counts)


def named(file: str) -> str:
    """Show a file's own name, whatever is in it."""
    name = one_line(file.rpartition("/")[2])
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"

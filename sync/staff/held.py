"""A held run -> what its note says: the numbers, examples, and how an approver says yes or no."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sync.staff.subject import Subject
    from sync.staff.words import Words

    Parts = Iterator[tuple[str, Iterable[str]]]

NOTHING = ": \N{EN DASH} -> "  # the same in any language
GUARDS = 10  # that are told, and locations that are named
EXAMPLES = 3
GONE = ("accepted", "unchanged", "pending")  # the rest of a file of which some locations wait


def held(words: Words, subject: Subject) -> Parts:
    """Tell about a held run, part by part."""
    say, report = partial(words.say, "held"), subject.report
    stopped, rows = report["held"], words.rows(report["rows"]["held"])
    if stopped["locations"] and any(report["rows"][outcome] for outcome in GONE):
        happened = say("happened_some", held=rows, locations=_named(words, stopped["locations"]))
    else:
        happened = say("happened_all", held=rows)
    told = [text for guard in stopped["guards"][:GUARDS] for text in _guard(words, guard)]
    yield "happened", [happened, *told]
    safe = say("safe", accepted=words.rows(report["rows"]["accepted"]))
    yield "safe", [safe, *words.already(report["rows"]["unchanged"])]
    yield "itself", [say("itself")]
    yield "todo", list(_todo(words, subject))


def _named(words: Words, locations: list[str]) -> str:
    named = ", ".join(locations[:GUARDS])
    more = len(locations) - GUARDS
    return f"{named} {words.say('page', 'more', n=more)}" if more > 0 else named


def _guard(words: Words, guard: Mapping[str, Any]) -> Iterator[str]:
    """Say why a guard stopped it, with the numbers and up to three examples."""
    said = {"words": reason(words, guard["guard"]), "numbers": numbers(words, guard)}
    location = guard["location"]
    yield (
        words.say("held", "guard_at", location=location, **said)
        if location
        else words.say("held", "guard", **said)
    )
    yield from plan(words, guard)
    for example in guard["examples"][:EXAMPLES]:
        yield words.say("held", "example", text=example.replace(": none -> ", NOTHING))


def reason(words: Words, guard: str) -> str:
    """Say what a guard looks for."""
    return words.say("guards", guard if words.knows("guards", guard, "words") else "other", "words")


def numbers(words: Words, guard: Mapping[str, Any]) -> str:
    """Say a guard's numbers in the language; as it said them itself where the language has no words for them."""
    values = {name: _shown(value) for name, value in (guard.get("values") or {}).items()}
    if not words.knows("guards", guard["guard"], "numbers"):
        return str(guard["numbers"])
    try:
        return words.say("guards", guard["guard"], "numbers", **values)
    except KeyError:  # a ledger of another version
        return str(guard["numbers"])


def plan(words: Words, guard: Mapping[str, Any]) -> Iterator[str]:
    """Say what sending a mapping's first file would change, where it was looked up."""
    values = {name: _shown(value) for name, value in (guard.get("values") or {}).items()}
    if {"created", "changed", "zeroed", "unchanged"} <= values.keys():
        yield words.say("held", "plan", **values)


def _shown(value: float | str) -> int | str:
    """Write a median without a fraction that is none."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else f"{value:g}"
    return value


def _todo(words: Words, subject: Subject) -> Iterator[str]:
    say, run = partial(words.say, "held"), subject.report["run"]
    yield say("todo_look")
    yield say("todo_wrong")
    yield say("todo_folder" if subject.approve_folder else "todo_right", command=command("approve", run))
    locations = subject.report["held"]["locations"]
    if len(locations) > 1:
        one = f"{command('approve', run)} --location {shlex.quote(locations[0])}"
        yield say("todo_one", command=one)
    yield say("todo_no", command=command("discard", run))


def command(name: str, run: str) -> str:
    """Write the command that decides about a run."""
    return f"inventory-sync {name} {run}"

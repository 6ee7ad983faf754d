"""Runs -> the changes that a person is to be told of: held, refused or incomplete, files that failed, new rejects."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from sync import report
from sync.ledger import batches, holds, runs, standing
from sync.ledger.told import Told
from sync.run.alarms.view import Change
from sync.run.moment import utc
from sync.staff.failures import kind
from sync.staff.held import command, numbers, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.rows import Run
    from sync.run.alarms.view import View

GUARDS, EXAMPLES, FILES = 5, 3, 5
PATIENT = ("incomplete", "failing")


def held_changes(view: View) -> Iterator[Change]:
    """Find what waits for a person since the last look, and what does no more."""
    waiting = standing.held(view.ledger, view.pattern)
    for name in waiting:
        run = runs.get(view.ledger, name)
        if run and view.topic("held", name) not in view.known:
            yield view.arisen(view.topic("held", name), "held", *_held_words(view, run))
    for name, _ in view.standing("held"):
        if name not in waiting:
            run = runs.get(view.ledger, name)
            title = view.say("decided_title", file=_file(run.file) if run else name)
            yield view.over(view.topic("held", name), title, *_verdicts(view, name))


def _held_words(view: View, run: Run) -> Iterator[str]:
    held: dict[str, Any] = report.describe(run, batches.tally(view.ledger, run.run))["held"] or {}
    yield view.say("held_title", file=_file(run.file), held=view.words.rows(held.get("rows", run.held)))
    if held.get("locations") and run.held < run.to_send:
        yield view.say("held_where", locations=", ".join(held["locations"]))
    for guard in held.get("guards", [])[:GUARDS]:
        yield _guard(view, guard)
        for example in guard["examples"][:EXAMPLES]:
            yield view.words.say("held", "example", text=example)
    yield view.say("held_yes", command=command("approve", run.run))
    yield view.say("held_no", command=command("discard", run.run))


def _guard(view: View, guard: dict[str, Any]) -> str:
    said = {"words": reason(view.words, guard["guard"]), "numbers": numbers(view.words, guard)}
    if guard["location"]:
        return view.words.say("held", "guard_at", location=guard["location"], **said)
    return view.words.say("held", "guard", **said)


def _verdicts(view: View, run: str) -> list[str]:
    said = [
        view.say(f"decided_{hold.verdict}", who=hold.who or "?", why=hold.why or "")
        for hold in holds.of_run(view.ledger, run)
        if hold.verdict
    ]
    return list(dict.fromkeys(said))


def tenant_changes(view: View) -> Iterator[Change]:
    """Find whether the tenant began or ceased to leave rows waiting."""
    topic = view.topic("tenant")
    known = view.known.get(topic)
    waiting = standing.pending(view.ledger, view.pattern)
    state = _state([run.ending for run in waiting])
    if not waiting and known:
        yield view.over(topic, view.say("tenant_title", tenant=view.tenant))
    if state and (known is None or known.state != state):
        yield view.arisen(topic, state, *_tenant_words(view, state, waiting))


def _state(endings: list[str]) -> str:
    """Tell how the tenant stands; what was only interrupted says nothing of it."""
    if "refused" in endings:
        return "refused"
    return "incomplete" if any(ending in PATIENT for ending in endings) else ""


def _tenant_words(view: View, state: str, waiting: list[standing.Pending]) -> Iterator[str]:
    pending = sum(_pending(view, run.run) for run in waiting)
    yield view.say(f"{state}_title", tenant=view.tenant, pending=view.words.rows(pending))
    newest = runs.get(view.ledger, waiting[-1].run)
    yield from newest.why if newest else ()
    more = ["..."] if len(waiting) > FILES else []
    yield view.say("files", files=", ".join([_file(run.file) for run in waiting[:FILES]] + more))
    yield view.say(f"{state}_itself")
    if state == "refused":
        yield view.say("refused_do", command="inventory-sync doctor")


def _pending(view: View, name: str) -> int:
    run = runs.get(view.ledger, name)
    return report.outcomes(run, batches.tally(view.ledger, name))["pending"] if run else 0


def file_changes(view: View, *, after: int) -> Iterator[Change]:
    """Find the files that could not be taken, and those that failed before and were taken now."""
    last = {came.file: came for came in standing.files(view.ledger, view.pattern, after=after)}
    for file, came in last.items():
        topic = view.topic("file", file)
        if came.failed and topic not in view.known:
            yield view.arisen(topic, "failed", *_failed_words(view, came))
        elif not came.failed and topic in view.known:
            yield view.over(topic, view.say("taken_title", file=_file(file)))


def _failed_words(view: View, came: standing.Came) -> Iterator[str]:
    run = runs.get(view.ledger, came.run)
    why = run.why if run else ()
    yield view.say("failed_title", file=_file(came.file))
    yield view.words.say("failures", kind(why), "sentence")
    yield from why
    yield view.say("failed_show", command=command("show", came.run))


def reject_changes(view: View, *, after: int) -> Iterator[Change]:
    """Find the mappings with rows that are rejected for the first time, and those of which none is left."""
    found = standing.first_rejected(view.ledger, view.pattern, after=after)
    for mapping, counts in found.items():
        topic = view.topic("rejects", mapping)
        new = _beyond(counts, view.known.get(topic))
        if new:
            title, *lines = _reject_words(view, mapping, new)
            yield Change(
                topic, "rejects", title, tuple(lines), Told(topic, json.dumps(counts), utc(view.now))
            )
    for mapping, told in view.standing("rejects"):
        if not standing.open_of(view.ledger, view.pattern, mapping):
            yield view.over(told.topic, view.say("cleared_title", mapping=mapping))


def _beyond(counts: dict[int, int], told: Told | None) -> dict[int, int]:
    """Count by run what people have not heard of."""
    before = json.loads(told.state) if told else {}
    more = {seq: count - before.get(str(seq), 0) for seq, count in counts.items()}
    return {seq: count for seq, count in more.items() if count > 0}


def _reject_words(view: View, mapping: str, new: dict[int, int]) -> Iterator[str]:
    yield view.say("rejects_title", mapping=mapping, rows=view.words.rows(sum(new.values())))
    began, told = max(new), view.known.get(view.topic("rejects", mapping))
    heard_of = told is not None and str(began) in json.loads(
        told.state
    )  # what came since, only the tenant can have refused
    found = standing.examples(view.ledger, view.pattern, mapping, began, refused=heard_of)
    for name in dict.fromkeys(name for name, _, _ in found):
        run = runs.get(view.ledger, name)
        if run:
            yield view.say("rejects_file", file=_file(run.file), path=run.reject_file or "-")
    for _, row, problem in found:
        said = view.words.reason(problem.code, problem.field, problem.value)
        yield view.words.say("note", "row", row=str(row), words=said)
    count = standing.open_of(view.ledger, view.pattern, mapping)
    yield view.say("rejects_open", rows=view.words.rows(count))


def _file(path: str) -> str:
    return PurePath(path).name

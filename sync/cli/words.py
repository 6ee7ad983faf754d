"""What people read: one run in a few lines; for what did not end well, the four things that they must know."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from sync import interrupts
from sync import report as reports_of
from sync.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHOWN_PROBLEMS = 5
UNDER_WAY = "a command is at work on it just now, or was cut off before its end"
NAMED = 5  # locations
CUT_OFF = "its command was cut off before its end"
SHOWN = ("accepted", "unchanged", "merged", "skipped", "rejected", "held", "pending")


def finish(
    reports: Sequence[dict[str, Any]], *, as_json: bool, checked: bool = False, quiet: bool = False
) -> int:
    """Show the reports of a command and give its exit code."""
    document = reports_of.document(reports)
    interrupts.ignore()
    if as_json:
        console.print_json(document)
    show(reports, as_json=as_json, checked=checked, quiet=quiet)
    return int(document["exit_code"])


def show(
    reports: Iterable[dict[str, Any]], *, as_json: bool, checked: bool = False, quiet: bool = False
) -> None:
    """Tell each run: what went well on stdout, what did not in four parts on stderr."""
    for report in reports:
        if report["exit_code"] in (0, 1) or (checked and report["held"]):
            if not as_json and not quiet:
                console.say(told(report, checked=checked))
        elif not as_json or report["exit_code"]:
            console.complain(alarm(report))


def told(report: dict[str, Any], *, checked: bool = False) -> str:
    """Tell one run in a few lines."""
    rows = report["rows"]
    names = {"pending": "would be sent"} if checked else {}
    counts = ", ".join(f"{rows[name]:,} {names.get(name, name)}" for name in SHOWN if rows[name])
    lines = [
        f"{report['file']} ({report['mapping']}, run {report['run']}): {rows['read']:,} rows read: {counts or 'nothing'}"
    ]
    skips = ", ".join(f"{count:,} {reason}" for reason, count in report["skipped_by_reason"].items())
    lines += [f"  skipped: {skips}"] if skips else []
    lines += [f"  note: {warning}" for warning in report["warnings"]]
    lines += [f"  {line}" for line in held_lines(report)] if checked else []
    lines += [f"  {line}" for line in _problem_lines(report)]
    if report["rejects"]:
        lines.append(f"  The rejected rows are in {report['rejects']}: {_what_to_correct(report)}")
    return "\n".join(lines)


def _what_to_correct(report: dict[str, Any]) -> str:
    """Say what to do with a reject file; `show` knows what became of its rows since."""
    now = report.get("rejects_now")
    if now is None or now["open"]:
        return f"correct them there, and {'put that workbook into the inbox' if report['watched'] else 'run that file'}."
    newer = "; what still fails is in the reject file of a newer run" if now["failing"] else ""
    return f"nothing is left to correct there{newer}."


def _problem_lines(report: dict[str, Any]) -> list[str]:
    lines = [
        f"row {problem['row']}: {problem['message']} {problem['remedy']}"
        for problem in report["problems"][:SHOWN_PROBLEMS]
    ]
    more = report["rows"]["rejected"] - len(lines)
    return [*lines, f"... and {more:,} rejected rows more"] if more > 0 and lines else lines


def alarm(report: dict[str, Any]) -> str:
    """Tell what happened, what is safe, what happens by itself, and the one command to type."""
    happened, itself, command = _story(report)
    return f"{report['file']}: {happened}\n  Safe: {_safe(report)}\n  By itself: {itself}\n  To do: {command}"


def _story(report: dict[str, Any]) -> tuple[str, str, str]:
    why = "\n  ".join(_without_name(sentence, report["file"]) for sentence in report["why"]) or CUT_OFF
    resume = f"inventory-sync resume {report['run']}"
    later = f"not before {report['not_before']}, " if report["not_before"] else ""
    if report["status"] == "failed":
        lies_at = report.get("lies_at")  # where a pass over the watched folder has put it
        return (
            why,
            f"nothing; the file lies in {lies_at}" if lies_at else "nothing; the file stays where it is",
            f"mend the file or its mapping, then: inventory-sync check {click.format_filename(lies_at or report['file'])}"
            + ("   (and when it is right, put it into the inbox again)" if lies_at else ""),
        )
    if report["status"] == "refused":
        return (
            why or "the tenant refused",
            "nothing until the cause is mended; then the next run or resume sends the rest",
            f"{resume}   (after mending the cause)",
        )
    if report["status"] == "held":
        return _held_story(report)
    if report.get("ending") == "failing":
        return (
            f"not everything could be settled: {why}",
            f"{later}the next run or resume sends these rows once more, and ends like this one for as long as they fail",
            f"inventory-sync discard {report['run']}   (gives these rows up; with the cause mended at the tenant, no command is needed)",
        )
    if report["exit_code"] == reports_of.INTERRUPTED:
        return "the run was interrupted", "the next run or resume for this tenant sends the rest", resume
    return (
        f"not everything could be settled: {why or UNDER_WAY}",
        f"{later}the next run or resume for this tenant sends the rest",
        resume,
    )


def _held_story(report: dict[str, Any]) -> tuple[str, str, str]:
    held = report["held"]
    one = (
        f"; of one location only: --location {shlex.quote(held['locations'][0])}" if held["locations"] else ""
    )
    command = f"inventory-sync approve {report['run']}   (after looking{one}); if it is wrong: inventory-sync discard {report['run']}"
    happened = "\n  ".join(held_lines(report))
    return happened, "nothing; these rows wait until a person says yes or no", command


def held_lines(report: dict[str, Any]) -> Iterator[str]:
    """Tell what waits for a person: how much, where, and why, with the numbers and examples."""
    held = report["held"]
    if not held:
        return
    places = ", ".join(held["locations"][:NAMED]) + (" and others" if held["locations"][NAMED:] else "")
    yield f"held: {held['rows']:,} rows wait for a yes ({places or 'the whole file'})"
    for guard in held["guards"]:
        yield f"  {guard['guard']}: {guard['numbers']}"
        yield from (f"    {example}" for example in guard["examples"])


def _without_name(sentence: str, file: str) -> str:
    """Say a file's name once: it stands at the beginning of the message."""
    return next(
        (
            sentence.removeprefix(f"{name}: ")
            for name in (file, PurePath(file).name)
            if sentence.startswith(f"{name}: ")
        ),
        sentence,
    )


def _safe(report: dict[str, Any]) -> str:
    rows = report["rows"]
    if report["status"] == "failed":
        return "nothing was sent"
    parts = [f"{rows['accepted']:,} accepted"]
    parts += [f"{rows[name]:,} {name}" for name in SHOWN[1:] if rows[name]]
    return f"0 of {rows['read']:,} rows lost; {', '.join(parts)}"

"""The commands that look into the ledger: status, show, rejects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sync.cli import console, words

RECENT = 20


@click.command()
@console.JSON
@console.shared
def status(*, as_json: bool) -> int:
    """Show recent runs, and what is open: pending rows and rejects that nobody has corrected."""
    from sync.run import lookups

    found = lookups.status(console.settings(), RECENT)
    if as_json:
        console.print_json(found)
        return 0
    for report in reversed(found["runs"]):
        rows = report["rows"]
        console.say(
            f"{report['run']}  {report['status']:<10}  {rows['read']:>9,} read  {rows['accepted']:>9,} accepted  {rows['rejected']:>7,} rejected  {rows['pending']:>7,} pending  {report['file']}"
        )
    if not found["runs"]:
        console.say("nothing was run yet")
    opened = found["open_rejects"]
    console.say(
        f"open rejects: {opened['new']:,} new, {opened['standing']:,} standing; runs with pending rows: {len(found['pending'])}"
    )
    return 0


@click.command()
@click.argument("run_id", metavar="RUN")
@console.JSON
@console.shared
def show(run_id: str, *, as_json: bool) -> int:
    """Show one run: its numbers, its problems, and what became of its rejects."""
    from sync.run import lookups

    report = lookups.show(console.settings(), run_id)
    if as_json:
        console.print_json({"exit_code": 0, "runs": [report]})
        return 0
    console.say(words.told(report) if report["exit_code"] in (0, 1) else words.alarm(report))
    console.say(_fates(report))
    return 0


def _fates(report: dict[str, Any]) -> str:
    fates = {name: count for name, count in report["rejects_now"].items() if count}
    if not fates:
        return "  no rejects"
    told = ", ".join(f"{count:,} {name}" for name, count in fates.items())
    return f"  of the rejects: {told}; {'none is left: the run is closed' if report['closed'] else 'the run stays open'}"


@click.command()
@click.argument("run_id", metavar="RUN")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to; default: the reject folder.",
)
@console.shared
def rejects(run_id: str, *, folder: Path | None) -> int:
    """Write a run's reject file again, from the ledger."""
    from sync.run import lookups

    path = lookups.rewrite_rejects(console.settings(), run_id, folder)
    click.echo(path or "that run has no rejects")
    return 0

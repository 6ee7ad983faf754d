"""The commands that look into the ledger: status, show, rejects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sync.cli import console, telling, words

RECENT = 20


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--sku", metavar="CODE", help="Each value of this SKU that was sent or rejected, newest first.")
@click.option("--location", metavar="CODE", help="With --sku: only those of this location.")
@console.JSON
@console.shared
def status(name: str | None, *, sku: str | None, location: str | None, as_json: bool) -> int:
    """Show recent runs and what is open; or tell what happened to a file, or to a SKU.

    NAME is a file's name or a part of it, or a run's id or the beginning of it.
    """
    if (name and sku) or (location and not sku):
        raise click.UsageError("give a NAME, or --sku with or without --location")
    if sku:
        from sync.run.skuhistory import by_sku

        found, tell = by_sku(console.settings(), sku, location), telling.sku
    elif name:
        from sync.run.history import by_name

        found, tell = by_name(console.settings(), name, RECENT), telling.name
    else:
        from sync.run import lookups

        found, tell = lookups.status(console.settings(), RECENT), telling.status
    if as_json:
        console.print_json(found)
    else:
        console.say("\n".join(tell(found)))
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
    for said in report["decisions"]:
        console.say(telling.decision(said))
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

    paths = lookups.rewrite_rejects(console.settings(), run_id, folder)
    click.echo("\n".join(map(str, paths)) or "that run has no rejects")
    return 0

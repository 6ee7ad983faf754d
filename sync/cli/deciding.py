"""The commands that take a person's word: approve and discard."""

from __future__ import annotations

import getpass
import os

import click

from sync.cli import console, progress, words
from sync.cli.atwork import alone
from sync.cli.runs import WAIT

LONGEST = 500  # characters of a reason


def _said(command: console.F) -> console.F:
    """Give a command the options that say who decides, why, and about what."""
    for option in reversed(
        (
            click.option("--location", metavar="CODE", help="Only what is held of this location."),
            click.option(
                "--by", "who", metavar="WHO", help="Who says so; default: the user of this machine."
            ),
            click.option("--why", metavar="TEXT", default="", help="Why; kept with the run."),
        )
    ):
        command = option(command)
    return command


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return str(os.getuid())


@click.command()
@click.argument("run_id", metavar="RUN")
@_said
@console.JSON
@console.shared
def approve(run_id: str, *, location: str | None, who: str | None, why: str, as_json: bool) -> int:
    """Let rows go that a guard holds: exactly those that were judged then, whatever lies in the folder now.

    `show RUN` tells what is held, and why. A file that was changed since is another one, and needs a yes of its own.
    """
    with alone(wait=WAIT) as (settings, held):
        from sync.run import deciding, desk
        from sync.run.tenant import require_tenant

        require_tenant(settings, os.environ)
        said = deciding.word("approved", who or _user(), why[:LONGEST])
        shown = progress.meter()
        with desk.open_desk(settings, os.environ, held=held, progress=shown) as here:
            reports = deciding.approve(here, run_id, said, location=location)
    return words.finish(reports, as_json=as_json)


@click.command()
@click.argument("run_id", metavar="RUN")
@_said
@console.JSON
@console.shared
def discard(run_id: str, *, location: str | None, who: str | None, why: str, as_json: bool) -> int:
    """Give up what is held or pending of a run: it is skipped, and not sent any more."""
    with alone(wait=WAIT) as (settings, held):
        from sync.run import deciding, desk

        said = deciding.word("discarded", who or _user(), why[:LONGEST])
        with desk.open_desk(settings, os.environ, held=held, giving_up=run_id) as here:
            report = deciding.discard(here, run_id, said, location=location)
    return words.finish([report], as_json=as_json)

"""The commands that send, and those that say what sending would do: run, check, plan, resume, retry, discard."""

from __future__ import annotations

import csv
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sync.cli import console, progress, words
from sync.cli.atwork import alone

if TYPE_CHECKING:
    from sync.run.check import Checked
    from sync.run.intake import Options

SOURCES = click.Choice(["erp_sync", "initial_load", "bulk_import", "manual_adjustment"])
ROWS = ("location_code", "sku_code", "quantity", "row")
WAIT = 30.0  # seconds that a command for one run waits for another run to end


def file_options(command: console.F) -> console.F:
    """Give a command the options that say how files are to be taken."""
    for option in reversed(
        (
            click.option("--mapping", metavar="NAME", help="Use this mapping, whatever the file is called."),
            click.option("--source", type=SOURCES, help="What the tenant's log calls the source."),
            click.option(
                "--notes", metavar="TEXT", help="A line for the tenant's log; the run's id is added."
            ),
            click.option(
                "--as-of",
                metavar="TIME",
                help="The moment that the stock is true for, as 2026-11-23T02:00+03:00.",
            ),
            click.option(
                "--again", is_flag=True, help="Send a file although the same content was sent before."
            ),
            click.option(
                "--changes-only",
                is_flag=True,
                help="Do not post what the tenant acknowledged to us before with the same quantity.",
            ),
            click.option(
                "--older",
                is_flag=True,
                help="Send also what is older than what was sent before, as if it were true now.",
            ),
        )
    ):
        command = option(command)
    return command


def _options(given: dict[str, Any]) -> Options:
    from sync.run.intake import Options

    return Options(
        **{
            name: given[name]
            for name in ("mapping", "source", "notes", "as_of", "again", "changes_only", "older")
        }
    )


@click.command()
@console.FILES
@file_options
@click.option("--dry-run", is_flag=True, help="Judge the files and send nothing: exactly `check`.")
@console.JSON
@console.shared
def run(files: tuple[Path, ...], *, dry_run: bool, as_json: bool, **given: Any) -> int:  # noqa: ANN401 - file_options
    """Read, map, check and post stock files; every row is accounted for.

    What does not go through is written to a reject file: correct it and run that file. Pending rows of earlier runs to
    the same tenant are sent with it.
    """
    if dry_run:
        return _check(files, as_json=as_json, wanted=Wanted(), options=_options(given))
    with alone() as (settings, held):
        from sync.run import desk
        from sync.run import files as taking
        from sync.run.tenant import require_tenant

        mappings = taking.decide(settings, _options(given))
        require_tenant(settings, os.environ)
        shown = progress.meter()
        with desk.open_desk(settings, os.environ, held=held, progress=shown) as here:
            reports = taking.run_files(here, files, mappings, _options(given))
    return words.finish(reports, as_json=as_json)


@click.command()
@console.FILES
@file_options
@click.option(
    "--rows",
    is_flag=True,
    help="Print the rows that would be sent, as CSV: location_code,sku_code,quantity,row; with --guess also those that a draft reads and the tenant would not take, with a verdict.",
)
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the reject file there.",
)
@click.option(
    "--guess",
    is_flag=True,
    help="Where no mapping claims a file, judge it by the mapping that `mapping guess` drafts (never done by `run`).",
)
@console.JSON
@console.shared
def check(files: tuple[Path, ...], *, as_json: bool, **given: Any) -> int:  # noqa: ANN401 - file_options
    """Judge files as `run` would, up to the first request: no network, no lock, nothing written.

    Rows that would go are counted as pending. Exit code 0: every row would go; 1: some would be rejected.
    """
    options = replace(_options(given), guess=given["guess"])
    wanted = Wanted(given["rows"], given["rejects"])
    return _check(files, as_json=as_json, wanted=wanted, options=options)


class Wanted(NamedTuple):
    """What a check is to do beside judging."""

    rows: bool = False
    rejects: Path | None = None


def _check(files: tuple[Path, ...], *, as_json: bool, wanted: Wanted, options: Options) -> int:
    from sync.run import check as checking
    from sync.run import files as taking
    from sync.run.tenant import look_up_tenant

    rows, rejects = wanted
    if rows and as_json:
        raise click.UsageError("--rows prints CSV and --json prints JSON: give one of them")
    settings = console.settings()
    console.set_up_logging()
    mappings = taking.decide(settings, options)
    listed = checking.rows_with_verdicts if options.guess else checking.rows_to_send
    titles = iter(
        [[(*ROWS, "verdict") if options.guess else ROWS]]
    )  # once, and not for files that cannot be read

    def shown(checked: Checked) -> None:
        if rows and checked.staged is not None:
            csv.writer(sys.stdout).writerows((*next(titles, ()), *listed(checked)))
        if rejects is not None:
            checking.write_checked_rejects(checked, rejects, settings)

    reports = checking.check_files(
        settings, files, mappings, options, tenant=look_up_tenant(settings), show=shown
    )
    if rows:
        _note(reports)
        reports = list(map(_as_shown, reports))
    return words.finish(reports, as_json=as_json, checked=True, quiet=rows)


def _as_shown(report: dict[str, Any]) -> dict[str, Any]:
    """A list of what a draft reads is whole where the file could be read: nothing of it was to go."""
    whole = report["guessed"] and report["status"] == "partial"
    return report | ({"exit_code": 0} if whole else {})


def _note(reports: list[dict[str, Any]]) -> None:
    """Say beside the rows what is to be known of them, and how many are not among them."""
    for report in reports:
        for warning in report["warnings"]:
            console.complain(f"{report['file']}: note: {warning}")
        if report["rows"]["rejected"]:
            console.complain(f"{report['file']}: {report['rows']['rejected']:,} rows would be rejected")


@click.command()
@console.FILES
@file_options
@click.option(
    "--rows",
    is_flag=True,
    help="Print the pairs, as CSV: location_code,sku_code,old,new; old is ? if unknown.",
)
@console.JSON
@console.shared
def plan(files: tuple[Path, ...], *, rows: bool, as_json: bool, **given: Any) -> int:  # noqa: ANN401 - file_options
    """Judge files as `check` does, and show what sending them would change at the tenant: old -> new.

    Only reads: nothing is sent or written, and no lock is taken. Exit codes as of `check`; 4: not everything could be
    read; 5: the tenant refuses the key.
    """
    from sync.cli import planning as told
    from sync.run import files as taking
    from sync.run.planning import plan_files
    from sync.run.tenant import require_tenant

    if rows and as_json:
        raise click.UsageError("--rows prints CSV and --json prints JSON: give one of them")
    settings, options = console.settings(), _options(given)
    console.set_up_logging()
    mappings = taking.decide(settings, options)
    require_tenant(settings, os.environ)
    show = told.row_printer(wanted=rows)
    reports = plan_files(settings, os.environ, files, mappings=mappings, options=options, show=show)
    return told.finish(reports, as_json=as_json, quiet=rows)


@click.command()
@click.argument("run_id", required=False, metavar="[RUN]")
@console.JSON
@console.shared
def resume(run_id: str | None, *, as_json: bool) -> int:
    """Finish what is pending: everything for this tenant, or one run."""
    with alone(wait=WAIT) as (settings, held):
        from sync.run import again, desk
        from sync.run.tenant import require_tenant

        require_tenant(settings, os.environ)
        shown = progress.meter()
        with desk.open_desk(settings, os.environ, wait=WAIT, held=held, progress=shown) as here:
            reports = again.resume(here, run_id)
    if not reports and not as_json:
        console.say("nothing is pending")
    return words.finish(reports, as_json=as_json)


@click.command()
@click.argument("run_id", metavar="RUN")
@console.JSON
@console.shared
def retry(run_id: str, *, as_json: bool) -> int:
    """Judge and send a run's rejected rows again, after the cause was mended elsewhere.

    For a corrected mapping or lookup, or SKUs and locations that were created at the tenant meanwhile: no file is needed.
    """
    with alone(wait=WAIT) as (settings, held):
        from sync.run import again, desk
        from sync.run import files as taking
        from sync.run.intake import Options
        from sync.run.tenant import require_tenant

        mappings = taking.decide(settings, Options())
        require_tenant(settings, os.environ)
        shown = progress.meter()
        with desk.open_desk(settings, os.environ, wait=WAIT, held=held, progress=shown) as here:
            reports = again.retry(here, run_id, mappings)
    if not reports and not as_json:
        console.say("no reject of that run is open; there is nothing to retry")
    return words.finish(reports, as_json=as_json)

"""The commands for setting up: init makes a ready folder, doctor says what is wrong with one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from sync.cli import console

MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@console.shared
def init(folder: Path) -> int:
    """Make a ready folder: a short config, an example mapping and file, drop folders, service files.

    A folder that has anything in it is refused and stays as it is.
    """
    from sync.run import starter

    for line in starter.make(folder):
        console.say(line)
    return 0


@click.command()
@console.JSON
@console.shared
def doctor(*, as_json: bool) -> int:
    """Examine the set-up: config, folders, ledger, mappings, key and tenant, each with the remedy.

    Exit code 0 if all is well or there are only warnings, 2 if something fails.
    """
    from sync.run import doctor as examining

    console.set_up_logging()
    found = examining.examine(console.options(), os.environ, Path.cwd())
    findings = [replace(finding, words=console.without_key(finding.words)) for finding in found]
    code = 2 if any(finding.state == "fail" for finding in findings) else 0
    if as_json:
        console.print_json({"checks": [finding.as_json() for finding in findings], "exit_code": code})
        return code
    for finding in findings:
        console.say(f"{MARKS[finding.state]}  {finding.name}: {finding.words}")
        if finding.remedy:
            console.say(f"      -> {finding.remedy}")
    return code

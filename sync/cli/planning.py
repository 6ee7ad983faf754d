"""What people read of a plan: a table of its locations, the largest changes, and what could not be told."""

from __future__ import annotations

import csv
import shlex
import sys
from typing import TYPE_CHECKING, Any

from sync import interrupts
from sync import report as reports_of
from sync.cli import console, words
from sync.cli.table import laid_out
from sync.cli.verifying import because, four_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sync.run.planning import Change

SHOWN = 20
TITLES = ("location_code", "sku_code", "old", "new")


def row_printer(*, wanted: bool) -> Callable[[Iterable[Change]], None]:
    """Give what prints pairs as CSV, its header first; or nothing at all."""
    if not wanted:
        return lambda _changes: None
    writer = csv.writer(sys.stdout)
    titles = iter([TITLES])

    def show(changes: Iterable[Change]) -> None:
        writer.writerows(titles)
        writer.writerows(
            (change.location_code, change.sku_code, change.old, change.new) for change in changes
        )

    return show


def finish(reports: Sequence[dict[str, Any]], *, as_json: bool, quiet: bool) -> int:
    """Show the reports of a plan and give its exit code."""
    document = reports_of.document(reports)
    interrupts.ignore()
    if as_json:
        console.print_json(document)
    for report in reports:
        if report["plan"] is None:
            console.complain(words.alarm(report))
            continue
        if not as_json and not quiet:
            console.say(words.told(report, checked=True))
            for line in _told(report):
                console.say(line)
        if not report["plan"]["complete"]:
            console.complain(_alarm(report))
    return int(document["exit_code"])


def _told(report: dict[str, Any]) -> Iterator[str]:
    """Tell what sending a file would change."""
    from sync.run.planning import KINDS

    plan = report["plan"]
    places = plan["locations"]
    if not places:
        return
    shown = sorted(places, key=lambda each: each["unchanged"] - sum(each[kind] for kind in KINDS))[:SHOWN]
    rows = [(each["location_code"], *(each[kind] for kind in KINDS)) for each in shown]
    rows += [(f"{len(places):,} locations", *(plan["counts"][kind] for kind in KINDS))]
    yield from laid_out(("location", *KINDS), rows, text=(0,))
    if plan["alike"]:
        yield f"  note: {plan['alike']:,} pairs would be created beside one whose codes differ only in case or spaces"
    if plan["largest"]:
        yield "The largest changes:"
        largest = [
            (str(each["row"]), each["location_code"], each["sku_code"], _old(each["old"]), each["new"])
            for each in plan["largest"]
        ]
        yield from laid_out(("row", "location", "SKU", "old", "new"), largest, text=(1, 2))


def _old(quantity: int | None) -> str:
    return "none" if quantity is None else f"{quantity:,}"


def _alarm(report: dict[str, Any]) -> str:
    """Tell why a plan does not say everything."""
    plan, command = report["plan"], f"inventory-sync plan {shlex.quote(report['file'])}"
    unread = {each["location_code"]: each["why"] for each in plan["locations"] if each["why"]}
    if plan["may_not_read"]:
        happened = f"cannot read: the plan shows what would be sent, not what it changes. {plan['refused']}"
        command += "   (with a key that may read)"
    elif plan["refused"]:
        happened, command = f"cannot read: {plan['refused']}", "inventory-sync doctor"
    else:
        happened = f"what {plan['counts']['unknown']:,} pairs would change cannot be told: {because(unread)}"
        command += "   (later)"
    safe = "nothing was sent or written, this command only reads"
    return four_parts(f"{report['file']}: {happened}", safe, "nothing", command)

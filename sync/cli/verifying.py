"""The command that reads the tenant back: verify."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from sync import interrupts, report
from sync.cli import console
from sync.cli.table import laid_out
from sync.errors import StopAndFix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sync.run.verifying import Verified

SHOWN = 20
AT_MOST = 3
NAMES = {
    "same": "same",
    "differs": "differs",
    "missing": "missing",
    "other_code": "under other codes",
    "changed_since": "changed since",
    "cannot_verify": "cannot verify",
}
ONLY_READS = "the run's outcome stays as it is, this command only reads"


@click.command()
@click.argument("run_id", metavar="RUN")
@console.JSON
@console.shared
def verify(run_id: str, *, as_json: bool) -> int:
    """Read the tenant back, and compare it with what a run sent and the tenant accepted.

    \b
    same           the tenant holds it
    differs        it holds another quantity
    missing        it does not hold the pair
    other code     it holds it, with the codes in another form: in capitals, or with fewer spaces
    changed since  a newer run sent something else
    cannot verify  it could not be read, or not for certain whole

    Where pairs differ or are missing, the next file of a mapping with `changes_only` is sent whole.

    Exit code 0: same, or changed since; 1: some pairs differ; 4: some could not be verified, or are pending. Nothing
    is changed, and no lock is taken.
    """  # noqa: D301 - click reads \b as "leave these lines as they are"
    from sync.run.tenant import require_tenant
    from sync.run.verifying import verify as verified

    settings = console.settings()
    console.set_up_logging()
    require_tenant(settings, os.environ)
    try:
        with verified(settings, os.environ, run_id) as found:
            _show(found, as_json=as_json)
            return found.exit_code
    except StopAndFix as error:
        happened = f"run {run_id} cannot be verified: {' '.join(error.problems)}"
        raise StopAndFix(four_parts(happened, ONLY_READS, "nothing", "inventory-sync doctor")) from error


def four_parts(happened: str, safe: str, itself: str, command: str) -> str:
    """Say what happened, what is safe, what happens by itself, and the one command to type."""
    return f"{happened}\n  Safe: {safe}\n  By itself: {itself}\n  To do: {command}"


def _show(found: Verified, *, as_json: bool) -> None:
    interrupts.ignore()
    if as_json:
        _print_json(found.as_json(), found.lines())
    else:
        for line in _told(found):
            console.say(line)
    if found.exit_code == report.INCOMPLETE:
        console.complain(_alarm(found))


def _print_json(document: dict[str, Any], pairs: Iterable[str]) -> None:
    """Print the document with its pairs, however many they are."""
    head = json.dumps(document, ensure_ascii=False, indent=1)
    sys.stdout.write(head.removesuffix("\n}") + ',\n "pairs": [')
    for number, line in enumerate(pairs):
        sys.stdout.write((",\n  " if number else "\n  ") + line)
    sys.stdout.write("\n ]\n}\n")


def _told(found: Verified) -> Iterator[str]:
    """Tell a person how the pairs of a run stand."""
    run = found.run
    yield f"run {run.run} ({run.file})"
    if not found.accepted:
        yield "nothing of it was accepted, so there is nothing to compare"
        if run.repeats:
            yield f"it repeats another one: inventory-sync verify {run.repeats}"
        return
    yield f"{run.tenant_shown} accepted {found.accepted:,} pairs of it, and holds them now:"
    for result, name in NAMES.items():
        if found.counts[result] or result == "same":
            about = _by_run(found) if result == "changed_since" else ""
            yield f"  {name:<17} {found.counts[result]:>9,}{about}"
    yield from (f"  note: {note}" for note in found.notes)
    yield from _differences(found)


def _by_run(found: Verified) -> str:
    runs = [
        f"by run {run} ({count:,})" if run != "unknown" else f"left out of what was sent ({count:,})"
        for run, count in found.by_run.most_common(AT_MOST)
    ]
    more = len(found.by_run) - len(runs)
    return "".join(f"\n    {line}" for line in [*runs, *([f"by {more} more runs"] if more > 0 else [])])


def _differences(found: Verified) -> Iterator[str]:
    """Show the first pairs that differ, and what to do about them."""
    from sync.run.verifying import DIFFERENT

    count = sum(found.counts[result] for result in DIFFERENT)
    if not count:
        return
    pairs = (pair for pair in map(json.loads, found.lines()) if pair["result"] in DIFFERENT)
    rows = [
        (str(pair["row"]), pair["location_code"], pair["sku_code"], pair["sent"], _found(pair))
        for pair in islice(pairs, SHOWN)
    ]
    yield from laid_out(("row", "location", "SKU", "sent", "found"), rows, text=(1, 2, 4))
    if count > SHOWN:
        yield f"  ... and {count - SHOWN:,} pairs more; --json names all of them"
    if found.counts["other_code"]:
        yield "The tenant writes some codes in another way: let the mapping write them like that."
    if found.counts["differs"] or found.counts["missing"]:
        yield "They were changed there by somebody else since, or never stored. To send the file again:"
        yield f"  inventory-sync run {shlex.quote(found.run.file)} --again"


def _found(pair: dict[str, Any]) -> str:
    if pair["found"] is None:
        return "missing"
    under = f" as {' / '.join(pair['found_as'].values())}" if pair["found_as"] else ""
    return f"{pair['found']:,}{under}"


def _alarm(found: Verified) -> str:
    """Tell why some of it could not be verified."""
    run = f"run {found.run.run}"
    missed = found.counts["cannot_verify"]
    why = because({each.location_code: each.why for each in found.unread}) or "; ".join(found.notes)
    parts = [f"{missed:,} pairs cannot be verified: {why}"] if missed else []
    parts += (
        [f"{found.pending:,} pairs are pending, so there is nothing to verify yet"] if found.pending else []
    )
    safe = f"{found.accepted:,} pairs stay accepted; {ONLY_READS}"
    itself = "the next run or resume for this tenant sends the rest" if found.pending else "nothing"
    return four_parts(f"{run}: {'; '.join(parts)}", safe, itself, _command(found))


def _command(found: Verified) -> str:
    if not found.counts["cannot_verify"]:
        return f"inventory-sync resume {found.run.run}"
    if not found.unread:
        return "inventory-sync stock export stock.csv   (and compare by hand)"
    when = "with a key that may read" if found.may_not_read else "later"
    return f"inventory-sync verify {found.run.run}   ({when})"


def because(unread: Mapping[str, str]) -> str:
    """Say why locations could not be read, each reason once."""
    places = defaultdict(list)
    for code, why in unread.items():
        places[why].append(code)
    told = [
        f"{why} ({len(codes):,} locations: {', '.join(codes[:AT_MOST])}{', ...' if len(codes) > AT_MOST else ''})"
        for why, codes in islice(places.items(), AT_MOST)
    ]
    return "; ".join([*told, *(["and for other reasons"] if len(places) > len(told) else [])])

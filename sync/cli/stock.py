"""The commands that read what the tenant holds now: stock list, stock get, stock export."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from unicodedata import category

import click

from sync.cli import console
from sync.errors import StopAndFix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.run.stock import Reader, Stock

UNREACHABLE = 4
CODE_LENGTH = 255


@click.group()
@console.shared
def stock() -> None:
    """Read what stock the tenant holds now; nothing is changed."""


@stock.command("list")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N records.")
@console.JSON
@console.shared
def list_(*, limit: int | None, as_json: bool) -> int:
    """List the tenant's records, the newest pairs first."""
    with _reader() as reader:
        found = reader.walk(limit)
    return _shown(found, as_json=as_json)


@stock.command()
@click.option("--location", metavar="L", help="All SKUs at this location.")
@click.option("--sku", metavar="S", help="All locations that hold this SKU.")
@console.JSON
@console.shared
def get(*, location: str | None, sku: str | None, as_json: bool) -> int:
    """Look up the records of one location or of one SKU.

    The tenant answers the same for a code that it does not know and for one that holds nothing.
    """
    by, code = _asked_for(location, sku)
    with _reader() as reader:
        found = reader.look_up(code, by)
    return _shown(found, as_json=as_json)


def _asked_for(location: str | None, sku: str | None) -> tuple[Literal["location", "sku"], str]:
    if (location is None) == (sku is None):
        raise click.UsageError("give either --location or --sku")
    by: Literal["location", "sku"] = "sku" if location is None else "location"
    code = (location if location is not None else sku or "").strip()
    if not 0 < len(code) <= CODE_LENGTH or any(category(sign) == "Cc" for sign in code):
        raise click.UsageError(f"--{by}: a code has 1 to {CODE_LENGTH} characters, and no control characters")
    return by, code


@stock.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@console.JSON
@console.shared
def export(file: Path, *, as_json: bool) -> int:
    """Write the tenant's records to FILE, .csv or .xlsx; codes stay text.

    Where some may be missing, the file's name says so (stock.incomplete.csv), and the exit code is 4.
    """
    from sync.run.export import check_target, write

    check_target(file)
    with _reader() as reader:
        found = reader.walk()
    written = write(file, found) if found.rows or found.complete else None
    if as_json:
        about = {"file": str(written) if written else None, "records": len(found.rows)}
        console.print_json({**about, "complete": found.complete, "notes": found.notes})
    elif written:
        console.say(f"{len(found.rows):,} records written to {written}")
    _tell(found)
    return 0 if found.complete else UNREACHABLE


@contextmanager
def _reader() -> Iterator[Reader]:
    """Give what asks the tenant; a refusal is told in four parts."""
    from sync.run.statefolder import prepare_state
    from sync.run.stock import Reader
    from sync.run.tenant import find_tenant, require_tenant

    settings = console.settings()
    console.set_up_logging()
    require_tenant(settings, os.environ)
    if settings.is_sandbox:
        prepare_state(settings.state)
    tenant = find_tenant(settings, os.environ)
    try:
        with tenant.connect() as client:
            yield Reader(client, settings.tenant.retry, settings.tenant.field_names)
    except StopAndFix as error:
        happened = " ".join(error.problems)
        raise StopAndFix(_four_parts(f"{tenant.shown}: {happened}", "inventory-sync doctor")) from error


def _four_parts(happened: str, command: str) -> str:
    return f"{happened}\n  Safe: nothing was changed, this command only reads\n  By itself: nothing\n  To do: {command}"


def _shown(found: Stock, *, as_json: bool) -> int:
    if as_json:
        console.print_json(found.as_json())
    else:
        for line in _table(found):
            click.echo(console.printable(line))
        console.say(f"{len(found.rows):,} records" if found.rows else "no records")
    _tell(found)
    return UNREACHABLE if found.broken else 0


def _table(found: Stock) -> Iterator[str]:
    """Lay the records out in columns."""
    from sync.run.stock import FIELDS

    lines = [FIELDS, *((*pair, str(quantity)) for pair, quantity in found.rows.items())]
    wide = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for location, sku, quantity in lines if found.rows else ():
        yield f"{location:<{wide[0]}}  {sku:<{wide[1]}}  {quantity:>{wide[2]}}"


def _tell(found: Stock) -> None:
    """Say on stderr what may be missing, and why."""
    if found.broken:
        console.complain(
            _four_parts(f"the list is incomplete: {found.broken}", "the same command again, later")
        )
        return
    for note in found.notes:
        console.complain(f"not known to be complete: {note}")

"""The command that shows what the loader sees in a file: read."""

from __future__ import annotations

import csv
import shlex
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

import click

from sync.cli import console
from sync.errors import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sync.run.reading import Choice
    from sync.run.unpacking import Content

SIGNS = {"\t": "tab", None: "none (one column)", ",": "comma", ";": "semicolon", "|": "pipe", " ": "space"}
SIGNS_ASKED = {"tab": "\t", "\\t": "\t", "space": " ", "none": ""}
IN_MEMORY = 64_000_000  # bytes of a table that are held back in memory, until it is known to be whole


def _rows(_: click.Context, __: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    """Turn a row as a person counts, or `none`, into header rows."""
    if value is None or value == "none":
        return None if value is None else ()
    if not (value.isascii() and value.isdecimal() and int(value)):
        raise click.BadParameter(f"{value!r} is neither a row (the first is 1) nor none")
    return (int(value),)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--mapping", metavar="NAME", help="Read it as this mapping says.")
@click.option("--sheet", metavar="NAME", help="The sheet, by its name or a glob.")
@click.option(
    "--header-row",
    metavar="N|none",
    callback=_rows,
    help="The row of the header; none: the columns are numbered.",
)
@click.option("--encoding", metavar="NAME", help="The encoding of a text file, as cp1254.")
@click.option(
    "--delimiter", metavar="SIGN", help="What stands between the cells of a text file; tab is a word for it."
)
@click.option(
    "--quote", metavar="SIGN", help="What quotes the cells of a text file; none is a word for nothing."
)
@click.option(
    "--escape", metavar="SIGN", help="What escapes a quote in a quoted cell, as \\; none: it is doubled."
)
@click.option("--csv", "form", flag_value="csv", help="The whole table as CSV: UTF-8, comma, header first.")
@click.option(
    "--grid", "form", flag_value="grid", help="Every row as it stands, as CSV; nothing is left out."
)
@click.option("--json", "form", flag_value="json", help="One JSON document on stdout, nothing else there.")
@console.shared
def read(file: Path, *, form: str | None, **asked: Any) -> int:  # noqa: ANN401 - the options above
    """Show what the loader sees in a file: how it is read, its columns and first rows, what is left out and why.

    Nothing is judged and nothing is sent. Which row holds the header is found out by its looks; a mapping knows.
    """
    from sync.run import reading
    from sync.run.unpacking import contents

    with _four_parts(file), contents(file) as content:
        choice = _choice(content, **asked)
        if form == "grid":
            _print_csv(reading.grid(content.path, choice))
        elif form == "csv":
            table = reading.open_table(content.path, choice)
            records = reading.records(content.path, choice, table)
            _print_csv(records)
            _note((*choice.notes, *table.warnings, *records.notes))
        else:
            found = reading.describe(file, content, choice)
            _show(found, as_json=form == "json")
    return 0


def _choice(content: Content, *, mapping: str | None, **asked: Any) -> Choice:  # noqa: ANN401 - the options of read
    from sync.mapping.folder import load_all
    from sync.rows import ReadHints
    from sync.run import reading

    signs = {
        name: SIGNS_ASKED.get(sign, sign)
        for name in ("delimiter", "quote", "escape")
        if (sign := asked[name])
    }
    hints = ReadHints(asked["sheet"], asked["header_row"], asked["encoding"], **signs)
    mappings = load_all(console.settings().mappings) if mapping else []
    return reading.choose(content, hints, mappings, mapping)


@contextmanager
def _four_parts(file: Path) -> Iterator[None]:
    """Tell of a file that cannot be read what happened, what is safe, what happens by itself, and what to type."""
    try:
        yield
    except SetAside as error:
        name = click.format_filename(file)
        happened = "\n".join(problem.removeprefix(f"{file.name}: ") for problem in error.problems)
        raise SetAside(
            f"{name}: {happened}\n"
            "  Safe: nothing was sent, and the file is as it was\n"
            "  By itself: nothing\n"
            f"  To do: mend the file, or say how it is to be read (--mapping, --sheet, --header-row, --encoding, --delimiter, --quote), then: inventory-sync read {shlex.quote(name)}"
        ) from error


def _print_csv(rows: Iterable[Sequence[str]]) -> None:
    """Print rows once the last one was read: of a file that proves damaged further on, nothing comes out."""
    with SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", errors="surrogatepass", newline="") as held:
        csv.writer(held, lineterminator="\n").writerows(rows)
        held.seek(0)
        shutil.copyfileobj(held, sys.stdout)


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        console.print_json(found)
        return
    for line in _told(found):
        click.echo(console.printable(line).replace("\n", "\\n"))


def _note(notes: Iterable[str]) -> None:
    for note in notes:
        console.complain(f"note: {note}")


def _told(found: dict[str, Any]) -> Iterator[str]:
    """Tell a person what the loader sees."""
    yield f"{found['file']}: {_read_as(found)}"
    others = [sheet for sheet in found["sheets"] if sheet["name"] != found["sheet"]]
    if others:
        yield f"other sheets: {', '.join(map(_sheet, others))}"
    rows = found["header_rows"]
    place = f"in row {_span(rows)}" if rows else "none, the columns are numbered"
    yield f"header: {place}; {len(found['columns'])} columns: {' | '.join(found['columns'])}"
    yield f"{found['rows']:,} rows{'; the first:' if found['first_rows'] else ''}"
    for row in found["first_rows"]:
        yield f"  row {row['row']}: {' | '.join(row['cells'])}"
    for kind in found["left_out"]:
        yield f"left out: {kind['count']:,} {kind['what']} (row {', '.join(map(str, kind['rows']))}{', ...' if kind['count'] > len(kind['rows']) else ''})"
    for kind in found["faults"]:
        first = kind["examples"][0]
        yield f"{kind['code']} ({kind['count']:,}), the first in row {first['row']}: {first['message']}"
    yield "how it was told:"
    yield from (f"  {decision}: {why}" for decision, why in found["evidence"].items())
    for warning in found["warnings"]:
        yield f"note: {warning}"


def _span(rows: Sequence[int]) -> str:
    return str(rows[0]) if len(rows) == 1 else f"{rows[0]} to {rows[-1]}"


def _read_as(found: dict[str, Any]) -> str:
    parts = [found["format"]]
    parts += [found["encoding"]] if found["encoding"] else []
    if found["format"] == "csv":
        parts.append(f"delimiter {SIGNS.get(found['delimiter'], found['delimiter'])}")
        parts += [f"quote {found['quote'] or 'none'}"] if found["quote"] is not None else []
        parts += [f"escape {found['escape']}"] if found["escape"] else []
    parts += [f"sheet `{found['sheet']}`"] if found["sheet"] is not None else []
    return ", ".join(parts)


def _sheet(sheet: dict[str, Any]) -> str:
    about = [word for word, holds in (("hidden", not sheet["visible"]), ("empty", sheet["empty"])) if holds]
    return f"`{sheet['name']}`" + (f" ({', '.join(about)})" if about else "")

"""The commands about mappings: check, list, schema, guess."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync.cli import console
from sync.errors import FixSetup, SetAside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sync.mapping.model import Mapping
    from sync.rows import ReadHints, Sheet
    from sync.run.drafting import Drafted
    from sync.run.unpacking import Content

    Peek = Callable[[ReadHints], tuple[Sheet, ...]]

WRONG, NOT_CLAIMED = 2, 6


@click.group()
@console.shared
def mapping() -> None:
    """Look at mappings: what each says about one kind of source file."""


@mapping.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@console.JSON
@console.shared
def check(files: tuple[Path, ...], *, as_json: bool) -> int:
    """Validate mappings, all problems at once; without FILE, those of the folder of mappings.

    Questions and warnings about mappings without mistakes do not change the exit code.
    """
    from sync.mapping.remarks import remarks

    mappings, problems = _loaded(files)
    told = [(each, remarks(each)) for each in mappings]
    if as_json:
        found = [{**_brief(each), "remarks": [remark._asdict() for remark in about]} for each, about in told]
        console.print_json({"exit_code": WRONG if problems else 0, "mappings": found, "problems": problems})
        return WRONG if problems else 0
    for each, about in told:
        console.say(f"ok: {each.name} ({each.path})")
        for remark in about:
            console.say(f"  {remark}")
    for problem in problems:
        console.complain(problem)
    if not told and not problems:
        console.say("there are no mappings here")
    return WRONG if problems else 0


def _loaded(files: Sequence[Path]) -> tuple[list[Mapping], list[str]]:
    """Load what is without mistakes, and gather the problems of the rest."""
    from sync.mapping.folder import load_all, load_one

    mappings: list[Mapping] = []
    problems: list[str] = []
    loads: list[Callable[[], list[Mapping]]] = [
        partial(lambda path: [load_one(path)], path) for path in files
    ]
    for load in loads or [lambda: load_all(console.settings().mappings)]:
        try:
            mappings += load()
        except FixSetup as error:
            problems += error.problems
    return mappings, problems


def _brief(each: Mapping) -> dict[str, Any]:
    return {
        "name": each.name,
        "file": str(each.path),
        "description": each.description,
        "filename": list(each.match.filename or ()),
        "headers": [list(any_of) for any_of in each.wanted_headers()],
    }


@mapping.command("list")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@console.JSON
@console.shared
def list_(files: tuple[Path, ...], *, as_json: bool) -> int:
    """Show what each mapping claims, and which could claim the same file; with stock FILEs, which claims each and why not.

    Exit code 6: a FILE is not claimed by exactly one.
    """
    from sync.mapping.folder import load_all
    from sync.mapping.overlap import overlaps

    mappings = load_all(console.settings().mappings)
    verdicts = [_verdict(path, mappings) for path in files]
    code = NOT_CLAIMED if any(verdict["claimed_by"] is None for verdict in verdicts) else 0
    pairs = [[one.name, other.name] for one, other in overlaps(mappings)]
    if as_json:
        found = {"mappings": [_brief(each) for each in mappings], "overlaps": pairs, "files": verdicts}
        console.print_json({"exit_code": code, **found})
    else:
        lines = (
            [line for verdict in verdicts for line in _told(verdict)]
            if files
            else list(_listed(mappings, pairs))
        )
        click.echo(console.printable("\n".join(lines)))
    return code


def _listed(mappings: Sequence[Mapping], pairs: Sequence[Sequence[str]]) -> Iterator[str]:
    from sync.mapping.heads import shown

    for each in mappings:
        yield f"{each.name} ({each.path}){f': {each.description}' if each.description else ''}"
        yield f"  file name: {', '.join(each.match.filename or ['any'])}"
        yield f"  headers:   {', '.join(map(shown, each.wanted_headers()))}"
    for one, other in pairs:
        yield f"could claim the same file: {one} and {other}; narrow the match of one of them"
    if not mappings:
        yield "there are no mappings here"


def _verdict(path: Path, mappings: Sequence[Mapping]) -> dict[str, Any]:
    """Find the mapping that claims a stock file, and why the others do not."""
    from sync.run.unpacking import contents

    try:
        with contents(path) as content:
            return {"file": str(path), **_of_content(content, mappings)}
    except SetAside as error:
        return {"file": str(path), "claimed_by": None, "why": list(error.problems), "others": {}}


def _of_content(content: Content, mappings: Sequence[Mapping]) -> dict[str, Any]:
    from sync import loader
    from sync.mapping.claim import claim

    peek = partial(loader.peek, content.path)
    claimed, why = None, []
    try:
        claimed = claim(content.name, mappings, peek).mapping.name
    except SetAside as error:
        why = list(error.problems)
    others = {each.name: _why_not(each, content.name, peek) for each in mappings if each.name != claimed}
    return {"claimed_by": claimed, "why": why, "others": others}


def _why_not(each: Mapping, name: str, peek: Peek) -> list[str]:
    from sync.mapping.claim import claim_by_name
    from sync.mapping.heads import fits_name

    why = []
    if not fits_name(name, each):
        why.append(f"the file's name fits none of: {', '.join(each.match.filename or ())}")
    try:
        claim_by_name(each.name, name, [each], peek)
    except SetAside as error:
        start = f"the nearest mapping is {each.name}; "
        told = error.problems[1:2] or error.problems  # the first only says that something is missing
        why += [problem.removeprefix(f"{name}: ").removeprefix(start) for problem in told]
    return why or ["it claims the file too"]


def _told(verdict: dict[str, Any]) -> Iterator[str]:
    yield f"{verdict['file']}: claimed by {verdict['claimed_by'] or 'no single mapping'}"
    yield from (f"  {sentence}" for sentence in verdict["why"])
    yield from (f"  not {name}: {'; '.join(why)}" for name, why in verdict["others"].items())


@mapping.command()
@console.shared
def schema() -> int:
    """Print the JSON Schema of mapping files, for editors."""
    from sync.mapping.model import json_schema

    console.print_json(json_schema())
    return 0


@mapping.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@console.JSON
@console.shared
def guess(file: Path, *, as_json: bool) -> int:
    """Draft a mapping for a stock file, with the evidence for each choice and what a person has to decide.

    Exit code 6: no draft that could be finished: it is not stock, or no column holds what a mapping needs.
    """
    from sync.run.drafting import draft_file, unfinished
    from sync.run.unpacking import contents

    try:
        with contents(file) as content:
            drafted = draft_file(content)
    except SetAside as error:
        raise SetAside(_four_parts(file, error.problems, "mend the file", f"guess {_typed(file)}")) from error
    why = unfinished(drafted)
    code = NOT_CLAIMED if why else 0
    if as_json:
        console.print_json({"exit_code": code, "file": str(file), **_drafted(drafted)})
    else:
        click.echo(console.printable(drafted.draft.text), nl=False)
    if why:
        console.complain(_four_parts(file, why, "answer the questions in the draft, save it", "check DRAFT"))
    return code


def _four_parts(file: Path, why: Sequence[str], what: str, command: str) -> str:
    """Tell what happened, what is safe, what happens by itself, and what to type."""
    said = "; ".join(why).removeprefix(f"{file.name}: ")
    return (
        f"{click.format_filename(file)}: {said}\n"
        "  Safe: nothing was sent, and nothing is ever sent by a draft\n"
        "  By itself: nothing\n"
        f"  To do: {what}, then: inventory-sync mapping {command}"
    )


def _typed(file: Path) -> str:
    return shlex.quote(click.format_filename(file))


def _drafted(drafted: Drafted) -> dict[str, Any]:
    draft = drafted.draft
    return {
        "mapping": draft.mapping,
        "location": draft.location,
        "sku": draft.sku,
        "quantity": draft.quantity,
        "sheet": drafted.sheet,
        "header_row": drafted.header_rows[-1] if drafted.header_rows else None,
        "header_rows": list(drafted.header_rows),
        "not_stock": draft.not_stock or None,
        "questions": [question._asdict() for question in draft.questions],
        "evidence": draft.evidence,
        "yaml": draft.text,
    }

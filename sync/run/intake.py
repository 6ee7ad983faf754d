"""A path -> what the file is: the mapping that claims it, its table, its as-of, and the run that it corrects or repeats."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from sync import loader
from sync.errors import FixSetup, SetAside
from sync.ledger import rejected, runs
from sync.mapping.claim import claim, claim_by_name, named
from sync.mapping.plan import Plan, make_plan
from sync.rejects.lines import RUN
from sync.rejects.returning import again, corrected, is_reject_file, parent_run
from sync.rows import OWN_COLUMN, Origin, ReadHints, Run, SourceTable
from sync.run import changes
from sync.run.moment import as_of, exact, given_moment
from sync.run.snapshot import readable
from sync.stage.shapes import Settled, cell_keys
from sync.stage.whole import block_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from sync.ledger.book import Ledger
    from sync.mapping.model import Mapping
    from sync.memory.book import Memory
    from sync.rows import Reject, Sheet
    from sync.run.unpacking import Content

    Peek = Callable[[ReadHints], tuple[Sheet, ...]]

INBOX = "inbox"
LONGEST_NOTE = 255
LOST_COLUMNS = "it is a reject file whose columns were lost, as when a CSV file is opened with the wrong separator and saved; correct the reject file as it came from us, or have it written again with `inventory-sync rejects RUN`"
ANY_BYTES = "latin-1"  # reads every byte: enough to find the ASCII names of our own columns


@dataclass(frozen=True, slots=True)
class Options:
    """What a user says about the files of one command."""

    mapping: str | None = None
    source: str | None = None
    notes: str | None = None
    as_of: str | None = None
    again: bool = False
    changes_only: bool = False
    older: bool = False  # send also what is older than what was sent, as if it were true now
    guess: bool = False  # `check` may judge a file that no mapping claims by a draft; `run` never does


@dataclass(frozen=True, slots=True)
class Intake:
    """A file that is understood, not yet judged."""

    run: Run
    table: SourceTable
    plan: Plan
    settled: tuple[Settled, ...] = ()


@dataclass(frozen=True, slots=True)
class Counter:
    """Where files are handed in: the mappings, the ledger (where there is one) and the tenant they go to."""

    mappings: Sequence[Mapping]
    ledger: Ledger | None
    tenant: str
    shown: str
    options: Options
    memory: Memory | None = None


def take(run: Run, path: Path, content: Content, counter: Counter, mtime: float) -> Intake:
    """Understand a file of which `content` tells bytes and name; `run` has id, hash, file and folder.

    Raises:
        SetAside: it cannot be taken.
        FixSetup: the command names a mapping or a time that does not exist.
    """
    peek = cache(partial(loader.peek, content.path))  # who asks the same again need not read the file again
    rejects = _reject_hints(peek)
    if rejects is not None:
        intake = _of_rejects(run, content.path, counter, rejects)
    else:
        intake = _of_source(run, path, content, counter, mtime, peek)
    return replace(intake, run=content.told(intake.run))


def _of_source(run: Run, path: Path, dropped: Content, counter: Counter, mtime: float, peek: Peek) -> Intake:
    options, name, content = counter.options, dropped.name, dropped.path
    found = (
        claim_by_name(options.mapping, name, counter.mappings, peek)
        if options.mapping
        else claim(name, counter.mappings, peek)
    )
    origin = Origin(name, _subfolder(path), found.hints.sheet)
    table = loader.read(content, found.hints)
    plan = make_plan(found.mapping, table.header, origin)
    if plan.matrix:
        table = loader.read(content, found.hints, block_rows=block_rows(plan))
    moment, warnings = as_of(found.mapping, name, mtime, _given(options))
    run = _told(run, plan, counter, as_of=moment, header=table.header)
    going = changes.decide(
        run, plan.mapping.send, counter.ledger, asked=options.changes_only, again=options.again
    )
    run = replace(
        run,
        read_as=table.read_as,
        origin=origin,
        changes_only=going.changes_only,
        warnings=(*table.warnings, *warnings, *going.why),
    )
    return Intake(run, table, plan) if going.due else _repeated(Intake(run, table, plan), counter)


def _given(options: Options) -> str | None:
    return exact(datetime.now(UTC)) if options.older else options.as_of


def _subfolder(path: Path) -> str:
    """Give the name of the folder that a file lies in; the inbox itself is none."""
    name = readable(path.parent.resolve().name)
    return "" if name == INBOX else name


def _of_rejects(run: Run, content: Path, counter: Counter, hints: ReadHints) -> Intake:
    """Understand a reject file: mapping, as-of and all that stands in no cell come from its parent."""
    name = parent_run(loader.read(content, hints))
    parent = runs.get(counter.ledger, name) if counter.ledger else None
    if parent is None or parent.run != name:
        raise SetAside(
            f"{run.file}: these are rejects of the run {name}, which this ledger does not know; drop them where that run was made"
        )
    if hints.encoding and parent.read_as:
        hints = replace(
            hints, encoding=parent.read_as.encoding
        )  # what is not Unicode has the encoding of its parent
    found = {reject.row: reject for reject in rejected.of_run(_ledger(counter), name)}
    table = corrected(loader.read(content, hints), parent.header, found)
    return _child(run, parent, table, counter)


def of_run(run: Run, parent: Run, counter: Counter) -> Intake:
    """Take a run's open rejects as they were, to be judged again."""
    rows = _first_of_each_row(rejected.to_judge_again(_ledger(counter), parent.run))
    if parent.read_as is None:
        raise SetAside(f"run {parent.run}: its file was never read")
    return _child(run, parent, again(parent.header, parent.read_as, rows), counter)


def _first_of_each_row(rejects: Iterable[Reject]) -> Iterator[Reject]:
    return (next(group) for _, group in groupby(rejects, key=lambda reject: reject.row))


def _child(run: Run, parent: Run, table: SourceTable, counter: Counter) -> Intake:
    if parent.tenant != counter.tenant:
        raise SetAside(
            f"{run.file}: these are rejects of a run to {parent.tenant_shown}, and this command sends to {counter.shown}; name that tenant"
        )
    mapping = named(parent.mapping, counter.mappings)
    plan = make_plan(mapping, table.header, parent.origin)
    moment = given_moment(_given(counter.options)) or parent.as_of
    run = _told(replace(run, parent=parent.run), plan, counter, as_of=moment, header=table.header)
    run = replace(
        run, parent=parent.run, read_as=table.read_as, origin=parent.origin, warnings=table.warnings
    )
    settled = (_judged(counter, parent.run, by_parent=True),) if plan.matrix else ()
    return _repeated(Intake(run, table, plan, settled), counter)


def _told(run: Run, plan: Plan, counter: Counter, *, as_of: str, header: tuple[str, ...]) -> Run:
    """Fill in what mapping and options say, and the hash that tells a repeat."""
    mapping, options = plan.mapping, counter.options
    source, notes = (
        options.source or mapping.send.source,
        mapping.send.notes if options.notes is None else options.notes,
    )
    constants = [code.constant for code in (plan.sku, *plan.locations)]
    identity = json.dumps([run.sha256, mapping.sha256, counter.tenant, source, notes, constants, run.parent])
    return replace(
        run,
        tenant=counter.tenant,
        tenant_shown=counter.shown,
        mapping=mapping.name,
        mapping_sha256=mapping.sha256,
        as_of=as_of,
        unknown=mapping.rows.unknown,
        whole=mapping.content == "full",
        fields=_fields(plan),
        source=source,
        notes=f"{notes[: LONGEST_NOTE - len(run.run) - 9]} (run {run.run})".strip(),
        content=hashlib.sha256(identity.encode()).hexdigest(),
        header=header,
    )


def _fields(plan: Plan) -> dict[str, str]:
    """Say which source column each request field comes from; a code of the mapping itself comes from none."""
    location = OWN_COLUMN if plan.matrix else plan.locations[0].field()
    found = {"location_code": location, "sku_code": plan.sku.field(), "quantity": OWN_COLUMN}
    return {name: column for name, column in found.items() if column}


def _repeated(intake: Intake, counter: Counter) -> Intake:
    """Where the same content was sent before, judge only what did not go through then."""
    if counter.ledger is None or counter.options.again:
        return intake
    earlier = runs.before(counter.ledger, intake.run)
    if earlier is None or counter.options.older:
        return intake
    warning = f"the same content was sent before, in run {earlier.run}; what was accepted then is not sent again (--again sends it)"
    run = replace(intake.run, repeats=earlier.run, warnings=(*intake.run.warnings, warning))
    still = counter.memory.still(earlier.seq) if counter.memory else None
    return replace(
        intake, run=run, settled=(*intake.settled, replace(_judged(counter, earlier.run), still=still))
    )


def _judged(counter: Counter, run: str, *, by_parent: bool = False) -> Settled:
    cells = np.array(rejected.cells_of(_ledger(counter), run), dtype=np.int64).reshape(-1, 2)
    return Settled(np.sort(cell_keys(cells[:, 0], cells[:, 1].astype(np.int32))), by_parent=by_parent)


def _ledger(counter: Counter) -> Ledger:
    if counter.ledger is None:
        raise FixSetup("there is no ledger here yet: nothing was ever run with this state folder")
    return counter.ledger


def _reject_hints(peek: Peek) -> ReadHints | None:
    """Find the header of our own reject columns, in whatever encoding; None: it is no reject file."""
    for encoding in (None, ANY_BYTES):
        try:
            sheets = peek(ReadHints(encoding=encoding))
        except SetAside:
            continue
        heads = [(sheet, *sheet.rows[0]) for sheet in sheets if sheet.rows]
        for sheet, row, cells in heads:
            if is_reject_file(tuple(cell.strip() for cell in cells)):
                return ReadHints(sheet=sheet.name, header_rows=(row,), encoding=encoding)
        if any(RUN in cell for _, _, cells in heads for cell in cells):
            raise SetAside(LOST_COLUMNS)
        if encoding is None:
            return None
    return None

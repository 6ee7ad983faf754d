"""`check`: `run` up to the first request. No network, no lock, no trace but the reject file that was asked for."""

from __future__ import annotations

import heapq
import tempfile
import time
from collections import Counter as Count
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync import report, staging
from sync.errors import FixSetup, SetAside
from sync.mapping.quantity import Notation
from sync.mapping.unclaimed import Unclaimed
from sync.memory.book import Memory
from sync.rows import Run, Tally
from sync.run.drafting import for_check
from sync.run.files import new_run, stage_intake
from sync.run.guarding import Surroundings, judge, whole
from sync.run.intake import Counter, Options, take
from sync.run.journal import counted
from sync.run.lookups import open_ledger
from sync.run.outgoing import current, reject_name, write_rejects_of
from sync.run.preview import shown
from sync.run.snapshot import snapshot
from sync.run.unpacking import unpacked
from sync.stage.rejected import rejects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sync.config import Settings
    from sync.mapping.model import Mapping
    from sync.mapping.plan import Plan
    from sync.rejects.lines import Current
    from sync.rows import Reject
    from sync.run.intake import Intake
    from sync.run.preview import Shown
    from sync.run.unpacking import Content
    from sync.stage.shapes import Staged

    SendRow = tuple[int, str, str, int, int]  # position among the candidates, location, SKU, quantity, row


NOTHING_KNOWN: Current = partial(current, None, None)
GUESSED = "no mapping claims this file: it was judged by a drafted one (see `inventory-sync mapping guess`), and nothing is ever sent by that"


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was judged without a trace; `folder` lasts as long as the check."""

    run: Run
    staged: Staged | None
    drafted: Plan | None = None  # where no mapping claimed the file, and a draft judged it
    current: Current = NOTHING_KNOWN
    held: tuple[tuple[str, int, int], ...] = ()  # what would wait for a person: (location, start, stop)

    def rejects(self) -> Iterator[Reject]:
        """Walk what would be rejected."""
        return rejects(self.staged) if self.staged else iter(())


def check_files(
    settings: Settings,
    paths: Sequence[Path],
    mappings: Sequence[Mapping],
    options: Options,
    *,
    tenant: tuple[str, str],
    show: Callable[[Checked], None],
) -> list[dict[str, Any]]:
    """Judge files as `run` would, sending and writing nothing; `show` is called with each while its rows are there.

    With `options.guess` a file that no mapping claims is judged by the mapping that is drafted for it.
    """
    reports = []
    with open_ledger(settings) as ledger:
        memory = Memory(ledger, settings.state, tenant[0]) if ledger else None
        counter = Counter(mappings, ledger, *tenant, options, memory)
        for path in paths:
            with tempfile.TemporaryDirectory(prefix="inventory-sync-") as temporary:
                checked = _check_one(path, counter, Path(temporary), settings.state)
                show(checked)
                reports.append(_report(checked))
    return reports


def _check_one(path: Path, counter: Counter, folder: Path, state: Path) -> Checked:
    run = replace(new_run(str(path)), tenant=counter.tenant, tenant_shown=counter.shown)
    started = time.perf_counter()
    try:
        sha256, mtime = snapshot(path, None)
        content = unpacked(path, path.name, folder)
        intake = whole(_taken(replace(run, sha256=sha256), path, content, counter, mtime), counter.ledger)
        run, staged = stage_intake(intake, folder, started, memory=counter.memory)
        around = Surroundings(counter.ledger, counter.memory, state, datetime.now(UTC))
        verdict = judge(replace(intake, run=run), staged, around)
    except SetAside as error:
        return Checked(replace(run, state="failed", why=error.problems), None)
    drafted = intake.plan if GUESSED in verdict.run.warnings else None
    known = partial(current, counter.memory, counter.ledger)
    return Checked(counted(verdict.run, staged, counter.ledger), staged, drafted, known, verdict.held)


def _taken(run: Run, path: Path, content: Content, counter: Counter, mtime: float) -> Intake:
    """Understand a file; where no mapping claims it and a guess is wanted, as its draft says."""
    try:
        return take(run, path, content, counter, mtime)
    except Unclaimed:
        if not counter.options.guess or counter.options.mapping:
            raise
    mapping, said = for_check(content)
    options = replace(counter.options, mapping=mapping.name)
    intake = take(run, path, content, replace(counter, mappings=[mapping], options=options), mtime)
    return replace(intake, run=replace(intake.run, warnings=(*intake.run.warnings, GUESSED, *said)))


def _report(checked: Checked) -> dict[str, Any]:
    """Describe what was checked: rows that would go are pending, and that is no failure."""
    by_stage = Count(reject.problems[0].stage for reject in checked.rejects())
    same = _unchanged(checked)
    tally = Tally(
        rejected=by_stage,
        held=checked.run.held,
        held_at=tuple(location for location, _, _ in checked.held),
        unchanged=same,
        settled=same,
    )
    described = report.describe(checked.run, tally, checked.rejects())
    described["guessed"] = checked.drafted is not None
    if described["status"] == "incomplete":
        described["status"] = "held" if checked.held else "partial" if by_stage else "ok"
        described["exit_code"] = report.CODES[described["status"]]
    return described


def _unchanged(checked: Checked) -> int:
    """Count what stands unchanged at the beginning of the send list; where anything is held, it is asked when that goes."""
    return checked.staged.unchanged if checked.staged and not checked.held else 0


def write_checked_rejects(checked: Checked, folder: Path, settings: Settings) -> Path | None:
    """Write the reject file of a check, where anything would be rejected."""
    if checked.staged is None or not checked.staged.rejected:
        return None
    path = folder / reject_name(checked.run)
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise FixSetup(f"--rejects: the folder {folder} cannot be made: {error.strerror}") from None
    write_rejects_of(checked.run, path, settings, walk=checked.rejects, current=checked.current)
    return path


def rows_to_send(checked: Checked) -> Iterator[tuple[str, str, int, int]]:
    """Walk what would be sent, in file order: location_code, sku_code, quantity, row."""
    if checked.staged is None:
        return
    reader = staging.Reader(checked.staged.folder / "send")
    going = (_unchanged(checked), len(reader) - checked.run.held)  # what is held stands at the end
    late = sorted(_walk(reader, going, late=True))  # second spellings of a pair are sent last; they are few
    for _, location, sku, quantity, row in heapq.merge(_walk(reader, going, late=False), late):
        yield location, sku, quantity, row


def rows_with_verdicts(checked: Checked) -> Iterator[Shown]:
    """Walk the rows of `check --guess`: where a draft judged the file, also what can be read and would be rejected."""
    if checked.staged is None or checked.drafted is None:
        return shown(rows_to_send(checked), (), (), Notation())
    summed = checked.drafted.mapping.rows.duplicates == "sum"  # what is merged stands in the sum
    merged = () if summed else _merged(checked.staged)
    return shown(rows_to_send(checked), merged, checked.rejects(), checked.drafted.notation)


def _merged(staged: Staged) -> Iterator[tuple[str, str, int, int]]:
    """Walk the rows that are the same as another one of their pair."""
    folded = staging.Reader(staged.folder / "merged").column("at")
    if not len(folded):
        return
    names = ("location_code", "sku_code", "quantity", "row")
    rows = staging.Reader(staged.folder / "candidates").take(folded).select(list(names))
    yield from zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _walk(reader: staging.Reader, going: tuple[int, int], *, late: bool) -> Iterator[SendRow]:
    names = ("at", "location_code", "sku_code", "quantity", "row", "rank")
    for start, block in reader.blocks():
        first, last = (min(max(0, at - start), block.num_rows) for at in going)
        batch = block.slice(first, max(0, last - first))
        for at, location, sku, quantity, row, rank in zip(
            *(batch.column(name).to_pylist() for name in names), strict=True
        ):
            if (rank > 0) == late:
                yield at, location, sku, quantity, row

"""The commands that take files: each is staged whole, and only then is anything sent."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sync import staging
from sync.errors import FixSetup, SetAside
from sync.ledger import runs
from sync.mapping.claim import named
from sync.mapping.folder import load_all
from sync.rows import Run
from sync.run.absent import send_zeros
from sync.run.delivery import deliver_all, pending_runs
from sync.run.guarding import Surroundings, judge, whole
from sync.run.howfar import READING, HowFar, show_nothing
from sync.run.intake import Counter, Intake, Options, take
from sync.run.journal import describe, now, record, record_failure, timed
from sync.run.moment import given_moment
from sync.run.snapshot import NotNowError, readable, snapshot
from sync.run.soundness import require_room
from sync.run.unpacking import unpacked
from sync.run.version import program
from sync.stage.shapes import nothing
from sync.stage.whole import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from sync.config import Settings
    from sync.mapping.model import Mapping as StockMapping
    from sync.memory.book import Memory
    from sync.rows import Block
    from sync.run.desk import Desk
    from sync.run.guarding import Verdict
    from sync.run.howfar import Show
    from sync.stage.shapes import Staged


def new_run(file: str) -> Run:
    """Begin a run; its id sorts by time."""
    moment = datetime.now(UTC)
    name = f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    return Run(run=name, started=now(), tenant="", file=readable(file), version=program())


def decide(settings: Settings, options: Options) -> list[StockMapping]:
    """Settle everything that ends a command with exit code 2, before any file is touched; a guess needs no mappings."""
    mappings = [] if options.guess and not settings.mappings.exists() else load_all(settings.mappings)
    if options.mapping:
        named(options.mapping, mappings)
    if options.older and options.as_of:
        raise FixSetup(
            "--older makes the time of the command the as-of, and --as-of names another: give one of them"
        )
    given_moment(options.as_of)
    return mappings


def run_files(
    desk: Desk, paths: Sequence[Path], mappings: Sequence[StockMapping], options: Options
) -> list[dict[str, Any]]:
    """Take files through all stages, and what is pending of the same tenant with them; give the reports."""
    counter = Counter(mappings, desk.ledger, desk.tenant.identity, desk.tenant.shown, options, desk.memory)
    taken: dict[str, Run] = {}
    for path in paths:
        require_room(desk.settings.state, 2 * _size(path))
        run = stage_file(desk, fresh_run(desk, str(path)), path, counter, besides=taken.keys())
        taken[run.run] = run
    idle = [run for run in taken.values() if run.ended]  # failed, or held since it came before
    reports = deliver_all(desk, pending_runs(desk))
    return [*(describe(desk.ledger, run) for run in idle), *reports]


def fresh_run(desk: Desk, file: str, *, watched: str = "") -> Run:
    """Begin a run to the desk's tenant, under an id that no other has: many begin in one second."""
    while True:
        run = new_run(file)
        if runs.get(desk.ledger, run.run) is None and not (desk.staging / run.run).exists():
            tenant = desk.tenant
            return replace(run, tenant=tenant.identity, tenant_shown=tenant.shown, watched=watched)


def stage_file(
    desk: Desk,
    run: Run,
    path: Path,
    counter: Counter,
    *,
    besides: Collection[str],
    opener: Callable[[], int] | None = None,
) -> Run:
    """Judge one file and put it on record, or put on record why it could not be taken.

    `besides`: runs of this command. `opener` opens the file where it does not lie at `path`, which is its name for people.

    Raises:
        NotNowError: a file of the watched folder is still written to, or its disk fails for the moment.
    """
    folder = desk.staging / run.run
    folder.mkdir(mode=0o750)
    started = time.perf_counter()
    try:
        content = folder / f"source{path.suffix[:20]}"
        sha256, mtime = snapshot(path, content, opener)
        run = replace(run, sha256=sha256)
        intake = whole(take(run, path, unpacked(content, path.name, folder), counter, mtime), desk.ledger)
        under_way = None if counter.options.again else runs.pending_twin(desk.ledger, intake.run)
        if under_way and under_way.run not in besides:  # it goes on
            staging.remove(folder)
            return under_way
        run, staged = stage_intake(intake, folder, started, memory=desk.memory, show=desk.progress)
        around = Surroundings(desk.ledger, desk.memory, desk.settings.state, datetime.now(UTC))
        verdict = judge(replace(intake, run=run), staged, around)
    except SetAside as error:
        staging.remove(folder)
        if run.watched and isinstance(error, NotNowError):
            raise
        return record_failure(desk, run, error.problems)
    return _recorded(desk, verdict, staged)


def _recorded(desk: Desk, verdict: Verdict, staged: Staged) -> Run:
    """Put a file on record, and what is no longer in it as a run of its own."""
    run = record(desk, verdict.run, staged, verdict.held)
    if verdict.gone:
        child = fresh_run(desk, run.file, watched=run.watched)
        send_zeros(desk, run, child, verdict.gone, held=verdict.waiting)
    return run


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # the snapshot says what is wrong with it
        return 0


def stage_intake(
    intake: Intake, folder: Path, started: float, *, memory: Memory | None = None, show: Show = show_nothing
) -> tuple[Run, Staged]:
    """Judge what was taken in, timing it: what is not reading is mapping and judging; `memory` of what went before."""
    clock = _Clock(intake, show)
    opened, begun = time.perf_counter() - started, time.perf_counter()
    staged = stage(
        replace(intake.table, blocks=iter(clock)),
        intake.plan,
        folder,
        settled=intake.settled,
        neighbours=intake.run.parent is None,
        remembered=memory.before(intake.run.as_of, changes_only=intake.run.changes_only)
        if memory
        else nothing,
    )
    if not staged.read:
        raise SetAside(f"{intake.run.file}: there are no rows in it below the header; nothing was sent")
    run = timed(intake.run, read=opened + clock.seconds, map=time.perf_counter() - begun - clock.seconds)
    return replace(run, width=staged.width), staged


class _Clock:
    """Walks the blocks of a file: counts the seconds that reading takes, and shows how far it is."""

    def __init__(self, intake: Intake, show: Show) -> None:
        self._blocks, self._run, self._show = intake.table.blocks, intake.run, show
        self._width = len(intake.plan.quantities)
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Block]:
        read = 0
        while True:
            self._show(HowFar(self._run.run, self._run.file, READING, read))
            started = time.perf_counter()
            block = next(self._blocks, None)
            self.seconds += time.perf_counter() - started
            if block is None:
                return
            yield block
            read += len(block.rows) * self._width

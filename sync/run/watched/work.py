"""The busy part of a pass: claim, stage, deliver, put away, chunk by chunk, for as long as the tenant takes rows."""

from __future__ import annotations

from collections import Counter as Counted
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync import interrupts, report
from sync.durable import clear_leftovers
from sync.errors import InventorySyncError
from sync.ledger import runs
from sync.logs import Log
from sync.run.delivery import deliver_all, pending_runs
from sync.run.desk import open_desk
from sync.run.files import decide
from sync.run.firstplan import with_plan
from sync.run.intake import Counter, Options
from sync.run.journal import describe
from sync.run.notes import renew_note, write_notes
from sync.run.places import BackError, found, is_what_was_read, place
from sync.run.snapshot import readable
from sync.run.tenant import require_tenant
from sync.run.watched import hooks
from sync.run.watched.approved import APPROVE, take_approved
from sync.run.watched.look import approvals
from sync.run.watched.order import chunks
from sync.run.watched.result import from_here
from sync.run.watched.taking import Taking
from sync.watcher.claiming import give_back, let_go
from sync.watcher.folders import opened
from sync.watcher.moving import move

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sync.config import Settings
    from sync.mapping.model import Mapping as StockMapping
    from sync.rows import Run
    from sync.run.desk import Desk
    from sync.run.howfar import Show
    from sync.run.watched.look import Looked
    from sync.run.watched.result import Passed
    from sync.watcher.claiming import Claim
    from sync.watcher.sights import Sight

WRITTEN = "it was written to after it had been read: what it held then was taken, and now it lies in the inbox again, to be taken whole when it has settled"
PLANS = 3  # of one mapping in a pass
STUCK = "it was taken and is on record, but cannot be put where it belongs; the next pass tries again"
log = Log()


def work(
    settings: Settings,
    environ: Mapping[str, str],
    seen: Looked,
    passed: Passed,
    *,
    lock: int,
    progress: Show,
) -> None:
    """Do what there is to do, under the lock that is held already; what came of it goes into `passed`."""
    mappings = decide(settings, Options())
    require_tenant(settings, environ)
    with open_desk(settings, environ, held=lock, progress=progress) as desk:
        busy = _Pass(desk, seen, passed, mappings)
        try:
            busy.go()
        finally:
            good = passed.code in (report.OK, report.PARTIAL, report.HELD)
            hooks.end_of_pass(settings, desk.ledger, passed.reports, good=good, mappings=mappings)


class _Pass:
    """What happens between the look and the end."""

    def __init__(self, desk: Desk, seen: Looked, passed: Passed, mappings: Sequence[StockMapping]) -> None:
        self._desk, self._seen, self._passed = desk, seen, passed
        counter = Counter(
            mappings, desk.ledger, desk.tenant.identity, desk.tenant.shown, Options(), desk.memory
        )
        self._mappings, self._taking = mappings, Taking(desk, seen, passed, counter)
        self._tried: set[str] = set()  # runs that were delivered in this pass
        self._plans: Counted[str] = Counted()  # by mapping
        self._stopped = False

    def go(self) -> None:
        """Take what there is, the newest first, until it is done or the tenant fails."""
        interrupts.begin_anew()
        self._take_approved()
        recovered, new = self._recovered()
        waiting: list[Sight | Claim] = [*new, *self._seen.settled.ready]
        pieces = [*chunks(waiting, self._mappings)] or [[]]
        for piece in pieces:
            staged = [found for each in piece if (found := self._taking.take(each))]
            self._deliver([*recovered, *staged])
            recovered = []
            if self._stopped or interrupts.heeded():
                break
        self._passed.cut = interrupts.heeded()

    def _take_approved(self) -> None:
        """Let go what somebody moved into approve/, where that is a yes."""
        if not approvals(self._desk.settings):
            return
        place = self._seen.tree.root / APPROVE
        try:
            with opened(place) as folder:
                reports = take_approved(self._desk, self._seen.tree, folder)
        except OSError as error:
            self._passed.leave(place, f"it cannot be used: {error.strerror}; what lies in it waits")
            return
        for told in reports:
            self._passed.reports.append(told)
        self._tried |= {told["run"] for told in reports}

    def _recovered(self) -> tuple[list[tuple[Claim, Run]], list[Claim]]:
        """Tell what a killed pass left behind by what the ledger knows of it."""
        known, new, tree = [], [], self._seen.tree
        for folder in (tree.processed, tree.held, tree.failed) if self._seen.left else ():
            clear_leftovers(folder.path)  # half a copy, where one of them is on another disk
        for taken in self._seen.left:
            run = runs.get(self._desk.ledger, taken.run)
            if run is None or run.run != taken.run:
                new.append(taken)
            elif is_what_was_read(tree, taken, run):
                known.append((taken, run))
            else:
                give_back(tree, taken)
        for taken in self._seen.emptied:
            self._noted(taken)
        return known, new

    def _noted(self, taken: Claim) -> None:
        """Write the notes that a killed pass had no time for."""
        run, tree = runs.get(self._desk.ledger, taken.run), self._seen.tree
        for folder in (tree.held, tree.failed) if run else ():
            if run and (name := found(folder, run.run)):
                self._note(describe(self._desk.ledger, run), folder.path / name)
        give_back(tree, taken)  # a done file, if there is one

    def _deliver(self, staged: Sequence[tuple[Claim, Run]]) -> None:
        """Send what was staged, and what is pending, and put the files where they belong."""
        todo = [run for run in pending_runs(self._desk) if run.run not in self._tried]
        reports = {told["run"]: told for told in deliver_all(self._desk, todo)}
        self._tried |= reports.keys()
        self._stopped = tenant_failed(list(reports.values()))
        of_files = {
            run.run: self._planned(reports.pop(run.run) if run.run in reports else self._told_before(run))
            for _, run in reversed(staged)  # the newest first
        }
        for taken, run in staged:
            told = of_files[run.run]
            self._put_away(taken, run, told)
            self._passed.reports.append(told)
        for told in map(self._planned, reports.values()):
            self._moved_on(told)
            self._passed.reports.append(told)

    def _told_before(self, run: Run) -> dict[str, Any]:
        """Give the report of a run that a killed pass had ended, or that its file is once more; its notes may be missing."""
        told = describe(self._desk.ledger, run)
        if told["rejects"]:
            renew_note(self._desk.settings, told, Path(told["rejects"]))
        return told

    def _planned(self, told: dict[str, Any]) -> dict[str, Any]:
        """Add what sending would change, where a first file is held; of many the newest say enough: each reads the tenant."""
        if told["status"] != "held" or self._plans[told["mapping"]] >= PLANS:
            return told
        try:
            planned = with_plan(self._desk, told)
        except (InventorySyncError, OSError) as error:
            log.warning("the plan could not be made", run=told["run"], words=str(error))
            return told
        self._plans[told["mapping"]] += planned is not told
        return planned

    def _put_away(self, taken: Claim, run: Run, told: dict[str, Any]) -> None:
        file = self._taking.shown(taken)
        try:
            lies_at = place(self._seen.tree, taken, run, told["status"])
        except BackError:
            self._passed.leave(file, WRITTEN)
        except OSError as error:
            self._passed.leave(file, f"{STUCK}: {error.strerror}")
        else:
            told["lies_at"] = readable(str(from_here(lies_at)))
            self._note(told, lies_at)
            let_go(self._seen.tree, taken)

    def _moved_on(self, told: dict[str, Any]) -> None:
        """See to the file of a run of an earlier pass: its rows were pending, so it was put away with those that went."""
        tree = self._seen.tree
        if told["status"] != "held" or (name := found(tree.processed, told["run"])) is None:
            return
        with suppress(OSError):  # the rows are held all the same
            move(name, tree.processed, name, tree.held)
            told["lies_at"] = readable(str(from_here(tree.held.path / name)))
            self._note(told, tree.held.path / name)

    def _note(self, told: dict[str, Any], lies_at: Path) -> None:
        """Have the words for staff written beside a file that waits for them."""
        if told["status"] not in ("held", "failed"):
            return
        try:
            write_notes(self._desk, told, lies_at)
        except OSError as error:
            log.warning("no note was written", file=str(lies_at), words=error.strerror)


def tenant_failed(reports: Sequence[dict[str, Any]]) -> bool:
    """Tell whether the tenant takes nothing more for now: then the last run that had rows to send kept them."""
    if any(told["exit_code"] == report.INTERRUPTED for told in reports):
        return True
    tried = [told for told in reports if told["rows"]["pending"] or told["requests"]["sent"]]
    return bool(tried) and tried[-1]["rows"]["pending"] > 0 and tried[-1]["ending"] != "failing"

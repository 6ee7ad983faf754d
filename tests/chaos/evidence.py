"""What was seen of a plan, put in order: each run with its file, its rank and its report, and what the tenant knows of it."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.seen import Seen
    from tests.chaos.stockfile import Pair, Row, StockFile
    from tests.chaos.tenant import Posted, Write

Rank = tuple[str, int]
LEDGER_IS_SOUND = "ok"


@dataclass
class Taken:
    """One run: what it reports, and what the tenant saw of it."""

    name: str
    order: int
    report: dict[str, Any]
    file: StockFile
    retry: bool  # judges a run's rejects again, without a file of its own
    posted: list[Posted] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    rejects: list[dict[str, str]] = field(default_factory=list)

    @property
    def rank(self) -> Rank:
        """What decides which of two values of a pair is newer."""
        return self.report["as_of"], self.order

    @property
    def rows(self) -> dict[str, int]:
        """Its numbers."""
        found: dict[str, int] = self.report["rows"]
        return found

    def skipped(self, reason: str) -> int:
        """Tell how many rows were left out for a reason."""
        return int(self.report["skipped_by_reason"].get(reason, 0))

    @property
    def by_line(self) -> dict[int, Row]:
        """The rows of its file."""
        return {row.line: row for row in self.file.rows}

    @property
    def taken(self) -> set[Pair]:
        """The pairs that the tenant acknowledged in an answer that one may believe."""
        return {pair for request in self.posted for pair in request.taken}

    @property
    def lied(self) -> set[Pair]:
        """The pairs that the tenant acknowledged and did not apply."""
        return {pair for request in self.posted for pair in request.lied}

    @property
    def refused(self) -> set[Pair]:
        """The pairs that the tenant refused, by what they are or alone in a body."""
        return {pair for request in self.posted for pair in request.refused}


@dataclass
class Evidence:
    """Everything, by run."""

    seen: Seen
    runs: dict[str, Taken]
    failed: set[str]  # files that could not be taken
    states: dict[str, str]
    ledger: list[str]  # what the ledger's own checks say

    def of(self, request: Posted) -> Taken | None:
        """Find the run that a request belongs to."""
        return self.runs.get(request.run)

    def in_order(self) -> list[Taken]:
        """List the runs in the order in which they were taken."""
        return sorted(self.runs.values(), key=lambda run: run.order)

    def by_pair(self) -> dict[Pair, list[Write]]:
        """Give what was applied for each pair, in order."""
        found: dict[Pair, list[Write]] = defaultdict(list)
        for write in self.seen.tenant.writes:
            found[write.pair].append(write)
        return found


def gathered(seen: Seen) -> Evidence:
    """Put in order what was seen of a plan."""
    rows, ledger = _ledger(seen)
    runs: dict[str, Taken] = {}
    for order, row in enumerate(rows):
        path = seen.folder / "state" / "reports" / f"{row['run']}.json"
        if row["state"] != "failed" and path.exists():
            (report,) = json.loads(path.read_text(encoding="utf-8"))["runs"]
            parent = runs.get(report["parent"] or "")
            retry = parent is not None and parent.report["file"] == report["file"]
            runs[row["run"]] = Taken(row["run"], order, report, seen.files[report["file"]], retry)
    evidence = Evidence(
        seen,
        runs,
        {row["run"] for row in rows if row["state"] == "failed"},
        {row["run"]: row["state"] for row in rows},
        ledger,
    )
    _told_by_the_tenant(evidence)
    for run in runs.values():
        run.rejects = list(_rejects(evidence, run))
    return evidence


def _ledger(seen: Seen) -> tuple[list[sqlite3.Row], list[str]]:
    """Look into a copy of the ledger: its runs in the order of taking, and whether it is sound."""
    copy = seen.folder.parent / "copy"
    copy.mkdir()
    for path in (seen.folder / "state").glob("ledger.db*"):
        shutil.copy(path, copy)
    if not (copy / "ledger.db").exists():
        return [], [LEDGER_IS_SOUND]
    with closing(sqlite3.connect(copy / "ledger.db")) as ledger:
        ledger.row_factory = sqlite3.Row
        said = [str(row[0]) for row in ledger.execute("PRAGMA integrity_check")]
        said += [f"foreign key: {tuple(row)}" for row in ledger.execute("PRAGMA foreign_key_check")]
        names = {row["name"] for row in ledger.execute("PRAGMA table_info(runs)")}
        order = "seq" if "seq" in names else "started, rowid"
        return ledger.execute(f"SELECT * FROM runs ORDER BY {order}").fetchall(), said


def _told_by_the_tenant(evidence: Evidence) -> None:
    for request in evidence.seen.tenant.posted:
        if run := evidence.of(request):
            run.posted.append(request)
    for write in evidence.seen.tenant.writes:
        if run := evidence.of(write.request):
            run.writes.append(write)


def _rejects(evidence: Evidence, run: Taken) -> Iterator[dict[str, str]]:
    """Read a run's reject file."""
    path = run.report["rejects"]
    if path is None:
        return
    text = (evidence.seen.folder / path).read_text(encoding="utf-8-sig")
    delimiter = evidence.seen.plan.world.policy.delimiter
    yield from csv.DictReader(io.StringIO(text), delimiter=delimiter)

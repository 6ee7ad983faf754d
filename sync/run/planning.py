"""`plan`: checked files and the tenant's stock -> what sending them would change, old -> new; nothing is written or sent.

A pair that stands in no reading is created only where the reading is whole; where it may not be, it is `unknown`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from sync import report, staging
from sync.run.bylocation import by_location
from sync.run.check import check_files
from sync.run.positions import Positions
from sync.run.readback import reading_back
from sync.run.stock import MayNotReadError
from sync.run.tenant import SANDBOX_STORE, look_up_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sync.config import Settings
    from sync.mapping.model import Mapping as StockMapping
    from sync.run.bylocation import Part
    from sync.run.check import Checked
    from sync.run.intake import Options
    from sync.run.readback import ReadBack, Reading

KINDS = ("created", "changed", "zeroed", "unchanged", "unknown")
LARGEST = 10
UNKNOWN = "?"  # in `old`, where nobody can tell


class Change(NamedTuple):
    """One pair; `old` is None where the tenant has none, and UNKNOWN where it could not be read."""

    location_code: str
    sku_code: str
    row: int
    old: int | str | None
    new: int

    @property
    def kind(self) -> str:
        """One of KINDS."""
        if self.old is None or isinstance(self.old, str):
            return "created" if self.old is None else "unknown"
        if self.old == self.new:
            return "unchanged"
        return "changed" if self.new else "zeroed"

    @property
    def size(self) -> int:
        """By how much it changes; what is not there counts as 0."""
        return 0 if isinstance(self.old, str) else abs(self.new - (self.old or 0))


@dataclass
class Plan:
    """What one file would change."""

    locations: dict[str, Counter[str]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)  # location -> why some of it is not known
    largest: list[Change] = field(default_factory=list)
    alike: int = 0  # created beside a pair of the same codes in other letters
    refused: str = ""
    may_not_read: bool = False

    def take(self, part: Part, reading: Reading) -> Iterator[Change]:
        """Compare one location, giving its changes."""
        counts = self.locations.setdefault(part.location, Counter())
        missing = None if reading.whole else UNKNOWN
        for sku, new, row in zip(part.skus, part.quantities, part.rows, strict=True):
            pair = part.location, sku
            change = Change(*pair, row, reading.rows.get(pair, missing), new)
            counts[change.kind] += 1
            self.alike += change.kind == "created" and reading.alike(pair) is not None
            yield change
        if counts["unknown"]:
            self.unread[part.location] = reading.why

    def note(self, changes: Iterable[Change]) -> None:
        """Remember the largest changes, those in the file's first rows first."""
        found = (change for change in changes if change.size)
        self.largest = heapq.nsmallest(
            LARGEST, [*self.largest, *found], key=lambda change: (-change.size, change.row)
        )

    @property
    def exit_code(self) -> int:
        """What reading the tenant adds to the code of the check."""
        if self.refused and not self.may_not_read:
            return report.REFUSED
        return report.INCOMPLETE if self.unread else report.OK

    def counts(self) -> dict[str, int]:
        """Add the locations up."""
        return {kind: sum(counts[kind] for counts in self.locations.values()) for kind in KINDS}

    def as_json(self) -> dict[str, Any]:
        """Give what stands under `plan` in the report of a file."""
        return {
            "complete": not self.unread,
            "counts": self.counts(),
            "locations": [
                {
                    "location_code": code,
                    **{kind: counts[kind] for kind in KINDS},
                    "why": self.unread.get(code),
                }
                for code, counts in self.locations.items()
            ],
            "largest": [change._asdict() for change in self.largest],
            "alike": self.alike,
            "refused": self.refused or None,
            "may_not_read": self.may_not_read,
        }


def plan_files(
    settings: Settings,
    environ: Mapping[str, str],
    paths: Sequence[Path],
    *,
    mappings: Sequence[StockMapping],
    options: Options,
    show: Callable[[Iterable[Change]], None],
) -> list[dict[str, Any]]:
    """Judge files as `check` does, and compare what would be sent with the tenant's stock; give their reports.

    `show` is given the pairs of a file in parts, location by location.
    """
    plans: list[Plan | None] = []
    with _tenant(settings, environ) as tenant:

        def planned(checked: Checked) -> None:
            plans.append(_planned(checked, tenant, show))

        reports = check_files(
            settings, paths, mappings, options, tenant=look_up_tenant(settings), show=planned
        )
    return [_report(described, plan) for described, plan in zip(reports, plans, strict=True)]


@contextmanager
def _tenant(settings: Settings, environ: Mapping[str, str]) -> Iterator[ReadBack]:
    """Open the tenant; a sandbox that was never used is empty, and is not made by looking at it."""
    with TemporaryDirectory(prefix="inventory-sync-") as nowhere:
        if settings.is_sandbox and not (settings.state / SANDBOX_STORE).exists():
            settings = settings.model_copy(update={"state": Path(nowhere)})
        with reading_back(settings, environ) as tenant:
            yield tenant


def _planned(checked: Checked, tenant: ReadBack, show: Callable[[Iterable[Change]], None]) -> Plan | None:
    """Compare one file; None where it could not be taken."""
    return plan_of(checked.staged.folder, tenant, show) if checked.staged else None


def plan_of(folder: Path, tenant: ReadBack, show: Callable[[Iterable[Change]], None]) -> Plan:
    """Compare the send list of a staged file, with what of it is held."""
    plan, send = Plan(), staging.Reader(folder / "send")
    for part, reading in tenant.read(by_location(send, Positions([(0, len(send))]))):
        changes = list(plan.take(part, reading))
        plan.note(changes)
        show(changes)
    if tenant.refusal and plan.locations:
        plan.refused = " ".join(tenant.refusal.problems)
        plan.may_not_read = isinstance(tenant.refusal, MayNotReadError)
    return plan


def _report(described: dict[str, Any], plan: Plan | None) -> dict[str, Any]:
    """Put the plan into the report of a check."""
    if plan is None:
        return {**described, "plan": None}
    code = report.gravest([described["exit_code"], plan.exit_code])
    words = {report.INCOMPLETE: "incomplete", report.REFUSED: "refused"}
    status = words.get(plan.exit_code, described["status"])
    return {**described, "exit_code": code, "status": status, "plan": plan.as_json()}

"""Everything seen of a plan -> the laws that it broke."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos import laws_ends, laws_manners, laws_order, laws_rows
from tests.chaos.evidence import gathered
from tests.chaos.play import play

if TYPE_CHECKING:
    from tests.chaos.evidence import Evidence
    from tests.chaos.plan import Plan


@dataclass(frozen=True)
class Verdict:
    """What a plan came to."""

    broken: tuple[str, ...]
    lived: Counter[str]  # what there was in it, counted


def tried(plan: Plan, *, keep: Path | None = None) -> Verdict:
    """Play a plan in a folder of its own and judge it; `keep` takes the folder of a plan that breaks a law."""
    fast = Path("/dev/shm")  # noqa: S108 - a disk in memory, where there is one: nothing here is about power cuts
    above = Path(tempfile.mkdtemp(prefix=f"chaos-{plan.seed}-", dir=fast if fast.is_dir() else None))
    try:
        folder = above / "work"
        folder.mkdir()
        verdict = _judged(plan, folder)
        if verdict.broken and keep:
            shutil.copytree(above, keep / above.name)
        return verdict
    finally:
        shutil.rmtree(above, ignore_errors=True)


def _judged(plan: Plan, folder: Path) -> Verdict:
    seen = play(plan, folder)
    evidence = gathered(seen)
    found = [
        words for laws in (laws_rows, laws_order, laws_manners, laws_ends) for words in laws.broken(evidence)
    ]
    return Verdict(tuple(dict.fromkeys(found)), _lived(evidence))


def _lived(evidence: Evidence) -> Counter[str]:
    """Count what a plan came to, so that a look tells whether plans live through anything."""
    seen = evidence.seen
    lived = Counter({"plans": 1, "commands": len(seen.commands), "requests": len(seen.tenant.posted)})
    lived["late overtaking"] = laws_order.reversals(evidence)
    for command in seen.commands:
        lived[f"exit {command.code}"] += 1
    for run in evidence.runs.values():
        lived.update({f"rows {name}": count for name, count in run.rows.items()})
        lived.update({f"skipped {name}": count for name, count in run.report["skipped_by_reason"].items()})
    for request in seen.tenant.posted:
        lived[f"answer {request.status}"] += 1
    return lived

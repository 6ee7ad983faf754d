"""A run in the ledger -> its report: the numbers, which must add up, the status, the exit code and the first problems."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from sync import reasons
from sync.errors import OurBug
from sync.rows import OUTCOMES, STAGES, Run, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sync.rows import Reject

MOST_PROBLEMS = 100
OK, PARTIAL, USAGE, HELD, INCOMPLETE, REFUSED, SET_ASIDE, BUG, BUSY, INTERRUPTED = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    70,
    75,
    130,
)
GRAVITY = (BUG, INTERRUPTED, REFUSED, INCOMPLETE, SET_ASIDE, HELD, PARTIAL, OK)
CODES = {
    "ok": OK,
    "partial": PARTIAL,
    "held": HELD,
    "incomplete": INCOMPLETE,
    "refused": REFUSED,
    "failed": SET_ASIDE,
}


def outcomes(run: Run, tally: Tally) -> dict[str, int]:
    """Count the run's rows by outcome.

    Raises:
        OurBug: they do not add up to the rows read, or the rejects on record are not those that were counted.
    """
    held = 0 if run.discarded else tally.held
    waiting = pending(run, tally)
    merged = (
        run.merged - (tally.refused_rows - tally.refused_pairs) - (tally.unknown_rows - tally.unknown_pairs)
    )
    counts = {
        "read": run.read,
        "accepted": tally.accepted,
        "unchanged": tally.unchanged,
        "merged": merged,
        "skipped": sum(skips(run, tally).values()),
        "rejected": sum(tally.rejected.values()),
        "held": held,
        "pending": waiting,
    }
    total = sum(counts[name] for name in OUTCOMES[1:])
    if (
        total != run.read
        or waiting < 0
        or merged < 0
        or tally.rejected.get("tenant", 0) != tally.refused_rows
    ):
        raise OurBug(
            f"run {run.run}: {run.read} rows were read, but the ledger accounts for {total}: {counts}"
        )
    return counts


def pending(run: Run, tally: Tally) -> int:
    """Count the pairs of a run that are not settled, and wait for no person."""
    waits_not = tally.settled + tally.held + tally.discarded + tally.outdated
    return 0 if run.discarded else run.to_send - waits_not


def skips(run: Run, tally: Tally) -> dict[str, int]:
    """Count the rows left out on purpose, by reason."""
    discarded = run.to_send - tally.settled if run.discarded else tally.discarded
    superseded = tally.superseded + (0 if run.discarded else tally.outdated)
    more = {"unknown": tally.unknown_rows, "superseded": superseded, "discarded": discarded}
    found = {reason: run.skipped.get(reason, 0) + more.get(reason, 0) for reason in (*run.skipped, *more)}
    return {reason: count for reason, count in found.items() if count}


def status(run: Run, rows: Mapping[str, int]) -> str:
    """Tell in one word how the run stands."""
    if run.state == "failed":
        return "failed"
    if rows["pending"]:
        return "refused" if run.ending == "refused" else "incomplete"
    if rows["held"]:
        return "held"
    return "partial" if rows["rejected"] else "ok"


def exit_code(run: Run, rows: Mapping[str, int]) -> int:
    """Give the exit code that stands for this run alone."""
    if run.ending == "interrupted" and rows["pending"]:
        return INTERRUPTED
    return CODES[status(run, rows)]


def gravest(codes: Iterable[int]) -> int:
    """Give the code of several runs."""
    found = set(codes)
    return next((code for code in GRAVITY if code in found), OK)


def describe(run: Run, tally: Tally, rejects: Iterable[Reject] = ()) -> dict[str, Any]:
    """Write the run's report, with its first problems."""
    rows = outcomes(run, tally)
    return {
        "run": run.run,
        "status": status(run, rows),
        "exit_code": exit_code(run, rows),
        "file": run.file,
        "sha256": run.sha256,
        "mapping": run.mapping or None,
        "as_of": readable(run.as_of) or None,
        "started": run.started,
        "ended": run.ended,
        "tenant": run.tenant_shown,
        "source": run.source,
        "notes": run.notes,
        "parent": run.parent,
        "read_as": asdict(run.read_as) if run.read_as else None,
        "rows": rows,
        "rejected_by_stage": {stage: tally.rejected.get(stage, 0) for stage in STAGES},
        "skipped_by_reason": skips(run, tally),
        "tenant_counts": {"created": tally.created, "updated": tally.updated},
        "requests": {"sent": run.sent, "retried": run.retried},
        "problems": problems(rejects),
        "rejects": run.reject_file,
        "watched": run.watched or None,
        "absent": run.absent,
        "held": _held(run, tally) if rows["held"] else None,
        "ending": run.ending or None,
        "why": list(run.why),
        "not_before": run.not_before,
        "warnings": list(run.warnings),
        "seconds": run.seconds,
        "version": run.version or None,
    }


def _held(run: Run, tally: Tally) -> dict[str, Any]:
    """Say why a person has to look; `locations` is empty where all that is left of the file waits."""
    whole = any(not location for location in tally.held_at)
    return {
        "guards": [dict(guard) for guard in run.guards],
        "locations": [] if whole else list(tally.held_at),
        "rows": tally.held,
    }


def readable(moment: str) -> str:
    """Write a moment of the ledger without a fraction of a second that is none."""
    return moment.replace(".000000Z", "Z")


def problems(rejects: Iterable[Reject]) -> list[dict[str, Any]]:
    """List the first problems, in words."""
    found = ((reject.row, problem) for reject in rejects for problem in reject.problems)
    return [
        {
            "row": row,
            "stage": problem.stage,
            "field": problem.field,
            "code": problem.code,
            "value": problem.value,
            "message": reasons.sentence(problem.code, problem.field, problem.value),
            "remedy": reasons.remedy(problem.code),
        }
        for row, problem in islice(found, MOST_PROBLEMS)
    ]


def document(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Put the reports of several runs together."""
    return {"exit_code": gravest(report["exit_code"] for report in reports), "runs": list(reports)}

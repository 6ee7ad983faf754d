"""A mapping's first file in the watched folder -> what sending it would change at the tenant, put beside the question for a yes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sync.ledger import runs
from sync.run.journal import tell_anew
from sync.run.planning import plan_of
from sync.run.readback import ReadBack
from sync.run.stock import Reader

if TYPE_CHECKING:
    from sync.run.desk import Desk
    from sync.run.planning import Plan

FIRST = "first"
EXAMPLES = 3


def with_plan(desk: Desk, report: dict[str, Any]) -> dict[str, Any]:
    """Give the report of a run with its plan, where it is held as the first of its mapping and has none yet."""
    held = report["held"]
    asked = [guard for guard in (held or {}).get("guards", ()) if guard["guard"] == FIRST]
    run = runs.get(desk.ledger, report["run"]) if asked and "created" not in asked[0]["values"] else None
    if run is None:
        return report
    tenant = desk.settings.tenant
    with desk.tenant.connect() as client:
        reader = ReadBack(Reader(client, tenant.retry, tenant.field_names), tenant.workers)
        plan = plan_of(desk.staging / run.run, reader, lambda _changes: None)
    guards = tuple(_told(guard, plan) if guard["guard"] == FIRST else guard for guard in run.guards)
    return tell_anew(desk, replace(run, guards=guards))


def _told(guard: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """Add the plan to a guard, in words and numbers."""
    counts = plan.counts()
    unread = f"; of {counts['unknown']:,} nobody can tell" if counts["unknown"] else ""
    words = (
        f"sending it would create {counts['created']:,} pairs, change {counts['changed']:,}, set {counts['zeroed']:,} to 0"
        f" and leave {counts['unchanged']:,} as they are{unread}"
    )
    largest = [
        f"{change.location_code}, {change.sku_code}: {'none' if change.old is None else change.old} -> {change.new}"
        for change in plan.largest[:EXAMPLES]
    ]
    return {
        **guard,
        "numbers": f"{guard['numbers']}; {words}",
        "values": {**guard["values"], **counts},
        "examples": largest or guard["examples"],
    }

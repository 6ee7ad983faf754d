"""The ledger -> a file of metrics for the node exporter's textfile collector: how many, how it stands, since when.

The counters are kept in the ledger apart from the runs, so that they never fall when old runs are forgotten.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

from sync.durable import clear_leftovers, replacing
from sync.ledger import feeds, totals
from sync.ledger.openrejects import open_rejects
from sync.ledger.waiting import waiting
from sync.logs import Log
from sync.rows import OUTCOMES
from sync.run.exposition import Metric, text
from sync.run.version import program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.config import Settings
    from sync.ledger.book import Ledger

READABLE = (
    0o644  # the exporter is another user; there are counts in the file, and names of mappings and tenants
)
ENDS = ("ok", "partial", "failed")
NOT_SETTLED = {"read", "held", "pending"}
log = Log()


def note_pass(ledger: Ledger) -> None:
    """Write down that the watched folder was looked at just now."""
    totals.note_pass(ledger, int(time.time()))


def write_metrics(settings: Settings, ledger: Ledger) -> None:
    """Write the file of metrics, where one is wanted; that it cannot be written ends nothing."""
    path = settings.metrics_file
    if path is None:
        return
    try:
        clear_leftovers(path.parent)
        with replacing(path) as temporary:
            temporary.write_text(text(_metrics(ledger)), encoding="utf-8")
            temporary.chmod(READABLE)
    except OSError as error:
        log.warning("the metrics were not written", file=str(path), words=error.strerror)


def _metrics(ledger: Ledger) -> Iterator[Metric]:
    yield Metric("inventory_sync_info", "gauge", "The program.", [([("version", program())], 1)])
    yield from _counters(ledger)
    yield from _gauges(ledger)
    yield from _moments(ledger)


def _counters(ledger: Ledger) -> Iterator[Metric]:
    """Tell what only grows."""
    runs, rows, requests = (
        totals.of_kind(ledger, kind) for kind in (totals.RUNS, totals.ROWS, totals.REQUESTS)
    )
    now = waiting(ledger)
    yield Metric(
        "inventory_sync_runs_total",
        "counter",
        "Files that ended, by status.",
        [([("status", status)], runs.get(status, 0)) for status in ENDS],
    )
    yield Metric(
        "inventory_sync_rows_total",
        "counter",
        "Rows of files that ended, by outcome.",
        [([("outcome", name)], rows.get(name, 0)) for name in OUTCOMES if name not in NOT_SETTLED],
    )
    for name, says, count in (
        ("requests", "Requests that were sent to post rows.", requests.get("sent", 0) + now.sent),
        ("retries", "Those of them that were repeats.", requests.get("retried", 0) + now.retried),
    ):
        yield Metric(f"inventory_sync_{name}_total", "counter", says, [((), count)])


def _gauges(ledger: Ledger) -> Iterator[Metric]:
    """Tell how it stands."""
    now, rejects = waiting(ledger), open_rejects(ledger)
    yield Metric(
        "inventory_sync_open_rejects",
        "gauge",
        "Rejected rows that nobody has corrected yet; new: rejected for the first time by the newest file of their mapping.",
        [([("age", "new")], rejects.new), ([("age", "standing")], rejects.standing)],
    )
    for name, says, count in (
        ("held_files", "Files of which a guard holds rows: a person has to look.", now.held_files),
        ("held_rows", "Rows that a guard holds.", now.held_rows),
        ("pending_files", "Files with rows that are not settled.", now.pending_files),
        ("pending_rows", "Rows that are not settled: the next run sends them.", now.pending_rows),
    ):
        yield Metric(f"inventory_sync_{name}", "gauge", says, [((), count)])
    oldest = [_seconds(rejects.oldest)] if rejects.oldest else []
    yield Metric(
        "inventory_sync_oldest_open_reject_timestamp_seconds",
        "gauge",
        "When the open reject that stands longest was first rejected.",
        [((), moment) for moment in oldest],
    )


def _moments(ledger: Ledger) -> Iterator[Metric]:
    """Tell what happened last, as moments, so that their age grows also when nothing runs any more."""
    good: dict[tuple[str, str], float] = {}
    for tenant, mapping, ended in feeds.last_good(ledger):
        good[mapping, tenant] = max(good.get((mapping, tenant), 0.0), _seconds(ended))
    yield Metric(
        "inventory_sync_last_good_run_timestamp_seconds",
        "gauge",
        "When the last file of a mapping went through.",
        [([("mapping", mapping), ("tenant", tenant)], at) for (mapping, tenant), at in sorted(good.items())],
    )
    yield Metric(
        "inventory_sync_last_pass_timestamp_seconds",
        "gauge",
        "When the watched folder was last looked at.",
        [((), moment) for moment in totals.of_kind(ledger, totals.PASS).values()],
    )


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()

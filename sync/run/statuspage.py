"""The ledger -> STATUS.html in the watched folder: when we last looked, what waits for whom, what became of the last files."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sync import report
from sync.durable import write_text
from sync.ledger import batches, feeds, rejected, runs, standing
from sync.ledger.openrejects import standing_longer
from sync.staff.language import OURS
from sync.staff.page import Came, Seen, Waits, page
from sync.staff.words import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.rows import Run

NAME = "STATUS.html"
FILES = 30
NAMED = 20  # of those that wait for somebody
OLD_AFTER = 30  # minutes; cron looks every ten
RECENT = 14  # days for which a failed file is called to mind
EVERY = "*"  # tenant


def write_status_page(settings: Settings, ledger: Ledger, *, looked_at: datetime) -> None:
    """Write the page into the watched folder, in the language of the settings first."""
    languages = [load(name) for name in dict.fromkeys((settings.language, *OURS))]
    write_text(settings.watch.root / NAME, page(languages, seen(settings, ledger, looked_at)))


def seen(settings: Settings, ledger: Ledger, looked_at: datetime) -> Seen:
    """Put together what the page tells."""
    last, opened = runs.recent(ledger, FILES), rejected.standing(ledger)
    found = [
        *_held(ledger, looked_at),
        *_rejects(ledger, looked_at),
        *_failed(last, looked_at),
        *_pending(settings, ledger, looked_at),
    ]
    counts = Counter[str]()
    shown = []
    for waits in found:
        counts[waits.whom] += 1
        if counts[waits.whom] <= NAMED:
            shown.append(waits)
    return Seen(
        looked_at=looked_at.astimezone(settings.zone),
        old_after=OLD_AFTER,
        waiting=shown,
        files=[
            Came(
                _moment(run.started).astimezone(settings.zone),
                _report(ledger, run),
                closed=run.run not in opened,
            )
            for run in last
        ],
        more={whom: count - NAMED for whom, count in counts.items() if count > NAMED},
    )


def _held(ledger: Ledger, now: datetime) -> Iterator[Waits]:
    for at, name in enumerate(standing.held(ledger, EVERY)):
        run = runs.get(ledger, name) if at < NAMED else None
        rows = batches.tally(ledger, name).held if run else 0
        yield _waits("approver", "held", run, rows=rows, now=now)


def _rejects(ledger: Ledger, now: datetime) -> Iterator[Waits]:
    latest = feeds.latest(ledger)
    for at, (name, rows) in enumerate(sorted(rejected.standing(ledger).items(), reverse=True)):
        run = runs.get(ledger, name) if at < NAMED else None
        longer, since = standing_longer(ledger, name)
        if longer:
            waits = _waits("staff", "rejects_standing", run, rows=longer, now=now)
            yield replace(waits, days=(now - _moment(since)).days) if since else waits
        if rows > longer:
            sentence = "rejects_new" if name in latest else "rejects_standing"
            yield _waits("staff", sentence, run, rows=rows - longer, now=now)


def _failed(last: list[Run], now: datetime) -> Iterator[Waits]:
    """Call to mind the last files that could not be read and did not come again since."""
    came: set[str] = set()
    for run in last:  # the newest first
        if run.state == "failed" and run.file not in came and _days(run, now) < RECENT:
            yield _waits("staff", "failed", run, now=now)
        came.add(run.file)


def _pending(settings: Settings, ledger: Ledger, now: datetime) -> Iterator[Waits]:
    for at, item in enumerate(standing.pending(ledger, EVERY)):
        run = runs.get(ledger, item.run) if at < NAMED else None
        rows = _report(ledger, run)["rows"]["pending"] if run else 0
        if item.ending in {"refused", "failing"}:
            yield _waits("caretaker", item.ending, run, rows=rows, now=now)
        else:
            yield _later(_waits("itself", "pending", run, rows=rows, now=now), run, settings, now)


def _later(waits: Waits, run: Run | None, settings: Settings, now: datetime) -> Waits:
    """Say when, where the tenant asked us not to come sooner."""
    asked = _moment(run.not_before) if run and run.not_before else None
    if asked is None or asked <= now:
        return waits
    return replace(waits, sentence="pending_not_before", moment=asked.astimezone(settings.zone))


def _waits(whom: str, sentence: str, run: Run | None, *, now: datetime, rows: int = 0) -> Waits:
    if run is None:
        return Waits(whom, sentence, "")
    return Waits(whom, sentence, run.origin.filename or run.file, rows, _days(run, now))


def _days(run: Run, now: datetime) -> int:
    return (now - _moment(run.started)).days


def _report(ledger: Ledger, run: Run) -> dict[str, Any]:
    return report.describe(run, batches.tally(ledger, run.run))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

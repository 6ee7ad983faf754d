"""What must be true at the end of a week, whatever happened in it."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tests.week.play import DAYS, MONDAY, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.week.play import Pass, Week

OUTAGE = (moment("Thu 02:20"), moment("Fri 00:20"))
CODES = {  # of the passes outside the outage that did not end with 0
    "Mon 02:20": 3,
    "Mon 10:20": 3,
    "Mon 11:20": 3,
    "Wed 02:20": 3,
    "Wed 14:20": -9,
    "Fri 02:20": 3,
    "Fri 18:20": -9,
    "Sat 11:20": 6,
    "Sun 02:20": 3,
}


def expected(week: Week) -> dict[tuple[str, str], int]:
    """Say what the tenant must hold: of what was to go, the newest value of each pair."""
    stock: dict[tuple[str, str], int] = {}
    for dropped in sorted(week.dropped, key=lambda dropped: dropped.as_of):
        stock.update(dropped.true)
    return stock


def astray(week: Week) -> list[str]:
    """Name the contents that do not lie in the folders exactly as often as they were dropped."""
    kept: Counter[str] = Counter()
    for place in ("processed", "held", "failed"):
        kept.update(sha256(path.read_bytes()).hexdigest() for path in week.lying(place))
    kept.subtract(dropped.sha256 for dropped in week.dropped)
    left = [
        str(path)
        for path in (week.folder / "drop" / "inbox").rglob("*.*")
        if path.suffix in {".csv", ".xlsx"}
    ]
    return [content for content, times in kept.items() if times] + left


def sent_again(week: Week) -> list[str]:
    """Name the bodies that went again although the tenant had answered."""
    posts = _posts(week)
    answered = Counter(post["sha256"] for post in posts if (post["status"], post["end"]) == (200, "sent"))
    last = {post["sha256"]: post for post in posts}
    return [sha for sha, times in answered.items() if times > 1 or last[sha]["status"] != 200]


def unaccounted(week: Week) -> int:
    """Count the rows that the tenant answered and no run has, less those that runs have and it did not answer."""
    reports = (week.folder / "state" / "reports").glob("*.json")
    runs: list[dict[str, Any]] = [json.loads(path.read_text("utf-8"))["runs"][0] for path in reports]
    claimed: int = sum(run["rows"]["accepted"] + run["rejected_by_stage"]["tenant"] for run in runs)
    answered: int = sum(
        post["rows"] for post in _posts(week) if (post["status"], post["end"]) == (200, "sent")
    )
    return answered - claimed


def _posts(week: Week) -> list[dict[str, Any]]:
    return [
        request for request in week.tenant.requests() if request["method"] == "POST" and request["sha256"]
    ]


def odd_codes(week: Week) -> list[str]:
    """Name the passes that ended otherwise than they should."""
    return [f"{_name(each)}: {each.ended.code}" for each in week.passes if each.ended.code != _code(each)]


def _code(each: Pass) -> int:
    first, last = OUTAGE
    return 4 if first <= each.at <= last else CODES.get(_name(each), 0)


def _name(each: Pass) -> str:
    return f"{DAYS[(each.at - MONDAY).days]} {each.at:%H:%M}"


def told_twice(week: Week) -> list[str]:
    """Name the messages that said of something what the last one had said of it."""
    before: dict[str, tuple[str, str]] = {}
    found = []
    for each in week.messages:
        said = (each["state"], each["text"])
        found += [each["title"]] * (before.get(each["topic"]) == said)
        before[each["topic"]] = said
    return found


def broken(week: Week) -> Iterator[str]:
    """Say which laws do not hold."""
    if expected(week) != week.tenant.stock():
        yield "the tenant does not hold what it should"
    if rows := unaccounted(week):
        yield f"rows that were answered and rows that are on record differ by {rows}"
    for law in (astray, sent_again, odd_codes, told_twice):
        yield from (f"{law.__name__}: {what}" for what in law(week))

"""What `status` found -> lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.cli import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    Found = dict[str, Any]

IN_FULL = 3  # runs of a name that are told in full; of the others a line each
OUTCOMES = {
    ("accepted", None): "accepted",
    ("skipped", "superseded"): "superseded: something newer had been sent",
    ("skipped", "discarded"): "discarded: somebody gave it up",
    ("skipped", "unknown"): "left out: the tenant does not know it",
    ("rejected", None): "rejected",
    ("held", None): "held: it waits for a yes",
    ("pending", None): "pending: the next run or resume sends it",
}


def status(found: Found) -> Iterator[str]:
    """Tell the newest runs, the newest last, and what is open."""
    for report in reversed(found["runs"]):
        rows = report["rows"]
        yield f"{report['run']}  {report['status']:<10}  {rows['read']:>9,} read  {rows['accepted']:>9,} accepted  {rows['rejected']:>7,} rejected  {rows['pending']:>7,} pending  {report['file']}"
    if not found["runs"]:
        yield "nothing was run yet"
    opened, oldest = found["open_rejects"], found["oldest_open_reject"]
    since = f", the oldest since {_minute(oldest)}" if oldest else ""
    yield (
        f"open rejects: {opened['new']:,} new, {opened['standing']:,} standing{since}; cleared by the newest runs: {found['cleared_rejects']:,};"
        f" runs with pending rows: {len(found['pending'])}"
    )
    for report in found["held"]:
        yield (
            f"held: {report['held']['rows']:,} rows of {report['file']}: why, says `inventory-sync show {report['run']}`;"
            f" then `inventory-sync approve {report['run']}` or `discard {report['run']}`"
        )


def name(found: Found) -> Iterator[str]:
    """Tell what happened to the files of a name, the newest first."""
    for path in found["inbox"]:
        yield f"{path}: waits in the inbox; the next pass of `inventory-sync watch` takes it once it has not changed for a while"
    for report in found["runs"][:IN_FULL]:
        yield f"{_minute(report['started'])}  {words.told(report) if report['exit_code'] in (0, 1) else words.alarm(report)}"
        if "lies_at" in report:
            yield f"  The file lies in {report['lies_at']}"
        yield from map(decision, report["decisions"])
        yield from (f"  corrected by the run {child}" for child in report["children"])
    for report in found["runs"][IN_FULL:]:
        yield f"{_minute(report['started'])}  {report['status']}: {report['file']} (run {report['run']})"
    more = found["found"] - len(found["runs"])
    if more:
        yield f"... and {more:,} older ones"
    if not (found["runs"] or found["inbox"]):
        yield _nothing(found)


def _nothing(found: Found) -> str:
    since = f" of the {found['of']:,} runs since {_minute(found['since'])}" if found["since"] else ""
    return f"no file and no run{since} is called {found['asked']}, and nothing in the inbox; `inventory-sync status` lists what ran last"


def decision(said: Found) -> str:
    """Tell what a person said about held rows."""
    rows = f"{said['stop'] - said['start']:,} rows" + (f" of {said['location']}" if said["location"] else "")
    why = f" ({said['why']})" if said["why"] else ""
    return f"  {said['verdict']}: {rows}, by {said['who']} at {said['at']}{why}"


def sku(found: Found) -> Iterator[str]:
    """Tell each value of a SKU, the newest first."""
    place = None
    for value in sorted(found["values"], key=lambda value: (value["location_code"], value["sku_code"])):
        if place != (place := (value["location_code"], value["sku_code"])):
            yield f"{value['sku_code']} at {value['location_code'] or 'no location'}:"
        yield from _value(value)
    if not found["values"]:
        asked = found["asked"]
        at = f" at {asked['location']}" if asked["location"] else ""
        yield f"no value was sent for {asked['sku']}{at}, and no row of it was rejected; what the tenant has: inventory-sync stock get --sku {asked['sku']}"
    yield _how_far(found)


def _value(value: Found) -> Iterator[str]:
    what = OUTCOMES.get((value["outcome"], value["reason"]), value["outcome"])
    if value["outcome"] == "pending" and value["posted"]:
        what = "pending: it was posted, and no clear answer came; the next run or resume asks again"
    quantity = "-" if value["quantity"] is None else f"{value['quantity']:,}"
    yield (
        f"  {_minute(value['at'] or value['posted'] or value['as_of'])}  {quantity:>9}  {what}"
        f"  ({value['file']} row {value['row']}, stock of {_minute(value['as_of'])}, run {value['run']})"
    )
    yield from (f"    {problem['message']}" for problem in value["problems"])
    if value.get("judged_again"):
        yield f"    judged again by the run {value['judged_again']}"


def _how_far(found: Found) -> str:
    if not found["looked_at"]:
        return "nothing was run yet"
    far = f"looked at {found['looked_at']:,} runs, back to {_minute(found['looked_back_to'])}"
    ends = "all that are remembered" if found["complete"] else "there was no time for what is older"
    lost = f"; unreadable: {', '.join(found['unreadable'])}" if found["unreadable"] else ""
    return f"({far}: {ends}{lost})"


def _minute(moment: str) -> str:
    """Write a moment of the ledger for people, in UTC."""
    return f"{moment[:10]} {moment[11:16]}"

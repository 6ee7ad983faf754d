"""The laws of rows: I1 none is lost, I2 rejects are all there, I4 nothing invented, I6 and I7 what is said of a row is so."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.chaos.stockfile import GENERATION, HEADER, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.evidence import Evidence, Taken
    from tests.chaos.stockfile import Pair

OUTCOMES = ("accepted", "unchanged", "merged", "skipped", "rejected", "held", "pending")
BEFORE_SENDING = ("read", "map", "schema")


def broken(evidence: Evidence) -> Iterator[str]:
    """Say which laws of rows do not hold."""
    for command in evidence.seen.commands:
        for report in command.runs:
            yield from _adds_up(report)
            yield from _history(report, evidence)
    for run in evidence.in_order():
        yield from _adds_up(run.report)
        yield from _as_judged(run)
        yield from _rejects(run)
        yield from _proven(run)
        yield from _refusals(run, evidence)
    yield from _nothing_invented(evidence)


def _adds_up(report: dict[str, Any]) -> Iterator[str]:
    rows = report["rows"]
    if rows["read"] != sum(rows[name] for name in OUTCOMES) or min(rows.values()) < 0:
        yield f"I1 {report['run']}: the rows do not add up: {rows}"
    by_stage, by_reason = report.get("rejected_by_stage"), report.get("skipped_by_reason")
    if by_stage and sum(by_stage.values()) != rows["rejected"]:
        yield f"I1 {report['run']}: rejected by stage: {by_stage}, in all {rows['rejected']}"
    if by_reason is not None and sum(by_reason.values()) != rows["skipped"]:
        yield f"I1 {report['run']}: skipped by reason: {by_reason}, in all {rows['skipped']}"


def _history(report: dict[str, Any], evidence: Evidence) -> Iterator[str]:
    run = evidence.runs.get(report["run"])
    rows = report["rows"]
    if run and not (rows["pending"] or rows["held"]) and report["rows"] != run.rows:
        yield f"I1 {run.name}: its numbers changed after it was finished: {report['rows']}, later {run.rows}"


def _as_judged(run: Taken) -> Iterator[str]:
    """Compare with what our own rules say of the file."""
    if run.retry:
        return
    rows, file = run.rows, run.file
    told = sum(run.report["rejected_by_stage"][stage] for stage in BEFORE_SENDING)
    said = {
        "read": (rows["read"], len(file.rows)),
        "rejected before sending": (told, file.count("rejected")),
        "blank": (run.skipped("blank"), file.count("blank")),
        "excluded": (run.skipped("excluded"), file.count("excluded")),
    }
    for what, (is_, should) in said.items():
        if is_ != should:
            yield f"I1 {run.name} {file.name}: {what} {is_}, by the file {should}"
    if rows["merged"] > file.count("merged"):
        yield f"I1 {run.name} {file.name}: merged {rows['merged']}, by the file {file.count('merged')}"


def _rejects(run: Taken) -> Iterator[str]:
    if len(run.rejects) != run.rows["rejected"]:
        yield f"I2 {run.name}: {run.rows['rejected']} rejected, {len(run.rejects)} in the reject file"
    twice = [line for line, count in Counter(row["_reject_row"] for row in run.rejects).items() if count > 1]
    if twice:
        yield f"I2 {run.name}: rows {twice} stand twice in the reject file"
    for row in run.rejects:
        source = run.by_line.get(int(row["_reject_row"]))
        cells = tuple(plain(row[name]) for name in HEADER)
        if source is None or source.cells != cells:
            yield f"I2 {run.name}: reject {cells} of row {row['_reject_row']} is not what stands in the file: {source}"
        if not (row["_reject_code"] and row["_reject_reason"]) or row["_reject_run"] != run.name:
            yield f"I2 {run.name}: a reject without reason or run: {row}"


def _proven(run: Taken) -> Iterator[str]:
    if run.rows["accepted"] > len(run.taken):
        yield f"I6 {run.name}: {run.rows['accepted']} accepted, but the tenant said so of {len(run.taken)} pairs only"


def _refusals(run: Taken, evidence: Evidence) -> Iterator[str]:
    """What is called refused by the tenant was; what was applied is not called rejected, where the key may read that."""
    last = {pair: request.number for request in run.posted for pair in request.refused}
    readable = evidence.seen.plan.world.readable
    applied = {
        write.pair for write in run.writes if readable or write.request.number > last.get(write.pair, -1)
    }
    honest = {pair for request in run.posted if not request.blanket for pair in request.refused}
    doubtful = run.refused - honest - _while_others_went(run, evidence)
    for row in run.rejects:
        source = run.by_line.get(int(row["_reject_row"]))
        if not row["_reject_code"].startswith("tenant.") or source is None or source.pair is None:
            continue
        if source.pair not in run.refused:
            yield f"I7 {run.name}: {source.pair} is called refused by the tenant, which never did"
        elif source.pair in applied:
            yield f"I7 {run.name}: {source.pair} was applied and is called rejected"
        elif source.pair in doubtful and not run.taken:
            yield f"I7 {run.name}: {source.pair} is called refused by a tenant that refused everything"
    if run.skipped("unknown") and not run.refused:
        yield f"I7 {run.name}: {run.skipped('unknown')} rows are unknown to the tenant, which never said so"


def _while_others_went(run: Taken, evidence: Evidence) -> set[Pair]:
    """Give what was refused in commands in which the tenant took something, or refused a row for what it is."""
    found: set[Pair] = set()
    for command in evidence.seen.commands:
        requests = evidence.seen.tenant.posted[slice(*command.posted)]
        if any(request.taken or (request.refused and not request.blanket) for request in requests):
            found |= {pair for request in requests if request.run == run.name for pair in request.refused}
    return found


def _nothing_invented(evidence: Evidence) -> Iterator[str]:
    rows = {
        (row.pair, row.quantity): file.name
        for file in evidence.seen.files.values()
        for row in file.rows
        if row.outcome in {"go", "merged"}
    }
    for request in evidence.seen.tenant.posted:
        run = evidence.of(request)
        if run is None:
            yield f"I4 request {request.number} belongs to no run on record: {request.run!r}"
            continue
        going = {(row.pair, row.quantity) for row in run.file.rows if row.outcome in {"go", "merged"}}
        for place, sku, quantity in request.rows:
            if ((place, sku), quantity) not in (going if not run.retry else rows):
                yield f"I4 request {request.number}: {place} {sku} {quantity} of generation {quantity // GENERATION} is no row of {run.file.name}"
        if len({row[:2] for row in request.rows}) != len(request.rows):
            yield f"I4 request {request.number}: a pair stands twice in a body"

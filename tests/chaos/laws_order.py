"""The laws of order: I3 the tenant holds what is newest, I5 no pair ever goes back in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.evidence import Evidence, Rank, Taken
    from tests.chaos.stockfile import Pair


def broken(evidence: Evidence) -> Iterator[str]:
    """Say which laws of order do not hold."""
    yield from _as_it_says(evidence)
    yield from _sent_in_order(evidence)
    yield from _newest_stands(evidence)
    for run in evidence.in_order():
        if not run.retry:
            yield from _none_lost(run, evidence)


def _as_it_says(evidence: Evidence) -> Iterator[str]:
    """A run's as-of is what its file or option says; of a correction, its parent's; with --older, the time of the command."""
    older = {name for command in evidence.seen.commands if "--older" in command.argv for name in command.argv}
    for run in evidence.in_order():
        parent = evidence.runs.get(run.report["parent"] or "")
        told = parent.rank[0] if parent else evidence.seen.moments.get(run.file.name)
        if told and run.rank[0] != told and run.file.name not in older:
            yield f"I5 {run.name}: as of {run.rank[0]}, but {run.file.name} is of {told}"


def _sent_in_order(evidence: Evidence) -> Iterator[str]:
    newest: dict[Pair, tuple[Rank, str]] = {}
    for request in evidence.seen.tenant.posted:
        run = evidence.of(request)
        for place, sku, quantity in request.rows if run else ():
            assert run is not None
            before = newest.get((place, sku))
            if before and run.rank < before[0]:
                yield f"I5 request {request.number}: {place} {sku} {quantity} of {run.name} (as of {run.rank[0]}) went after {before[1]} (as of {before[0][0]})"
            else:
                newest[place, sku] = run.rank, run.name


def _newest_stands(evidence: Evidence) -> Iterator[str]:
    for pair, writes in evidence.by_pair().items():
        ranked = [(run.rank, write) for write in writes if (run := evidence.of(write.request))]
        if not ranked:
            continue
        newest = max(ranked, key=lambda item: item[0])[1]
        last = writes[-1]
        if evidence.seen.tenant.stock[pair] != newest.quantity and not last.late:
            yield f"I3 {pair}: the tenant has {last.quantity} of {last.request.run}, the newest is {newest.quantity} of {newest.request.run}"


def reversals(evidence: Evidence) -> int:
    """Count the pairs that show an older value because an answered request was applied late: nobody could see it coming."""
    count = 0
    for pair, writes in evidence.by_pair().items():
        ranked = [(run.rank, write) for write in writes if (run := evidence.of(write.request))]
        newest = max(ranked, key=lambda item: item[0])[1] if ranked else None
        count += (
            newest is not None and writes[-1].late and evidence.seen.tenant.stock[pair] != newest.quantity
        )
    return count


def _none_lost(run: Taken, evidence: Evidence) -> Iterator[str]:
    """Every row that was to go was applied, refused, given up, or gave way to a newer one."""
    if run.skipped("discarded"):
        return
    done = {write.pair for write in run.writes} | run.refused | run.lied
    lost = [row for row in run.file.going if row.pair not in done]
    repeated = run.skipped("repeat")
    gave_way = [row for row in lost if row.pair and _newer(row.pair, run, evidence)]
    if len(lost) - len(gave_way) > repeated:
        row = next(row for row in lost if row not in gave_way)
        yield f"I3 {run.name} {run.file.name}: {len(lost) - len(gave_way) - repeated} rows came to nothing, as row {row.line} {row.pair}"
    old = run.skipped("superseded")
    if old > sum(1 for row in run.file.going if row.pair and _newer(row.pair, run, evidence)):
        yield f"I3 {run.name} {run.file.name}: {old} rows are called superseded; so many have nothing newer"


def _newer(pair: Pair, run: Taken, evidence: Evidence) -> bool:
    """Tell whether something newer of a pair was sent, or said to stand already, or given up after it was on record."""
    for other in evidence.runs.values():
        if other.rank <= run.rank or other is run:
            continue
        sent = any(pair == (place, sku) for request in other.posted for place, sku, _ in request.rows)
        quiet = other.skipped("repeat") or other.skipped("discarded")
        if sent or (quiet and any(row.pair == pair for row in other.file.going)):
            return True
    return False

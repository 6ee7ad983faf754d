"""The laws of manners: I12 waits, tries and numbers in flight, I17 the size of bodies."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from sync.deliver.doubts import MOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.chaos.evidence import Evidence
    from tests.chaos.plan import World
    from tests.chaos.tenant import Posted

LARGEST = 10_000_000
ON_ITS_WAY = 0.15  # seconds in which an answer reaches a client, on a busy machine
A_SECOND = 1.0  # the moment that a tenant named is kept in whole seconds
OK = 200
OUTAGE = 12  # requests to a tenant that is down
BARREN = 30  # requests to a tenant that refuses everything
FREE, SHARE = 10, 0.1


def broken(evidence: Evidence) -> Iterator[str]:
    """Say which laws of manners do not hold."""
    world = evidence.seen.plan.world
    not_before = 0.0
    for number, command in enumerate(evidence.seen.commands):
        requests = evidence.seen.tenant.posted[slice(*command.posted)]
        slow = any(request.ended - request.began > 1 for request in requests)
        if command.most_at_once > world.workers and not slow:
            yield f"I12 command {number}: {command.most_at_once} requests in flight, {world.workers} allowed"
        if requests and command.alone:
            for words in _manners(requests, world):
                yield f"I12 command {number} {command.argv}: {words}"
        early = sum(request.moment < not_before - A_SECOND for request in requests)
        if early and command.alone:  # of those at the same time nobody knows whose a request is
            yield f"I12 command {number} {command.argv}: {early} requests before the moment that the tenant asked for"
        named = [datetime.fromisoformat(run["not_before"]) for run in command.runs if run.get("not_before")]
        not_before = max([not_before, *(moment.timestamp() for moment in named)])
    for request in evidence.seen.tenant.posted:
        if request.size > LARGEST or len(request.rows) > world.batch_rows_max:
            yield f"I17 request {request.number}: {len(request.rows)} rows, {request.size} bytes"


def _manners(requests: Sequence[Posted], world: World) -> Iterator[str]:
    times = Counter((request.run, request.digest) for request in requests)
    hung_up = {(request.run, request.digest) for request in requests if request.status is None}
    answered = {(request.run, request.digest) for request in requests if request.status == OK}
    for body, count in times.items():
        # a connection that was closed meanwhile is no try; what was taken goes again where an older value is read back
        if count > world.attempts + (body in hung_up) + MOST * (body in answered):
            yield f"a body went {count} times, {world.attempts} allowed"
    repeats = sum(times.values()) - len(times)
    if repeats > FREE + SHARE * len(requests) + world.workers:
        yield f"{repeats} of {len(requests)} requests were repeats"
    yield from _after_refusal(requests, world)
    yield from _as_asked(requests, world)
    if all(
        request.status is None or request.status in {408, 429} or request.status >= 500
        for request in requests
    ):
        if len(requests) > OUTAGE:
            yield f"{len(requests)} requests to a tenant that is down"
    elif (
        all(request.blanket and request.status in {400, 422} for request in requests)
        and len(requests) > BARREN
    ):
        yield f"{len(requests)} requests to a tenant that refuses everything"


def _after_refusal(requests: Sequence[Posted], world: World) -> Iterator[str]:
    """Once the key, the address or a redirect stops everything, only what is on its way still arrives."""
    stop = next((request for request in requests if request.status in {401, 403, 404, 307}), None)
    if stop:
        later = sum(request.began > stop.ended + ON_ITS_WAY for request in requests)
        if later >= world.workers:
            yield f"{later} requests after an answer {stop.status}"


def _as_asked(requests: Sequence[Posted], world: World) -> Iterator[str]:
    for asking in requests:
        if asking.wait and asking.status != 200:
            known, over = asking.ended + ON_ITS_WAY, asking.ended + asking.wait - 0.02
            early = sum(known < other.began < over for other in requests)
            if early >= world.workers:
                yield f"{early} requests within the {asking.wait} s that request {asking.number} asked for"

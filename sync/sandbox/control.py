"""The paths by which somebody outside steers a rehearsal; they are there only while a plan of faults is followed.

    GET  /__held?at_least=1&timeout=30    who hangs; first waits until there are so many
    POST /__release                       lets all go on that hang now, and applies what was to be applied late
    POST /__down?seconds=2                refuses connections for so long

A request that hangs stays among those that do, also when its client is gone: let go on, it is applied.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from sync.sandbox.wire import connection_of

if TYPE_CHECKING:
    from starlette.requests import Request as Incoming
    from starlette.responses import Response

    from sync.sandbox.conduct import Conductor

LONGEST_WAIT = 600


def routes(conductor: Conductor) -> list[Route]:
    """Give the paths for what this conductor conducts."""
    waiting = conductor.waiting

    async def held(incoming: Incoming) -> Response:
        await waiting.until_held(int(_number(incoming, "at_least", 0)), _number(incoming, "timeout", 30))
        hanging = waiting.held()
        return JSONResponse({"held": len(hanging), "requests": hanging})

    async def release(_: Incoming) -> Response:
        late = [task for task in conductor.late if not task.done()]
        released = waiting.release()
        await asyncio.gather(*late)
        return JSONResponse({"released": released})

    async def down(incoming: Incoming) -> Response:
        seconds = _number(incoming, "seconds", 1)
        await conductor.go_down(seconds, connection_of(incoming.scope))
        return JSONResponse({"down": seconds}, status_code=202)

    return [
        Route("/__held", held),
        Route("/__release", release, methods=["POST"]),
        Route("/__down", down, methods=["POST"]),
    ]


def _number(incoming: Incoming, name: str, usual: float) -> float:
    """Read a number of the query; what is none is the usual one."""
    try:
        return min(max(float(incoming.query_params[name]), 0), LONGEST_WAIT)
    except (KeyError, ValueError):
        return usual

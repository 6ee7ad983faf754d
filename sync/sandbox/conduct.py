"""One request is taken through its course over a real connection: waits, the API's work, hang-ups, and an odd way to answer.

What a course does to answers is settled in `faults`; here is what it does to time and to the connection.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Incoming

from sync.sandbox.faults import TOO_LARGE, Course, Faults
from sync.sandbox.incoming import target, whole_body
from sync.sandbox.journal import Journal, Visit, applying
from sync.sandbox.outgoing import head_of, outgoing, pieces
from sync.sandbox.vendor import Request
from sync.sandbox.waiting import Over, WaitingRoom
from sync.sandbox.wire import Connection, connection_of, gone

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from sync.sandbox.faults import AnswerFn
    from sync.sandbox.rule import Rule
    from sync.sandbox.vendor import Answer


class HangUp(Exception):  # noqa: N818 - it is meant
    """Ends a visit without the rest of its answer."""

    def __init__(self, why: str, *, rst: bool) -> None:
        super().__init__(why)
        self.why, self.rst = why, rst


async def _stay(_seconds: float, _last: Connection) -> None:
    """Go down, where nobody knows how."""


@dataclass(slots=True)
class Conductor:
    """The application behind the vendor's paths."""

    answer_fn: AnswerFn
    faults: Faults
    journal: Journal
    waiting: WaitingRoom = field(default_factory=WaitingRoom)
    go_down: Callable[[float, Connection], Awaitable[None]] = _stay  # put there by who serves
    late: set[asyncio.Task[None]] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        visit = Visit(monotonic(), "{}:{}".format(*scope["client"]))
        passage = _Passage(self, visit, connection_of(scope), receive, send)
        incoming = Incoming(scope, receive)
        head = Request(incoming.method, target(scope), dict(incoming.headers))
        gate = self.faults.turned_away(head)
        if gate:
            self.journal.arrived(visit, head, whole=False)
            await passage.turn_away(gate, incoming)
            return
        with suppress(ClientDisconnect):
            request = replace(head, body=await whole_body(incoming))
            await run_in_threadpool(self.journal.arrived, visit, request)
            await passage.go(request)

    def apply_late(self, visit: Visit, request: Request, seconds: float) -> None:
        """Do the API's work later, with nobody there to be answered."""
        task = asyncio.create_task(self._apply_late(visit, request, seconds))
        self.late.add(task)
        task.add_done_callback(self.late.discard)

    async def _apply_late(self, visit: Visit, request: Request, seconds: float) -> None:
        with suppress(Over):
            await self.waiting.hold(visit.n, "late_apply", seconds)
            await run_in_threadpool(self.work, visit, Course(), request)

    def work(self, visit: Visit, course: Course, request: Request) -> Answer:
        """Do what the API, or the course instead of it, does; it may take a while."""
        with applying(visit):
            return course.answer(request, self.answer_fn)


@dataclass(slots=True)
class _Passage:
    """One request on its way."""

    conductor: Conductor
    visit: Visit
    connection: Connection
    receive: Receive
    send: Send
    rules: tuple[Rule, ...] = ()

    async def turn_away(self, rule: Rule, incoming: Incoming) -> None:
        """Hang up before anything is read. An end without a reset needs an empty line: what came is thrown away."""
        self.rules = (rule,)
        if rule.abrupt_413:
            told = outgoing(TOO_LARGE)
            self.visit.status = told.status_code
            self.connection.write(head_of(told) + told.body)
        elif not rule.rst:
            with suppress(ClientDisconnect):
                await whole_body(incoming)
        await self._hang_up(HangUp("abrupt_413" if rule.abrupt_413 else "drop", rst=rule.rst))

    async def go(self, request: Request) -> None:
        """Take the request through its course."""
        course = self.conductor.faults.course(request)
        self.rules = course.rules
        try:
            await self._before()
            given = await run_in_threadpool(self.conductor.work, self.visit, course, request)
            for rule in self.rules:
                if rule.late_apply is not None:
                    self.conductor.apply_late(self.visit, request, rule.late_apply)
            await self._after()
            await self._tell(given)
        except HangUp as meant:
            await self._hang_up(meant)
        except Over:
            await self._hang_up(HangUp("over", rst=True))

    async def _before(self) -> None:
        for rule in self.rules:
            await self.conductor.waiting.pause(rule.delay)
            await self._hold(rule, "before_apply")
            if rule.drop == "before_apply":
                raise HangUp("drop", rst=rule.rst)

    async def _after(self) -> None:
        for rule in reversed(self.rules):
            await self.conductor.waiting.pause(rule.delay_answer)
            await self._hold(rule, "after_apply")
            if rule.drop == "after_apply":
                raise HangUp("drop", rst=rule.rst)

    async def _hold(self, rule: Rule, at: str) -> None:
        if rule.hold == at:
            await self.conductor.waiting.hold(self.visit.n, at)

    async def _tell(self, given: Answer) -> None:
        """Send the answer, or as much of it as the rules let through."""
        response = outgoing(given)
        body = bytes(response.body)
        for rule in self.rules:
            if rule.close_silently:
                self.connection.end_with_next(rst=rule.rst)
        cut = next((rule for rule in self.rules if rule.truncate is not None), None)
        if cut is None:
            await self._pour(response, pieces(body, self.rules))
            return
        if cut.truncate == "headers":
            self.visit.status = given.status
            self.connection.write(head_of(response)[:-7])  # in the middle of its last line
        else:
            begun = body[: int(len(body) * float(cut.truncate or 0))]
            await self._pour(response, pieces(begun, self.rules), ends=False)
        raise HangUp("truncate", rst=cut.rst)

    async def _pour(self, response: Response, parts: list[bytes | None], *, ends: bool = True) -> None:
        """Send head and body; None among the pieces is where to hang."""
        every = next((rule.trickle["every"] for rule in self.rules if rule.trickle), 0)
        head = {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": response.raw_headers,
        }
        for number, part in enumerate(parts):
            if part is None:
                await self.conductor.waiting.hold(self.visit.n, "mid_response")
                continue
            if self.connection.transport.is_closing():
                raise HangUp("gone", rst=False)
            self.visit.status = response.status_code
            last = ends and number == len(parts) - 1
            if last:
                await self._end("sent")
            if number == 0:
                await self.send(head)
            await self.send({"type": "http.response.body", "body": part, "more_body": not last})
            await self.conductor.waiting.pause(0 if last else every)

    async def _hang_up(self, meant: HangUp) -> None:
        await self._end(meant.why)
        self.connection.hang_up(rst=meant.rst)
        await gone(self.receive)

    async def _end(self, how: str) -> None:
        """Do what goes with the end, before the client can see it: neither the log nor the listener may lag behind."""
        self.conductor.journal.ended(self.visit, how)
        for rule in self.rules:
            if rule.down is not None:
                await self.conductor.go_down(rule.down, self.connection)

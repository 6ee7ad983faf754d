"""Requests that are made to wait: for a time, or until somebody outside lets them go on.

All of it happens on the server's event loop. When the sandbox ends, nobody is let go on: what waits is told that it is over.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any


class Over(Exception):  # noqa: N818 - an end, not an error
    """The sandbox ends; a request that waited is not gone on with."""


@dataclass(slots=True, eq=False)
class _Waiter:
    """One who waits; `at` is None where it only waits for time to pass."""

    request: int
    at: str | None
    called: asyncio.Event = field(default_factory=asyncio.Event)


class WaitingRoom:
    """Who waits, and what lets them go on."""

    def __init__(self) -> None:
        self._waiters: list[_Waiter] = []
        self._come = asyncio.Event()
        self._over = False

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        if seconds:
            await self._wait(_Waiter(0, None), seconds)

    async def hold(self, request: int, at: str, seconds: float | None = None) -> None:
        """Hang until `release`, or until the time is up."""
        await self._wait(_Waiter(request, at), seconds)

    async def _wait(self, waiter: _Waiter, seconds: float | None) -> None:
        self._waiters.append(waiter)
        self._come.set()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(0 if self._over else seconds):
                    await waiter.called.wait()
        finally:
            self._waiters.remove(waiter)
        if self._over:
            raise Over

    def held(self) -> list[dict[str, Any]]:
        """Tell which requests hang, by their numbers, and where."""
        return [{"n": waiter.request, "at": waiter.at} for waiter in self._waiters if waiter.at]

    async def until_held(self, count: int, seconds: float) -> None:
        """Wait until so many requests hang at once, or until the time is up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(self.held()) < count and not self._over:
                    self._come.clear()
                    await self._come.wait()

    def release(self) -> int:
        """Let all go on that hang now; give their number."""
        hanging = [waiter for waiter in self._waiters if waiter.at and not waiter.called.is_set()]
        for waiter in hanging:
            waiter.called.set()
        return len(hanging)

    def end(self) -> None:
        """Tell all who wait, and will wait, that it is over."""
        self._over = True
        self._come.set()
        for waiter in self._waiters:
            waiter.called.set()

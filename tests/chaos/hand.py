"""Starts commands in a plan's folder, has their accidents happen, and writes down how they ended."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any

from tests.chaos import nursery
from tests.chaos.seen import Command, Seen
from tests.chaos.tenant import KEY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from tests.chaos.tenant import Server

HANGS = 120.0  # seconds


class Hand:
    """Types commands."""

    def __init__(self, seen: Seen, server: Server) -> None:
        self._seen, self._server, self._tenant = seen, server, server.tenant
        self._numbers = itertools.count()

    def type(self, *argv: str, accident: dict[str, Any] | None = None) -> Command:
        """Run one command, and have its accident happen."""
        accident = accident or {}
        first, started = self._begin(), time.monotonic()
        process, output = self._start(argv, accident)
        self._watch(process, accident)
        command = Command(
            argv,
            nursery.ended(process, HANGS),
            *self._said(output),
            time.monotonic() - started,
            accident.get("sign", 0),
            (first, len(self._tenant.posted)),
            self._tenant.most_at_once,
        )
        self._seen.commands.append(command)
        return command

    def type_together(self, argvs: Sequence[Sequence[str]]) -> None:
        """Run commands at the same time."""
        first, started = self._begin(), time.monotonic()
        under_way = [(argv, *self._start(argv, {})) for argv in argvs]
        codes = [nursery.ended(process, HANGS) for _, process, _ in under_way]
        for (argv, _, output), code in zip(under_way, codes, strict=True):
            said, posted = self._said(output), (first, len(self._tenant.posted))
            seconds, most = time.monotonic() - started, self._tenant.most_at_once
            self._seen.commands.append(
                Command(tuple(argv), code, *said, seconds, 0, posted, most, alone=False)
            )

    def _begin(self) -> int:
        self._tenant.land()
        self._tenant.hook = lambda _number, _moment: None
        self._tenant.command, self._tenant.most_at_once = len(self._tenant.posted), 0
        return len(self._tenant.posted)

    def _start(self, argv: Sequence[str], accident: dict[str, Any]) -> tuple[BaseProcess, Path]:
        output = self._seen.folder.parent / "output" / f"{next(self._numbers)}.out"
        output.parent.mkdir(exist_ok=True)
        for path in (output, output.with_suffix(".err")):
            path.touch()
        sign = accident["sign"] if "step" in accident else 0
        order = nursery.Order(
            self._seen.folder, (*argv, "--json"), output, KEY, sign=sign, step=accident.get("step", 0)
        )
        return nursery.begin(order, wait="seconds" in accident), output

    def _watch(self, process: BaseProcess, accident: dict[str, Any]) -> None:
        """Have the tenant send the signal, or send it after a while."""

        def at(number: int, moment: str) -> None:
            if (number, moment) == (accident["request"], accident["moment"]):
                nursery.send(process, accident["sign"])

        if "request" in accident:
            self._tenant.hook = at
        if "seconds" in accident:
            process.join(accident["seconds"])
            nursery.send(process, accident["sign"])

    def _said(self, output: Path) -> tuple[str, str]:
        """Wait until the tenant is alone again, and read what a command has written."""
        if not self._server.until_empty():
            self._seen.strange.append("I13 the tenant still has visitors when the command is over")
        return output.read_text(errors="replace"), output.with_suffix(".err").read_text(errors="replace")

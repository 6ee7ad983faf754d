"""An error -> the sentences that a person reads and the exit code; the rest goes to the log file."""

from __future__ import annotations

import contextlib
import os
import shlex
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync import interrupts
from sync.cli import console
from sync.errors import (
    FixSetup,
    InventorySyncError,
    MendMachine,
    SetAside,
    StopAndFix,
    TryLater,
    is_damage,
    of_the_machine,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_CODES: dict[type[BaseException], int] = {
    FixSetup: 2,
    click.ClickException: 2,
    StopAndFix: 5,
    SetAside: 6,
    TryLater: 75,
    MendMachine: 4,
    KeyboardInterrupt: interrupts.CODE,
    click.Abort: interrupts.CODE,
}
BUG = 70
NAME = "inventory-sync"
LOG_BYTES = 1 << 20  # of the log file; then a new one is begun, and one older is kept


def say_why(error: BaseException) -> tuple[int, list[str]]:
    """Tell a person why a command ended; give its exit code and the sentences."""
    code = next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), BUG)
    if isinstance(error, click.ClickException):
        vars(error)["message"] = console.without_key(error.message)  # whoever typed the key
        error.show()
        return code, [error.format_message()]
    if code == BUG:
        problems = [_bug(error)]
    else:
        said = error.problems if isinstance(error, InventorySyncError) else [interrupts.TOLD_TO_END]
        problems = [*said] if isinstance(error, MendMachine) else list(map(console.without_key, said))
    for problem in problems:
        console.complain(problem)
    return code, problems


def understood(error: BaseException, given: Sequence[str]) -> BaseException:
    """Turn what this machine did to a command into an error with words; give any other as it is."""
    if isinstance(error, InventorySyncError):
        return error
    if is_damage(error):
        from sync.run.soundness import damaged

        return FixSetup(damaged(console.state() or "the state folder", str(error)))
    gave_out = of_the_machine(error) or _of_our_folder(error)
    if gave_out is None:
        return error
    what, remedy = gave_out
    place = getattr(error, "filename", None) or console.state() or "this machine"
    return MendMachine(
        f"{place}: {what}\n"
        "  Safe: nothing was sent that is not on record, and nothing is lost; what is on record and not settled is pending\n"
        "  By itself: the next run or resume goes on from there, once there is a remedy\n"
        f"  To do: {remedy}, then type again: {shlex.join([NAME, *given])}"
    )


def _of_our_folder(error: BaseException) -> tuple[str, str] | None:
    """Say what is wrong with a file or folder of the state folder that somebody shut or took away."""
    name, state = getattr(error, "filename", None), console.state()
    if isinstance(error, OSError) and state and name and Path(os.fsdecode(name)).is_relative_to(state):
        return f"{error.strerror}", "put it back, writable for the user that runs this (chown -R)"
    return None


def _bug(error: BaseException) -> str:
    """Write a bug down in the log file, and say it in four parts."""
    place = _write_down(error)
    return (
        f"This is a bug in inventory-sync: {console.without_key(f'{type(error).__name__}: {error}')}\n"
        "  Safe: nothing is lost; the state is as after a crash, and a further run goes on from it\n"
        "  By itself: nothing, until a command is run again\n"
        f"  To do: report it with {place}; to go on, type: inventory-sync resume"
    )


def _write_down(error: BaseException) -> str:
    """Append the traceback, without values of variables, to the log file."""
    text = "".join(traceback.format_exception(error))
    path = console.log_folder() / "errors.log"
    with contextlib.suppress(OSError):
        if path.stat().st_size > LOG_BYTES:
            path.replace(path.with_name("errors.log.1"))
    with contextlib.suppress(OSError), path.open("a", encoding="utf-8") as file:
        file.write(f"--- {datetime.now(UTC).isoformat(timespec='seconds')}\n{console.without_key(text)}\n")
        return str(path)
    return "the text above"

"""The table of commands, and the one place where every error becomes a sentence and an exit code."""

from __future__ import annotations

import contextlib
import os
import resource
import shlex
import sys
import traceback
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sync import interrupts
from sync.cli import console, streams
from sync.cli.lookups import rejects, show, status
from sync.cli.mappings import mapping
from sync.cli.practice import demo, sandbox
from sync.cli.reading import read
from sync.cli.runs import check, discard, plan, resume, retry, run
from sync.cli.setup import doctor, init
from sync.cli.stock import stock
from sync.cli.verifying import verify
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
    from collections.abc import Callable, Sequence

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
UNPRINTED = (
    "stdout: {why}: what was printed is not whole\n"
    "  Safe: nothing is lost; what ran is on record\n"
    "  By itself: nothing\n"
    "  To do: make room there; what ran is shown by: inventory-sync status"
)
SPEECHLESS = b"there is no memory left, not even to say more; nothing is lost: type the same command again when there is\n"
PRIVATE = 0o027
WIDTH = 100


class Program(click.Group):
    """The command line as a whole; ends with the exit codes of the contract."""

    def main(self, args: Sequence[str] | None = None, **_: Any) -> NoReturn:  # type: ignore[override]  # noqa: ANN401 - always ends the process, so click's own options mean nothing
        """Run a command and end the process."""
        _keep_to_ourselves()
        streams.open_missing()
        streams.use_utf8()
        given = sys.argv[1:] if args is None else list(args)
        run = partial(super().main, args=given, prog_name=NAME, standalone_mode=False)
        code = _guarded(run, given)
        if why := streams.lost():
            console.complain(UNPRINTED.format(why=why))
            code = code or EXIT_CODES[MendMachine]
        interrupts.ignore_to_the_end()
        sys.exit(code)


def _keep_to_ourselves() -> None:
    """Leave nothing of this process to others: no file of ours, no picture of its memory, where the key is."""
    os.umask(PRIVATE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nothing here multiplies matrices: spare the memory


def _guarded(command: Callable[[], object], given: Sequence[str]) -> int:
    """Run a command; turn whatever it raises into words and a code."""
    code: object = 0
    try:
        code = _decided(command)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one catch-all: a sentence for the user, the rest to the log file
        try:
            code, problems = _say_why(_understood(error, given))
            if "--json" in given:
                console.print_json({"exit_code": code, "runs": [], "problems": problems})
        except MemoryError:
            os.write(streams.STDERR, SPEECHLESS)
            code = EXIT_CODES[MendMachine]
    return code if isinstance(code, int) else 0


def _decided(command: Callable[[], object]) -> object:
    """Run a command; once it has ended, however it did, a signal changes nothing any more."""
    try:
        return command()
    finally:
        interrupts.ignore()


def _say_why(error: BaseException) -> tuple[int, list[str]]:
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


def _understood(error: BaseException, given: Sequence[str]) -> BaseException:
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
    with contextlib.suppress(OSError), path.open("a", encoding="utf-8") as file:
        file.write(f"--- {datetime.now(UTC).isoformat(timespec='seconds')}\n{console.without_key(text)}\n")
        return str(path)
    return "the text above"


@click.group(
    cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH}
)
@click.version_option(package_name="inventory-sync")
@console.shared
def main() -> None:
    """Stock files in, inventory rows posted, every row accounted for.

    \b
    Try it, with nothing to set up:   inventory-sync demo
    Set up a folder of your own:      inventory-sync init DIR
    See what a file would do:         inventory-sync check FILE
    Send it:                          inventory-sync run FILE

    Exit codes: 0 all accepted, 1 some rows rejected, 2 set-up is wrong, 3 held, 4 some rows pending, 5 the tenant
    refuses, 6 a file cannot be taken, 70 a bug, 75 another run is at work, 130 interrupted.
    """  # noqa: D301 - click reads \b as "leave these lines as they are"


for command in (
    run,
    check,
    plan,
    read,
    resume,
    retry,
    discard,
    status,
    show,
    rejects,
    verify,
    stock,
    mapping,
    sandbox,
    init,
    doctor,
    demo,
):
    main.add_command(command)

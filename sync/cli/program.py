"""The table of commands, and the one place where every error becomes a sentence and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sync import interrupts
from sync.cli import console
from sync.cli.lookups import rejects, show, status
from sync.cli.mappings import mapping
from sync.cli.practice import demo, sandbox
from sync.cli.reading import read
from sync.cli.runs import check, discard, resume, retry, run
from sync.cli.setup import doctor, init
from sync.cli.stock import stock
from sync.errors import FixSetup, InventorySyncError, SetAside, StopAndFix, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXIT_CODES: dict[type[BaseException], int] = {
    FixSetup: 2,
    click.ClickException: 2,
    StopAndFix: 5,
    SetAside: 6,
    TryLater: 75,
    KeyboardInterrupt: interrupts.CODE,
    click.Abort: interrupts.CODE,
}
BUG = 70
PRIVATE = 0o027
WIDTH = 100


class Program(click.Group):
    """The command line as a whole; ends with the exit codes of the contract."""

    def main(self, args: Sequence[str] | None = None, **_: Any) -> NoReturn:  # type: ignore[override]  # noqa: ANN401 - always ends the process, so click's own options mean nothing
        """Run a command and end the process."""
        os.umask(PRIVATE)
        console.use_utf8()
        given = sys.argv[1:] if args is None else list(args)
        run = partial(super().main, args=given, prog_name="inventory-sync", standalone_mode=False)
        sys.exit(_guarded(run, as_json="--json" in given))


def _guarded(command: Callable[[], object], *, as_json: bool) -> int:
    """Run a command; turn whatever it raises into words and a code."""
    code: object = 0
    try:
        code = _decided(command)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one catch-all: a sentence for the user, the rest to the log file
        code, problems = _say_why(error)
        if as_json:
            console.print_json({"exit_code": code, "runs": [], "problems": problems})
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
        error.show()
        return code, [error.format_message()]
    if code == BUG:
        problems = [_bug(error)]
    else:
        problems = list(error.problems) if isinstance(error, InventorySyncError) else [interrupts.TOLD_TO_END]
    for problem in problems:
        console.complain(problem)
    return code, problems


def _silence_stdout() -> None:
    """Keep Python from complaining that nobody reads stdout any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _bug(error: BaseException) -> str:
    """Write a bug down in the log file, and say it in four parts."""
    place = _write_down(error)
    return (
        f"This is a bug in inventory-sync: {_redacted(f'{type(error).__name__}: {error}')}\n"
        "  Safe: nothing is lost; the state is as after a crash, and a further run goes on from it\n"
        "  By itself: nothing, until a command is run again\n"
        f"  To do: report it with {place}; to go on, type: inventory-sync resume"
    )


def _write_down(error: BaseException) -> str:
    """Append the traceback, without values of variables, to the log file."""
    text = "".join(traceback.format_exception(error))
    path = console.log_folder() / "errors.log"
    with contextlib.suppress(OSError), path.open("a", encoding="utf-8") as file:
        file.write(f"--- {datetime.now(UTC).isoformat(timespec='seconds')}\n{_redacted(text)}\n")
        return str(path)
    return "the text above"


def _redacted(text: str) -> str:
    from sync.client import redact
    from sync.config import api_key

    try:
        key, _ = api_key(os.environ)
    except FixSetup:
        return text
    return redact(text, key.get_secret_value())


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
    read,
    resume,
    retry,
    discard,
    status,
    show,
    rejects,
    stock,
    mapping,
    sandbox,
    init,
    doctor,
    demo,
):
    main.add_command(command)

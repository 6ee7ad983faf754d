"""The table of commands, and the one place where every error becomes a sentence and an exit code."""

from __future__ import annotations

import os
import resource
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sync import interrupts
from sync.cli import console, streams
from sync.cli.deciding import approve, discard
from sync.cli.lookups import rejects, show, status
from sync.cli.mappings import mapping
from sync.cli.practice import demo, sandbox
from sync.cli.reading import read
from sync.cli.runs import check, plan, resume, retry, run
from sync.cli.setup import doctor, init
from sync.cli.stock import stock
from sync.cli.troubles import EXIT_CODES, NAME, say_why, understood
from sync.cli.verifying import verify
from sync.cli.watch import watch
from sync.errors import MendMachine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # keeps a tenth less of what it gave back


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
            code, problems = say_why(understood(error, given))
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
    watch,
    check,
    plan,
    read,
    resume,
    retry,
    approve,
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

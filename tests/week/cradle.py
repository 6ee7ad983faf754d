"""The process that the commands of a week are forked from, the program imported and the story's clock in place.

    python -m tests.week.cradle     takes one order a line, and answers with the number of the process, then how it ended

An order is JSON: folder, argv, output, key, now (seconds since 1970), and as `dies_at` a part of a file's name: as the command
opens or renames a file called like that, it is killed (SIGKILL), as by a power cut.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
from typing import Any

from tests.week import clock

FOREIGN = ("httpx", "openpyxl", "pandas", "pandera.pandas", "pyarrow", "pydantic", "structlog", "yaml")
PRIVATE = ("INVENTORY_SYNC_", "XDG_", "CREDENTIALS_DIRECTORY")  # settings of whoever plays the week


def main() -> None:
    """Prepare, then be told what to do."""
    for name in FOREIGN:  # they are to have Python's own datetime
        importlib.import_module(name)
    clock.install()
    importlib.import_module("tests.chaos.ready")
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(order)
        print(pid, flush=True)  # noqa: T201 - the answer
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201 - likewise


def _live(order: dict[str, Any]) -> None:
    """Be the command."""
    gc.disable()
    streams = (os.devnull, order["output"], f"{order['output']}.err")
    for number, path in enumerate(streams):
        os.dup2(os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600), number)
    os.chdir(order["folder"])
    for name in [name for name in os.environ if name.startswith(PRIVATE)]:
        del os.environ[name]
    os.environ |= {"INVENTORY_SYNC_API_KEY": order["key"], "HOME": order["folder"], "COLUMNS": "100"}
    os.environ |= {"USER": "ada", "LOGNAME": "ada"}
    sys.argv = ["inventory-sync", *order["argv"]]
    clock.set_to(order["now"])
    if order["dies_at"]:
        _die_at(order["dies_at"])
    from sync.__main__ import main as program  # noqa: PLC0415 - only now: it is the command

    program()
    os._exit(0)


def _die_at(name: str) -> None:
    """Have the machine fail there."""

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event in {"open", "os.rename"} and any(name in str(argument) for argument in arguments[:2]):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


if __name__ == "__main__":
    main()

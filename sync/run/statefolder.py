"""A place on disk -> a state folder, made where it is not there yet, and held by one process alone. Needs no heavy library."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sync.config import network_filesystem
from sync.durable import sync, write_text
from sync.errors import FixSetup, of_the_machine
from sync.ledger import lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

README = "What inventory-sync remembers. ledger.db is the truth about what was sent: do not edit or delete it.\nsandbox.db is the practice tenant; staging/ holds runs that are not finished, sent/ what the others sent;\nmemory/ is an index of it, made anew when it is deleted; reports/ holds one JSON file a run.\n"


@contextmanager
def alone(state: Path, *, wait: float = 0) -> Iterator[int]:
    """Have the state folder made, and hold its lock.

    Raises:
        TryLater: another run is at work.
        FixSetup: the folder cannot be used.
    """
    prepare_state(state)
    with lock.hold(state, wait=wait) as held:
        yield held


def prepare_state(state: Path) -> None:
    """Make the state folder where it is not there yet."""
    network = network_filesystem(state)
    if network:
        raise FixSetup(
            f"the state folder {state} lies on a network file system ({network}), where the ledger is not safe; set `state` to a folder on a local disk"
        )
    try:
        for folder in (state, *(state / name for name in ("staging", "sent", "memory", "reports"))):
            if not folder.exists():
                folder.mkdir(mode=0o750, parents=True, exist_ok=True)
                sync(folder.parent)
        if not (state / "README.txt").exists():
            write_text(state / "README.txt", README)
    except OSError as error:
        if of_the_machine(error) and error.errno != errno.EROFS:
            raise
        raise FixSetup(
            f"the state folder {state} cannot be used: {error.strerror}; set `state` to a folder that this user can write to"
        ) from None

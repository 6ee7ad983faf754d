"""A piece of work that may hang -> what it says, or that its time is over. It never raises and never holds its caller up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sync.errors import of_the_machine

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW = "it did not answer within {seconds:g} seconds"


def within(seconds: float, work: Callable[[], str]) -> str:
    """Do `work` in a thread of its own and give the trouble that it tells ("" for none), waiting no longer than `seconds`."""
    told: list[str] = []

    def do() -> None:
        told.append(_trouble(work))

    thread = threading.Thread(target=do, daemon=True)  # what hangs (a name server, say) ends with the process
    try:
        thread.start()
    except RuntimeError as error:
        return (of_the_machine(error) or (str(error), ""))[0]
    thread.join(seconds)
    return told[0] if told else SLOW.format(seconds=seconds)


def _trouble(work: Callable[[], str]) -> str:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever breaks in a message must not break a run
        gave_out = of_the_machine(error)
        return gave_out[0] if gave_out else f"it failed in a way that nobody foresaw ({type(error).__name__})"

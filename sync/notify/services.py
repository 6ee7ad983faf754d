"""A message -> any service that apprise reaches, in a child process: killed when its time is over, without our environment.

The addresses go to the child on stdin, as they are secrets, and nothing that it prints is shown.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.notify.message import Message

CHILD = ("-m", "sync.notify.child")
NOT_TAKEN = "the service did not take it, or cannot be reached"
NO_ADDRESS = "apprise does not know such an address"
SLOW = "it did not answer within {seconds:g} seconds"


@dataclass(frozen=True, slots=True)
class Service:
    """One address of apprise; all of it is a secret but its scheme."""

    url: str = field(repr=False)

    @property
    def scheme(self) -> str:
        """The kind of service."""
        return self.url.partition("://")[0]


def send(message: Message, service: Service, *, seconds: float) -> str:
    """Hand a message over; "" where the service took it, else why not."""
    asked = {"url": service.url, "title": message.subject, "body": "\n".join(message.text) or message.subject}
    try:
        ended = subprocess.run(  # noqa: S603 - our own module, in this very interpreter
            [sys.executable, *CHILD],
            input=json.dumps(asked).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_surroundings(),
            timeout=seconds,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return SLOW.format(seconds=seconds)
    except OSError as error:
        return f"it cannot be started: {error.strerror}"
    said = {b"taken\n": "", b"unknown\n": NO_ADDRESS}
    return said.get(ended.stdout, NOT_TAKEN)


def _surroundings() -> dict[str, str]:
    """Give the child our packages, and no proxy, password file or certificate of the environment."""
    ours = str(Path(__file__).parents[2])
    return {
        "PYTHONPATH": os.pathsep.join([ours, *(place for place in sys.path if place)]),
        "PYTHONSAFEPATH": "1",
        "LC_ALL": "C.UTF-8",
        "NETRC": os.devnull,
    }

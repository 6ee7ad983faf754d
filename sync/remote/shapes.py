"""What the parts of this room hand to each other: the server, what is wanted of it, its files, and what came of a fetch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Server:
    """Where to log in, and with what; no secret is shown."""

    host: str
    port: int
    user: str
    password: str | None = field(default=None, repr=False)
    key_file: Path | None = None
    passphrase: str | None = field(default=None, repr=False)
    known_hosts: Path | None = None  # None: the user's own

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files are fetched, when, and what becomes of them on the server."""

    folder: str
    inbox: Path
    afterwards: str  # move | delete | leave
    moved_to: str
    settle: float
    done: str | None = None  # "{name}.done": a file is fetched only when this one is there
    poll: float = 0  # seconds in which the server is not asked again
    deadline: float = 600


class Listed(NamedTuple):
    """A plain file on the server, as it was listed."""

    path: str  # below the folder: "stock.csv" or "istanbul/stock.csv"
    size: int
    mtime: int

    @property
    def place(self) -> str:
        """The subfolder, "" for none."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition("/")[2]


class Trouble(NamedTuple):
    """What is to be told of a fetch."""

    sentence: str
    grave: bool  # files wait for somebody to do something
    new: bool  # it was not told by the fetch before


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of a fetch: files that now lie in the inbox, whole, and what is to be told."""

    brought: tuple[Path, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    @property
    def grave(self) -> bool:
        """Whether the pass is not all it should be."""
        return any(trouble.grave for trouble in self.troubles)


class ServerError(Exception):
    """The server cannot be worked with now; the sentence says why and what to do."""


class RefusedError(Exception):
    """The server refused one request, in these words; others may be granted."""


class GoneError(RefusedError):
    """There is no such file (any more)."""

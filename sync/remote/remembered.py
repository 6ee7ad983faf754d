"""What a fetch must know of the ones before it, in a small file of the state folder: what was fetched, and what waits to settle.

Lost or damaged, everything that still lies on the server is fetched once more, which the run's own hash finds to be a repeat.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from sync.durable import write_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from sync.remote.shapes import Listed

FILE = "sftp.json"


@dataclass(slots=True)
class Remembered:
    """What is known of one folder of a server."""

    server: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(4))  # in the names of our temporary files
    seen: dict[str, list[float]] = field(default_factory=dict)  # path -> size, mtime, since when
    taken: dict[str, list[int]] = field(default_factory=dict)  # path -> size, mtime
    arrived: dict[str, str] = field(
        default_factory=dict
    )  # temporary file -> path; on the disk, not in its place
    told: dict[str, bool] = field(default_factory=dict)  # sentence -> whether it is grave
    looked: float = -1.0  # when the server was asked last

    def is_early(self, poll: float, now: float) -> bool:
        """Tell whether the server was asked just now; a clock that went back asks it again."""
        return 0 <= self.looked <= now < self.looked + poll

    def is_taken(self, file: Listed) -> bool:
        """Tell whether a file was fetched as it is now."""
        return self.taken.get(file.path) == [file.size, file.mtime]

    def settled(self, file: Listed, settle: float, now: float) -> bool:
        """Tell whether a file stands still long enough; what is seen for the first time stands still from now on."""
        size, mtime, since = self.seen.get(file.path, (-1, -1, now))
        if (size, mtime) != (file.size, file.mtime) or since > now:
            since = now
        self.seen[file.path] = [file.size, file.mtime, since]
        return now - since >= settle

    def temporary(self, file: Listed) -> str:
        """Name the temporary file that a file is fetched to: hidden, and no other's."""
        known = f"{self.server}\n{file.path}\n{file.size}\n{file.mtime}"
        return f".sftp-{self.id}-{hashlib.sha256(known.encode()).hexdigest()[:16]}.part"

    def note_arrival(self, file: Listed) -> None:
        """Note that the bytes of a file are here, on the disk."""
        self.taken[file.path] = [file.size, file.mtime]
        self.arrived[self.temporary(file)] = file.path
        self.seen.pop(file.path, None)

    def forget_gone(self, listed: Iterable[Listed], places: Collection[str]) -> None:
        """Forget what is no longer on the server; `places`: the folders that were looked into."""
        there = {file.path for file in listed}
        for known in (self.seen, self.taken):
            gone = [path for path in known if path not in there and path.rpartition("/")[0] in places]
            for path in gone:
                del known[path]


class Book:
    """The file in the state folder."""

    def __init__(self, state: Path, server: str) -> None:
        self._path, self._server, self._written = state / "watch" / FILE, server, ""

    def read(self) -> Remembered:
        """Give what was written last; of another server only what still has to be put in its place."""
        try:
            self._written = self._path.read_text("utf-8")
            known = Remembered(**json.loads(self._written))
            return _checked(known, self._server)
        except (OSError, ValueError, TypeError, AttributeError):
            return Remembered(self._server)

    def write(self, known: Remembered) -> None:
        """Keep it, where it changed, so that it outlives a power cut."""
        text = json.dumps(asdict(known), separators=(",", ":"))
        if text != self._written:
            self._path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            write_text(self._path, text)
            self._written = text


def _checked(known: Remembered, server: str) -> Remembered:
    """Take over what has the right shape; of another server only what still has to be put in its place."""
    arrived = {str(temporary): str(path) for temporary, path in known.arrived.items()}
    if known.server != server:
        return Remembered(server, str(known.id), arrived=arrived)
    seen = {
        path: [float(size), float(mtime), float(since)] for path, (size, mtime, since) in known.seen.items()
    }
    taken = {path: [int(size), int(mtime)] for path, (size, mtime) in known.taken.items()}
    told = {str(words): bool(grave) for words, grave in known.told.items()}
    return Remembered(server, str(known.id), seen, taken, arrived, told, float(known.looked))

"""A server, and an inbox that is filled from it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sync.remote.shapes import Fetched, Server, Wanted
from sync.remote.taking import fetch
from tests.sftpservers import LOOPBACK, PASSWORD, USER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sftpservers import Sftp

STOCK = b"Depot,Item,Pieces\nA,S1,5\n"
MOMENT = 1_790_000_000  # of every file on the server


class Site:
    """A server, and an inbox that is filled from it."""

    def __init__(self, folder: Path, sftp: Sftp) -> None:
        self.sftp, self.there = sftp, sftp.folder
        self.inbox, self.state = folder / "inbox", folder / "state"
        self.inbox.mkdir()
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.write_text(sftp.known_line)
        self.now = 100.0

    def put(self, path: str, content: bytes = STOCK, mtime: int = MOMENT) -> Path:
        """Put a file on the server."""
        file = self.there / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (mtime, mtime))
        return file

    def server(self, password: str = PASSWORD) -> Server:
        """Say where to log in."""
        return Server(LOOPBACK, self.sftp.port, USER, password, known_hosts=self.known_hosts)

    def wanted(self, **wanted: object) -> Wanted:
        """Say what is fetched: everything in `drop`, at once, and it is left there."""
        usual = {"folder": "drop", "inbox": self.inbox, "afterwards": "leave", "moved_to": "processed"}
        return Wanted(**{**usual, "settle": 0.0, **wanted})  # type: ignore[arg-type] # what a test says

    def fetch(self, **wanted: object) -> Fetched:
        """Fetch once."""
        return fetch(self.server(), self.wanted(**wanted), self.state, lambda: self.now)

    def here(self) -> dict[str, bytes]:
        """Give what lies in the inbox."""
        files = [path for path in self.inbox.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.inbox)): path.read_bytes() for path in files}

    def left(self) -> list[str]:
        """List what lies on the server."""
        return sorted(str(path.relative_to(self.there)) for path in self.there.rglob("*") if path.is_file())


def words(fetched: Fetched) -> str:
    """Give all that is told of a fetch."""
    return " ".join(trouble.sentence for trouble in fetched.troubles)

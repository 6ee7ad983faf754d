"""The tenant of the story: the sandbox with a catalogue on a port of its own, which can hang, be down and come back."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from http.client import HTTPConnection
from threading import Thread
from typing import TYPE_CHECKING, Any

from sync.sandbox.journal import Journal, read_journal
from sync.sandbox.serve import Manner, _server
from sync.sandbox.store import Store

if TYPE_CHECKING:
    from pathlib import Path

HANGS = [{"method": "POST", "hold": "after_apply", "times": 1}]
PATIENCE = 60


class Tenant:
    """A tenant that is up as long as nobody takes it down; what it holds and what it was asked survives that."""

    def __init__(self, folder: Path, catalogue: Path) -> None:
        self._folder, self._catalogue, self.port, self._stop = folder, catalogue, 0, list[Any]()
        self.up()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def up(self, plan: list[dict[str, Any]] | None = None) -> None:
        """Listen, with a plan of faults."""
        store = Store(self._folder / "tenant.db", self._catalogue)
        journal = Journal(self._folder / "tenant.jsonl", rows=True)
        journal.__enter__()
        server = _server(store, Manner(plan=plan, journal=journal))
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        self._stop = [server, thread, listening, store, journal]

    def down(self) -> None:
        """Refuse every connection from now on."""
        server, thread, listening, store, journal = self._stop
        server.should_exit = True
        thread.join()
        listening.close()
        store.close()
        journal.__exit__(None, None, None)
        self._stop = []

    def again(self, plan: list[dict[str, Any]] | None = None) -> None:
        """Restart, with another plan of faults."""
        if self._stop:
            self.down()
        self.up(plan)

    def until_it_hangs(self) -> None:
        """Wait until a request hangs."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request("GET", f"/__held?at_least=1&timeout={PATIENCE}")
            assert json.loads(connection.getresponse().read())["held"] == 1

    def stock(self) -> dict[tuple[str, str], int]:
        """Give all that it holds."""
        with Store(self._folder / "tenant.db") as store:
            return {(row.location_code, row.sku_code): row.quantity for _, row in store.page(None, 100_000)}

    def requests(self) -> list[dict[str, Any]]:
        """Give every request that arrived, in order."""
        return read_journal(self._folder / "tenant.jsonl")

"""The sandbox's records: one quantity for each pair of location and SKU, in a SQLite file.

The store has a random identity from the day it is made; emptying it makes a new one, as if another tenant stood there.
Threads may share a store; processes may share its file.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple, Self

from sync.sandbox.catalogue import Catalogue, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

MARK = 0x1B0C5A4D  # the file's application id: a ledger given by mistake is not taken for a store
FILE_MODE = 0o640
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# `id` counts up and `created_at` never falls, so the order of ids is the order of (created_at, id), with no further index.
SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY,
    location_code TEXT NOT NULL,
    sku_code TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (location_code, sku_code)
) STRICT;
CREATE TABLE IF NOT EXISTS tenant (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), identity TEXT NOT NULL) STRICT;
PRAGMA application_id = {MARK};
COMMIT;
"""
UPSERT = """
INSERT INTO records (location_code, sku_code, quantity, created_at) VALUES (?, ?, ?, ?)
ON CONFLICT (location_code, sku_code) DO UPDATE SET quantity = excluded.quantity
"""


class Record(NamedTuple):
    """The quantity of one SKU at one location."""

    location_code: str
    sku_code: str
    quantity: int


class Place(NamedTuple):
    """Where a record stands in the list; `created_at` in microseconds since 1970."""

    created_at: int
    id: int


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


class Store:
    """The records of one sandbox tenant, and the catalogue of what exists there."""

    def __init__(
        self, path: Path, catalogue: Path | None = None, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.clock = clock
        self.note: Callable[[Sequence[tuple[str, str, int]]], object] = lambda _: (
            None
        )  # told what was put, in order
        self._lock = RLock()
        self.catalogue = read_catalogue(catalogue) if catalogue else Catalogue()
        self._db = _open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @property
    def identity(self) -> str:
        """The tenant's random id."""
        with self._lock:
            return str(self._db.execute("SELECT identity FROM tenant").fetchone()[0])

    def reset(self) -> None:
        """Forget every record and become another tenant."""
        with self._writing():
            self._db.execute("DELETE FROM records")
            self._db.execute("UPDATE tenant SET identity = ?", (_new_identity(),))

    def put(self, rows: Sequence[tuple[str, str, int]]) -> int:
        """Set the quantities, all or none, the last row of a pair winning; give how many pairs are new."""
        with self._lock:
            created = self._put(rows)
            self.note(rows)
        return created

    def _put(self, rows: Sequence[tuple[str, str, int]]) -> int:
        now = (self.clock() - EPOCH) // timedelta(microseconds=1)
        with self._writing():
            before = self._newest()
            created_at = max(now, before.created_at)
            self._db.executemany(UPSERT, [(*row, created_at) for row in rows])
            # Nothing but a reset takes records away, so ids have no gaps.
            return self._newest().id - before.id

    def page(self, after: Place | None, limit: int) -> list[tuple[Place, Record]]:
        """Give up to `limit` records, newest first, from the one that follows `after`."""
        with self._lock:
            found = self._db.execute(
                "SELECT created_at, id, location_code, sku_code, quantity FROM records"
                " WHERE id < ? ORDER BY id DESC LIMIT ?",
                (after.id if after else 1 << 62, limit),
            ).fetchall()
        return [(Place(*row[:2]), Record(*row[2:])) for row in found]

    def holds(self, place: Place) -> bool:
        """Tell whether a record stands at this place of the list."""
        with self._lock:
            found = self._db.execute(
                "SELECT 1 FROM records WHERE id = ? AND created_at = ?", (place.id, place.created_at)
            )
            return found.fetchone() is not None

    def at_location(self, code: str) -> list[Record]:
        """Give all that a location holds."""
        return self._select("location_code = ? ORDER BY sku_code", code)

    def of_sku(self, code: str) -> list[Record]:
        """Give all the locations that hold a SKU."""
        # A scan: an index on the SKU would make every insert almost twice as slow for a look-up that people do by hand.
        return self._select("sku_code = ? ORDER BY location_code", code)

    def _select(self, where: str, code: str) -> list[Record]:
        with self._lock:
            found = self._db.execute(
                f"SELECT location_code, sku_code, quantity FROM records WHERE {where}", (code,)
            ).fetchall()
        return [Record(*row) for row in found]

    def _newest(self) -> Place:
        found = self._db.execute("SELECT created_at, id FROM records ORDER BY id DESC LIMIT 1").fetchone()
        return Place(*found) if found else Place(0, 0)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield


def _new_identity() -> str:
    return os.urandom(16).hex()


def _open(path: Path) -> sqlite3.Connection:
    # SQLite gives its side files the mode of the database, so it is enough to make that one narrow.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    with ExitStack() as undo:
        undo.callback(db.close)
        _prepare(db, path)
        undo.pop_all()
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    try:
        # In this order: another process may be making the same store, tables and mark at once.
        (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        (mark,) = db.execute("PRAGMA application_id").fetchone()
    except sqlite3.DatabaseError as damage:
        raise ValueError(f"{path} is not a sandbox store ({damage}); name another file") from damage
    if mark != MARK and tables:
        raise ValueError(f"{path} is another program's database, not a sandbox store; name another file")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")  # survives a kill; a rehearsal need not survive a power cut
    db.execute("PRAGMA cache_size = -16000")
    if mark != MARK:
        db.executescript(SCHEMA)
    db.execute("INSERT OR IGNORE INTO tenant VALUES (1, ?)", (_new_identity(),))

"""Opens the ledger and guards its transactions.

WAL with synchronous FULL: a committed row survives a power cut (NORMAL forgets it). Local disks only.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from sync.errors import FixSetup, of_the_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_MS = 10_000
VERSION_1 = """
CREATE TABLE runs (
  run TEXT PRIMARY KEY, started TEXT NOT NULL, tenant TEXT NOT NULL, mapping TEXT NOT NULL, content TEXT NOT NULL,
  parent TEXT, state TEXT NOT NULL CHECK (state IN ('staged', 'settled', 'failed')),
  sent INTEGER NOT NULL DEFAULT 0, retried INTEGER NOT NULL DEFAULT 0, about TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_content ON runs (content, started);
CREATE INDEX runs_mapping ON runs (tenant, mapping, started);
CREATE INDEX runs_state ON runs (state, tenant);
CREATE INDEX runs_started ON runs (started);
CREATE INDEX runs_parent ON runs (parent) WHERE parent IS NOT NULL;
CREATE TABLE batches (
  run TEXT NOT NULL REFERENCES runs, start INTEGER NOT NULL, stop INTEGER NOT NULL CHECK (stop > start),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'settled', 'split')),
  tries INTEGER NOT NULL DEFAULT 0, body_sha256 TEXT, sent_at TEXT, settled_at TEXT,
  accepted INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0,
  refused_rows INTEGER NOT NULL DEFAULT 0, unknown_rows INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, start, stop),
  CHECK (state <> 'settled' OR accepted + refused + unknown = stop - start)
) WITHOUT ROWID;
CREATE TABLE rejects (
  run TEXT NOT NULL REFERENCES runs, row INTEGER NOT NULL, col INTEGER NOT NULL, position INTEGER,
  stage TEXT NOT NULL, unknown INTEGER NOT NULL DEFAULT 0, problems TEXT NOT NULL, cells TEXT NOT NULL, faults TEXT NOT NULL,
  location TEXT NOT NULL, sku TEXT NOT NULL, parent_row INTEGER,
  again_run TEXT, again_row INTEGER, again_col INTEGER,
  PRIMARY KEY (run, row, col)
) WITHOUT ROWID;
CREATE INDEX rejects_stage ON rejects (run, stage) WHERE unknown = 0;
CREATE INDEX rejects_open ON rejects (run) WHERE again_run IS NULL AND unknown = 0;
CREATE INDEX rejects_again ON rejects (again_run, again_row, again_col) WHERE again_run IS NOT NULL
"""
# What came first is told by a number and never by the clock; what was superseded after it was staged; the memory's files.
VERSION_2 = """
ALTER TABLE runs ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET seq = numbered.seq FROM (SELECT run, row_number() OVER (ORDER BY started, run) seq FROM runs) numbered
  WHERE numbered.run = runs.run;
ALTER TABLE runs ADD COLUMN segment TEXT;
UPDATE runs SET segment = '' WHERE state <> 'staged';
CREATE UNIQUE INDEX runs_seq ON runs (seq);
DROP INDEX runs_content;
DROP INDEX runs_mapping;
DROP INDEX runs_started;
CREATE INDEX runs_content ON runs (content, seq);
CREATE INDEX runs_mapping ON runs (tenant, mapping, seq);
CREATE INDEX runs_segment ON runs (segment) WHERE segment IS NOT NULL;
CREATE INDEX runs_under_way ON runs (tenant) WHERE state = 'staged' AND sent > 0;
CREATE INDEX runs_unseen ON runs (tenant) WHERE segment IS NULL AND state = 'settled';
CREATE TABLE segments (segment TEXT PRIMARY KEY, tenant TEXT NOT NULL, pairs INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tenants (
  tenant TEXT PRIMARY KEY, rows_max INTEGER, bytes_max INTEGER, bytes_since TEXT, not_before TEXT, asked REAL
) WITHOUT ROWID;
ALTER TABLE rejects ADD COLUMN again_as TEXT;
CREATE TABLE batches_2 (
  run TEXT NOT NULL REFERENCES runs, start INTEGER NOT NULL, stop INTEGER NOT NULL CHECK (stop > start),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'settled', 'split')),
  tries INTEGER NOT NULL DEFAULT 0, body_sha256 TEXT, sent_at TEXT, settled_at TEXT,
  accepted INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0,
  superseded INTEGER NOT NULL DEFAULT 0,
  refused_rows INTEGER NOT NULL DEFAULT 0, unknown_rows INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, start, stop),
  CHECK (state <> 'settled' OR accepted + refused + unknown + superseded = stop - start)
) WITHOUT ROWID;
INSERT INTO batches_2 SELECT run, start, stop, state, tries, body_sha256, sent_at, settled_at, accepted, refused, unknown, 0,
  refused_rows, unknown_rows, created, updated FROM batches;
DROP TABLE batches;
ALTER TABLE batches_2 RENAME TO batches
"""
# What a guard holds of a run, a location at a time, and who said what about it; what people were told of; what runs that are
# forgotten came to.
VERSION_3 = """
CREATE TABLE holds (
  run TEXT NOT NULL REFERENCES runs, location TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL CHECK (stop > start),
  verdict TEXT CHECK (verdict IN ('approved', 'discarded')), who TEXT, why TEXT, at TEXT,
  PRIMARY KEY (run, start)
) WITHOUT ROWID;
CREATE TABLE told (topic TEXT PRIMARY KEY, state TEXT NOT NULL, since TEXT NOT NULL) WITHOUT ROWID;
ALTER TABLE rejects ADD COLUMN first INTEGER;
UPDATE rejects SET first = (SELECT min(runs.seq) FROM rejects old JOIN runs USING (run)
  WHERE old.again_run = rejects.run AND old.again_row = rejects.row AND old.again_col = rejects.col);
CREATE TABLE totals (kind TEXT NOT NULL, label TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, label)) WITHOUT ROWID;
CREATE INDEX runs_whole ON runs (tenant, mapping, seq)
  WHERE state = 'settled' AND parent IS NULL AND coalesce(segment, '-') <> ''
"""
# What was not posted as the tenant acknowledged it before, and since when a tenant is known to hold something else.
VERSION_4 = """
CREATE TABLE batches_4 (
  run TEXT NOT NULL REFERENCES runs, start INTEGER NOT NULL, stop INTEGER NOT NULL CHECK (stop > start),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'settled', 'split')),
  tries INTEGER NOT NULL DEFAULT 0, body_sha256 TEXT, sent_at TEXT, settled_at TEXT,
  accepted INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0,
  superseded INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0 CHECK (unchanged IN (0, stop - start)),
  refused_rows INTEGER NOT NULL DEFAULT 0, unknown_rows INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, start, stop),
  CHECK (state <> 'settled' OR accepted + refused + unknown + superseded + unchanged = stop - start)
) WITHOUT ROWID;
INSERT INTO batches_4 SELECT run, start, stop, state, tries, body_sha256, sent_at, settled_at, accepted, refused, unknown,
  superseded, 0, refused_rows, unknown_rows, created, updated FROM batches;
DROP TABLE batches;
ALTER TABLE batches_4 RENAME TO batches;
ALTER TABLE tenants ADD COLUMN differs TEXT
"""
UPGRADES = (VERSION_1, VERSION_2, VERSION_3, VERSION_4)
VERSION = len(UPGRADES)


class Ledger:
    """An open ledger. `db` is for the modules of this room alone."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what is done inside durable as one, or not at all."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def damage(self) -> str:
        """Read the whole file and say what is wrong with it; "" for nothing."""
        try:
            found = [str(row[0]) for row in self.db.execute("PRAGMA quick_check(3)")]
        except sqlite3.DatabaseError as error:
            return str(error)
        return "" if found == ["ok"] else "; ".join(found)

    def close(self) -> None:
        """Close the file."""
        self.db.close()


def connect(path: Path) -> Ledger:
    """Open the ledger at `path`, making it where there is none.

    Raises:
        FixSetup: the file is damaged, is no ledger, or was written by a newer version.
    """
    with ExitStack() as undo:
        try:
            db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
            undo.callback(db.close)
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            _upgrade(db, path)
        except sqlite3.DatabaseError as error:
            if of_the_machine(error) and _is_ours(path):
                raise
            raise FixSetup(
                f"{path}: the ledger cannot be used ({error}); restore it from a backup, or check that the folder is on a local disk that can be written to"
            ) from error
        undo.pop_all()
    return Ledger(db)


def _is_ours(path: Path) -> bool:
    """Tell whether this user may write to the ledger, so that what keeps it shut will pass."""
    folder_is = os.access(path.parent, os.W_OK | os.X_OK)
    return folder_is and (path.is_file() and os.access(path, os.R_OK | os.W_OK) if path.exists() else True)


def _upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Bring the ledger to this version, all at once or not at all."""
    if _version(db) == VERSION:
        return
    db.execute("BEGIN IMMEDIATE")  # another process may have come first
    version = _version(db)
    if version > VERSION:
        raise FixSetup(
            f"{path}: the ledger was written by a newer version of inventory-sync; install that version again"
        )
    for script in UPGRADES[version:]:
        for statement in script.split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)

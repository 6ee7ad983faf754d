"""The ledger of a torture, looked at in a copy by SQLite alone: is it sound, and what does it know of?"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HAS_BATCHES = "SELECT 1 FROM sqlite_schema WHERE name = 'batches'"


@contextmanager
def _ledger(state: Path) -> Iterator[sqlite3.Connection | None]:
    """Open a copy of the ledger; None where there is none yet."""
    with tempfile.TemporaryDirectory(prefix="torture-ledger-") as folder:
        for name in ("ledger.db", "ledger.db-wal"):
            if (state / name).exists():
                shutil.copyfile(state / name, Path(folder) / name)
        if not (Path(folder) / "ledger.db").exists():
            yield None
            return
        db = sqlite3.connect(Path(folder) / "ledger.db")
        try:
            yield db
        finally:
            db.close()


def ledger_is_sound(state: Path, *, settled: bool) -> Iterator[str]:
    """I9: SQLite finds no fault in the ledger, and nothing in it refers to nothing."""
    with _ledger(state) as db:
        if db is None:
            return
        found = db.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)] or db.execute("PRAGMA foreign_key_check").fetchall():
            yield f"I9 the ledger is damaged: {found}"
        elif settled and (left := db.execute("SELECT run FROM runs WHERE state = 'staged'").fetchall()):
            yield f"I9 runs without an end: {left}"


def posted_off_the_record(state: Path, posts: list[dict[str, Any]]) -> Iterator[str]:
    """Every request that came stands in the ledger, whatever happened after it."""
    known: set[str] = set()
    with _ledger(state) as db:
        if db is not None and db.execute(HAS_BATCHES).fetchone():
            known = {row[0] for row in db.execute("SELECT body_sha256 FROM batches")}
    if off := [post for post in posts if post["sha256"] not in known]:
        yield f"CR01 {len(off)} of {len(posts)} requests were sent and are not on record"


def accepted_on_record(state: Path) -> int:
    """Count the pairs that the ledger has as accepted."""
    with _ledger(state) as db:
        if db is None or not db.execute(HAS_BATCHES).fetchone():
            return 0
        (count,) = db.execute(
            "SELECT coalesce(sum(accepted), 0) FROM batches WHERE state = 'settled'"
        ).fetchone()
        return int(count)

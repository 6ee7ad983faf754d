"""The program without what makes it safe: no fsync, no journal in SQLite, nothing forced to the disk.

python reckless.py ARGUMENTS OF inventory-sync

For measuring what safety costs, and for nothing else.
"""

import os
import sqlite3
from typing import Any

WITHOUT = {
    "PRAGMA journal_mode = WAL": "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = FULL": "PRAGMA synchronous = OFF",
}


class Reckless(sqlite3.Connection):
    """A connection that refuses to be careful."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as the method that it stands for
        """Run a statement, or the careless one in its place."""
        return super().execute(WITHOUT.get(sql, sql), parameters)


def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - as the function that it stands for
    """Open a database carelessly."""
    return _connect(*arguments, **options, factory=Reckless)


def skip(_: int) -> None:
    """Leave it to the machine when to write."""


if __name__ == "__main__":
    _connect = sqlite3.connect
    for module, name, careless in (
        (os, "fsync", skip),
        (os, "fdatasync", skip),
        (sqlite3, "connect", connect),
    ):
        setattr(module, name, careless)
    from sync.__main__ import main

    main()

"""A folder whose sandbox stands on a real port, and the tenant's records under the hands of a test."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sync.sandbox.access import Key
from sync.sandbox.serve import served
from sync.sandbox.store import Store
from tests.desks import KEY, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = ("Depot", "Item", "Pieces")
Row = tuple[str, str, int]


def stock_rows(*rows: Row) -> list[tuple[str, ...]]:
    """Make the rows of a stock file."""
    return [HEAD, *((location, sku, str(quantity)) for location, sku, quantity in rows)]


def grid(places: str, count: int) -> list[Row]:
    """Give the same SKUs for each place, every one with a quantity of its own."""
    return [(place, f"S{n:03}", 100 * at + n) for at, place in enumerate(places) for n in range(count)]


def change(store: Store, sql: str) -> None:
    """Change records behind the API's back."""
    with store._writing():
        store._db.execute(sql)


@contextmanager
def at_port(
    desk: Desk, *, scopes: tuple[str, ...] = (), key: str = KEY, **rule: Any
) -> Iterator[tuple[Store, dict[str, Key]]]:
    """Serve another sandbox on a port and point the desk there; gives its records and its keys."""
    keys = {key: Key(scopes) if scopes else Key()}
    with (
        Store(desk.folder / "served.db") as store,
        served(store, keys=keys, plan=[rule] if rule else []) as url,
    ):
        desk.configure({"url": url})
        yield store, keys


def tree(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder with its bytes, but the side files of SQLite."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }

"""Faults that are planted in the program, to see that the rig finds them: each is put into the forked process alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _everywhere(name: str, instead: object) -> None:
    """Replace a function of `sync.durable` wherever it was imported."""
    from sync import durable  # noqa: PLC0415 - the program is loaded late, as always here

    original = getattr(durable, name)
    for module in [module for key, module in sys.modules.items() if key.startswith("sync")]:
        if getattr(module, name, None) is original:
            setattr(module, name, instead)


def no_sync() -> None:
    """Rename without a sync before it."""
    _everywhere("sync", lambda _path: None)


def in_place() -> None:
    """Write files at their final place."""
    from contextlib import contextmanager  # noqa: PLC0415 - likewise

    @contextmanager
    def replacing(path: Path) -> Iterator[Path]:
        yield path

    _everywhere("replacing", replacing)


def careless_ledger() -> None:
    """Commit without a sync: PRAGMA synchronous = NORMAL."""
    from sync.ledger.book import Ledger  # noqa: PLC0415 - likewise

    opened = Ledger.__init__

    def normal(self: Any, *given: Any, **more: Any) -> None:
        opened(self, *given, **more)
        self.db.execute("PRAGMA synchronous = NORMAL")

    Ledger.__init__ = normal  # type: ignore[method-assign]  # that is the fault


def post_first() -> None:
    """Post before the batch is on record."""
    from sync.deliver.loop import Delivery  # noqa: PLC0415 - likewise

    prepare, commit = Delivery.__init__, Delivery._commit

    def begin(self: Any, *given: Any, line: Any, **more: Any) -> None:
        self._post = line.post
        prepare(self, *given, line=line, **more)

    def late(self: Any, leaving: Any = ()) -> None:
        for _, body in leaving:
            self._post(body)
        commit(self, leaving)

    Delivery.__init__ = begin  # type: ignore[method-assign]  # that is the fault
    Delivery._commit = late  # type: ignore[method-assign]  # likewise


PLANTED = {plant.__name__: plant for plant in (no_sync, in_place, careless_ledger, post_first)}

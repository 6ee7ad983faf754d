"""Blocks of a table -> a temporary file, and back: a sheet is walked once, and believed when its end was reached."""

from __future__ import annotations

import pickle
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.rows import Block


@contextmanager
def keeping() -> Iterator[Kept]:
    """Keep blocks for a while, in a file that nobody else can open."""
    with TemporaryFile() as file:
        yield Kept(file)


class Kept:
    """Blocks that were put away."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._count = 0

    def put(self, blocks: Iterable[Block]) -> None:
        """Put blocks away, one by one as they come."""
        for block in blocks:
            pickle.dump(block, self._file, pickle.HIGHEST_PROTOCOL)
            self._count += 1

    def blocks(self) -> Iterator[Block]:
        """Give them back, one by one."""
        self._file.seek(0)
        for _ in range(self._count):
            block: Block = pickle.load(self._file)  # noqa: S301 - nobody but this process has the file
            yield block

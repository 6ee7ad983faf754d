"""A run's reject file, written from the ledger alone."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from sync.ledger import rejected
from sync.rejects.lines import lines
from sync.rejects.writing import extension, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.ledger.book import Ledger
    from sync.rows import Run

LONGEST_STEM = 120  # bytes; a file name has 255


def write_reject_file(ledger: Ledger, run: Run, path: Path) -> None:
    """Write a run's rejects to `path`, from the ledger alone."""
    walk = partial(_walk, ledger, run)
    write(path, run.header, walk, read_as=run.read_as)


def reject_name(run: Run) -> str:
    """Name a run's reject file: <source stem>.<run>.rejects.<ext>."""
    stem = PurePath(run.origin.filename or run.file).stem.encode()[:LONGEST_STEM].decode(errors="ignore")
    return f"{stem}.{run.run}.rejects.{extension(run.read_as)}"


def nothing_known(_location: str, _sku: str) -> str:
    """Tell what the tenant has for a pair: not known yet (see `_reject_current` in the contract)."""
    return ""


def _walk(ledger: Ledger, run: Run) -> Iterator[tuple[str, ...]]:
    return lines(rejected.of_run(ledger, run.run), run.run, nothing_known)

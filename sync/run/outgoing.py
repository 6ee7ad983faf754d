"""A run's reject file, written from the ledger and its memory alone."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from sync.ledger import rejected, runs
from sync.rejects.lines import lines
from sync.rejects.writing import extension, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sync.ledger.book import Ledger
    from sync.memory.book import Memory
    from sync.rows import Run

LONGEST_STEM = 120  # bytes; a file name has 255


def write_reject_file(ledger: Ledger, memory: Memory, run: Run, path: Path) -> None:
    """Write a run's rejects to `path`, from the ledger and its memory alone."""
    walk = partial(_walk, ledger, memory, run)
    write(path, run.header, walk, read_as=run.read_as)


def reject_name(run: Run) -> str:
    """Name a run's reject file: <source stem>.<run>.rejects.<ext>."""
    stem = PurePath(run.origin.filename or run.file).stem.encode()[:LONGEST_STEM].decode(errors="ignore")
    return f"{stem}.{run.run}.rejects.{extension(run.read_as)}"


def _walk(ledger: Ledger, memory: Memory, run: Run) -> Iterator[tuple[str, ...]]:
    return lines(rejected.of_run(ledger, run.run), run.run, partial(current, memory, ledger))


def current(memory: Memory | None, ledger: Ledger | None, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Say what the tenant has for some pairs as far as we know: "14, sent 2026-11-20"; "" where nothing is known."""
    if memory is None or ledger is None:
        return [""] * len(pairs)
    known, seqs = memory.known(pairs)
    days = runs.started(ledger, set(seqs))
    return [
        f"{quantity}, sent {days[seq][:10]}" if seq in days else ""
        for quantity, seq in zip(known, seqs, strict=True)
    ]

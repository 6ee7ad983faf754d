"""A run's reject file, written from the ledger and its memory alone: where it lies, in which form and language."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from sync.ledger import rejected, runs
from sync.rejects.lines import Known, lines
from sync.rejects.writing import extension, write
from sync.staff.guide import Source, guide
from sync.staff.words import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.memory.book import Memory
    from sync.rejects.lines import Current
    from sync.rows import Reject, Run

LONGEST_STEM = 120  # bytes; a file name has 255
WATCHED = "rejects"  # in the watched folder


def write_reject_file(
    ledger: Ledger, memory: Memory, run: Run, path: Path, settings: Settings
) -> Path | None:
    """Write a run's rejects to `path`, from the ledger and its memory alone; a workbook where the name ends in .xlsx.

    Gives the file beside a workbook with the rows that it had no room for, where there are such.
    """
    walk = partial(rejected.of_run, ledger, run.run)
    known = partial(current, memory, ledger, besides=run.run)  # it acknowledged none of its own rejects
    return write_rejects_of(run, path, settings, walk=walk, current=known)


def write_rejects_of(
    run: Run, path: Path, settings: Settings, *, walk: Callable[[], Iterable[Reject]], current: Current
) -> Path | None:
    """Write rejects to `path` in the language of the settings; `walk` may be called more than once."""
    words = load(settings.language)
    received = datetime.fromisoformat(run.started).astimezone(settings.zone)
    source = Source(run.origin.filename or PurePath(run.file).name, received, run.run)
    return write(
        path,
        run.header,
        lambda: lines(walk(), run.run, current, words),
        read_as=run.read_as,
        guide=guide(words, source),
    )


def reject_path(run: Run, settings: Settings) -> Path:
    """Tell where a run's reject file lies: staff find it in the watched folder, always as a workbook."""
    if run.watched:
        return Path(run.watched) / WATCHED / reject_name(run, workbook=True)
    return settings.rejects / reject_name(run)


def reject_name(run: Run, *, workbook: bool = False) -> str:
    """Name a run's reject file: <source stem>.<run>.rejects.<ext>, in the source's form or as a workbook."""
    stem = PurePath(run.origin.filename or run.file).stem.encode()[:LONGEST_STEM].decode(errors="ignore")
    return f"{stem}.{run.run}.rejects.{'xlsx' if workbook else extension(run.read_as)}"


def current(
    memory: Memory | None, ledger: Ledger | None, pairs: Sequence[tuple[str, str]], *, besides: str = ""
) -> list[Known | None]:
    """Tell what the tenant has for some pairs as far as we know; `besides` names a run that does not count."""
    if memory is None or ledger is None:
        return [None] * len(pairs)
    known, seqs = memory.known(pairs, besides=besides)
    days = runs.started(ledger, set(seqs))
    return [
        Known(quantity, days[seq][:10]) if seq in days else None
        for quantity, seq in zip(known, seqs, strict=True)
    ]

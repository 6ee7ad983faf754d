"""A name -> what happened to the files that are called so: the runs on record, and what still waits in the inbox."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from sync import report
from sync.ledger import batches, names, rejected, runs
from sync.lexicon.folding import fold
from sync.run.lookups import decisions, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.config import Settings
    from sync.ledger.book import Ledger
    from sync.ledger.names import Named
    from sync.rows import Run

PLACES = ("processed", "failed", "held", "approve")
RUN = re.compile(r"\.(\d{8}T\d{6}Z-[0-9a-f]+)(?=\.|$)")
MOST_FILES = 10_000  # of the inbox, that are looked at


def by_name(settings: Settings, asked: str, most: int) -> dict[str, Any]:
    """Give the newest runs that are called `asked`, or whose file is, or a part of it; and such files in the inbox."""
    wanted = _folded(PurePath(asked).name)
    inbox = [str(path) for path in _in_inbox(settings.watch.root / "inbox", wanted)]
    found: dict[str, Any] = {"asked": asked, "runs": [], "found": 0, "of": 0, "since": None, "inbox": inbox}
    with open_ledger(settings) as ledger:
        if ledger is None:
            return found
        named = []
        for name in names.newest_first(ledger):
            found["of"] += 1
            found["since"] = name.started
            if name.run.startswith(asked) or _is_called(name, wanted):
                named.append(name.run)
        shown = [run for run in (runs.get(ledger, name) for name in named[:most]) if run]
        places = _places({run.watched for run in shown if run.watched})
        return found | {"runs": [_told(ledger, run, places) for run in shown], "found": len(named)}


def _is_called(name: Named, wanted: str) -> bool:
    """Tell whether a run's file is called so, or the file that it corrects."""
    return any(wanted in _folded(PurePath(file).name) for file in (name.file, name.origin))


def _told(ledger: Ledger, run: Run, places: dict[str, str]) -> dict[str, Any]:
    described = report.describe(run, batches.tally(ledger, run.run), rejected.of_run(ledger, run.run))
    lies_at = {"lies_at": places[run.run]} if run.run in places else {}
    about = {"decisions": decisions(ledger, run.run), "children": runs.family(ledger, run.run)}
    return described | lies_at | about


def _places(roots: Iterable[str]) -> dict[str, str]:
    """Tell where the files of runs lie now, which came from a watched folder: their names have the runs' ids."""
    found: dict[str, str] = {}
    for folder in (Path(root) / name for root in sorted(roots) for name in PLACES):
        lying = sorted(map(str, folder.iterdir() if folder.is_dir() else ()), key=len)
        for path in lying:  # notes and done files have longer names than what they lie beside
            for run in RUN.findall(path)[-1:]:
                found.setdefault(run, path)
    return found


def _folded(name: str) -> str:
    """Make two spellings of a name alike: upper and lower case, accents or none."""
    return name.lower() if name.isascii() else fold(name)


def _in_inbox(inbox: Path, wanted: str) -> list[Path]:
    """List the files that wait there under such a name."""
    return [path for path in islice(_files(inbox), MOST_FILES) if wanted in _folded(path.name)]


def _files(folder: Path) -> Iterator[Path]:
    """Walk the files of a folder; what is hidden was claimed already, or is not for us."""
    for place, below, files in os.walk(folder):
        below[:] = [name for name in below if not name.startswith(".")]
        yield from (folder / place / name for name in files if not name.startswith("."))

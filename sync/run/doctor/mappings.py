"""The mappings: all valid, each with a name of its own, and no two that could claim the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import FixSetup
from sync.mapping.folder import load_all
from sync.mapping.overlap import overlaps
from sync.run.doctor.folders import is_there
from sync.run.finding import doubtful, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.config import Settings
    from sync.run.finding import Finding

OTHERS_WRITE = 0o002


def mappings(settings: Settings) -> Iterator[Finding]:
    """Load every mapping of the folder."""
    folder = settings.mappings
    try:
        found = load_all(folder)
    except FixSetup as error:
        remedy = "mend the file as it says; type: inventory-sync mapping check"
        yield wrong("mappings", "; ".join(error.problems), remedy)
        return
    if not found:
        remedy = "draft one: inventory-sync mapping guess FILE"
        yield doubtful("mappings", f"{folder} has no mapping", remedy)
        return
    yield fine("mappings", f"{len(found)} in {folder}: {', '.join(mapping.name for mapping in found)}")
    for one, other in overlaps(found):
        words = f"{one.name} ({one.path.name}) and {other.name} ({other.path.name}) may claim the same file, and then neither gets it"
        yield doubtful("mappings", words, "narrow match.filename or match.headers of one of them")
    if is_there(folder) and folder.stat().st_mode & OTHERS_WRITE:
        words = f"every user of this machine may change what lies in {folder}, and with it what is sent"
        yield doubtful("mappings", words, f"type: chmod o-w '{folder}'")

"""A dropped file -> the bytes that the loader reads and the name that mappings see; out of its archive, if it came in one."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sync.loader import archive
from sync.run.snapshot import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.rows import ReadAs, Run

PLAIN_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")
EVIDENCE = "archive"


@dataclass(frozen=True, slots=True)
class Content:
    """Where the bytes of a stock file lie, and what it is called: not as its archive is, but as itself."""

    path: Path
    name: str
    why: str = ""  # it came out of an archive

    def told(self, run: Run) -> Run:
        """Have a run say what its file came out of."""
        return replace(run, read_as=self.noted(run.read_as)) if run.read_as else run

    def noted(self, read_as: ReadAs) -> ReadAs:
        """Have it said what a file came out of."""
        evidence = {EVIDENCE: self.why, **read_as.evidence} if self.why else read_as.evidence
        return replace(read_as, evidence=evidence)


def unpacked(path: Path, name: str, folder: Path) -> Content:
    """Take a stock file out of its archive, into `folder`; any other file stays where it is.

    `name` is what the file was called when it was dropped, `path` where its bytes are.

    Raises:
        SetAside: it is an archive of none or several files, damaged, locked or too large.
    """
    kind = archive.kind_of(path)
    if kind is None:
        return Content(path, readable(name))
    target = folder / "unpacked"
    inside = readable(archive.take_out(path, kind, target, called=name))
    suffix = PurePosixPath(inside).suffix
    if PLAIN_SUFFIX.fullmatch(suffix):  # by which some refusals are worded
        target = target.rename(target.with_suffix(suffix))
    return Content(target, inside, f"the file `{inside}` was taken out of a {kind} archive")


@contextmanager
def contents(path: Path) -> Iterator[Content]:
    """Take a stock file out of its archive for as long as it is looked at."""
    with tempfile.TemporaryDirectory(prefix="inventory-sync-") as folder:
        yield unpacked(path, path.name, Path(folder))

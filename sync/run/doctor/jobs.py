"""What this machine starts by itself, out of crontabs: each job that calls our program."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sync.config.sources import CONFIG, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PROGRAM = "inventory-sync"
OF_THE_MACHINE = (Path("/etc/crontab"), Path("/etc/cron.d"))
SETTING = re.compile(r"\s*([A-Za-z_]+)\s*=\s*(.*?)\s*")
JOB = re.compile(r"\s*(?:@\w+|(?:[\w*/,-]+\s+){4}[\w*/,-]+)\s+(\S.*)")
PATH = "/usr/bin:/bin"  # cron's own
PATIENCE = 5  # seconds for cron's own program


@dataclass(frozen=True, slots=True)
class Job:
    """A command that is started by itself: where that is said, its words, its environment, and what else is said there."""

    place: str
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of a unit

    @property
    def config(self) -> Path:
        """The configuration that it works with; a service has no current folder to find one in."""
        named = [after for word, after in zip(self.argv, self.argv[1:], strict=False) if word == "--config"]
        together = [word.partition("=")[2] for word in self.argv if word.startswith("--config=")]
        return Path((named + together or [self.environ.get(CONFIG) or str(SYSTEM)])[0])

    @property
    def program(self) -> Path | None:
        """The program that it calls; None: there is none."""
        return Path(found) if (found := shutil.which(self.argv[0], path=self.environ.get("PATH"))) else None


def from_words(
    place: str, command: str, environ: Mapping[str, str], **settings: Sequence[str]
) -> Iterator[Job]:
    """Find our program in a command line."""
    try:
        words = shlex.split(command)
    except ValueError:  # a line that is not ours
        return
    for at, word in enumerate(words):
        if word.rpartition("/")[2] == PROGRAM:
            yield Job(place, tuple(words[at:]), environ, settings)
            return


def of_cron(environ: Mapping[str, str]) -> Iterator[Job]:
    """List the jobs of this user's crontab and of the machine's."""
    for place, text in _crontabs(environ):
        given = {"PATH": PATH}
        for line in text.splitlines():
            if setting := SETTING.fullmatch(line):
                given[setting[1]] = setting[2].strip("\"'")
            elif job := JOB.fullmatch(line):
                yield from from_words(place, job[1], dict(given))


def _crontabs(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "your crontab", _own_crontab(environ)
    for place in OF_THE_MACHINE:
        for path in sorted(place.iterdir()) if place.is_dir() else [place]:
            try:
                yield str(path), path.read_text("utf-8", "replace")
            except OSError:  # another's, or none
                continue


def _own_crontab(environ: Mapping[str, str]) -> str:
    lister = shutil.which("crontab", path=environ.get("PATH"))
    try:
        return subprocess.check_output(  # noqa: S603 - cron's own program, without anything of ours
            [lister or "", "-l"], stderr=subprocess.DEVNULL, text=True, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError):  # no cron, or no crontab
        return ""

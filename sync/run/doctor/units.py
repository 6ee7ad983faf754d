"""What this machine starts by itself, out of systemd's units: each service that calls our program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sync.run.doctor.jobs import PROGRAM, Job, from_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDERS = "/etc/systemd/system:/run/systemd/system:/usr/local/lib/systemd/system:/usr/lib/systemd/system"
SETTING = re.compile(r"^([A-Za-z]+)=(.*)$", re.MULTILINE)
PREFIXES = "-@:+!"  # of a command, with a meaning for systemd
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"


def of_systemd(environ: Mapping[str, str]) -> Iterator[Job]:
    """List the services that call our program, by the first file of each name."""
    seen: set[str] = set()
    for folder in folders(environ):
        for path in sorted(folder.glob("*.service")):
            text = _read(path)
            if path.name not in seen and PROGRAM in text:
                yield from _jobs(path, text)
            seen.add(path.name)


def folders(environ: Mapping[str, str]) -> list[Path]:
    """List where units lie, as systemd does."""
    return [Path(name) for name in (environ.get("SYSTEMD_UNIT_PATH") or FOLDERS).split(":") if name]


def is_started(job: Job, environ: Mapping[str, str]) -> bool:
    """Tell whether anything starts a service: itself, a timer or a path unit is enabled."""
    stem = Path(job.place).stem
    starters = {f"{stem}.{kind}" for kind in ("service", "timer", "path")}
    return any(starters & {path.name for path in folder.glob("*.wants/*")} for folder in folders(environ))


def _jobs(path: Path, text: str) -> Iterator[Job]:
    more = [_read(extra) for extra in sorted(Path(f"{path}.d").glob("*.conf"))]
    settings: dict[str, list[str]] = {}
    for name, value in SETTING.findall("\n".join([text, *more]).replace("\\\n", " ")):
        settings.setdefault(name, []).append(value.strip())
        if not value.strip():  # what stood before does not count
            settings[name] = []
    given = dict(
        pair.strip("\"'").partition("=")[::2]
        for line in settings.get("Environment", [])
        for pair in line.split()
    )
    commands = list(dict.fromkeys(settings.pop("ExecStart", [])))
    for command in commands:
        yield from from_words(str(path), command.lstrip(PREFIXES), {"PATH": PATH, **given}, **settings)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""

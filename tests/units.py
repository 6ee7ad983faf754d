"""Service files, read: sections, keys and values of a unit, settings and jobs of a crontab."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from pathlib import Path

CRON = Path(__file__).parent.parent / "cron"
SERVICES = sorted(CRON.glob("*.service"))
STARTERS = sorted([*CRON.glob("*.timer"), *CRON.glob("*.path")])
JOB = re.compile(r"((?:[0-9*/,-]+\s+){5})(\S.*)")
SETTING = re.compile(r"([A-Z_]+)=(.+)")
OTHERS = ("/bin/sleep",)

Unit = dict[str, dict[str, list[str]]]


def unit(path: Path) -> Unit:
    """Read a unit: the values of each key of each section. A line that is neither is an error."""
    found: Unit = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if section := re.fullmatch(r"\[(\w+)\]", line):
            assert section[1] not in found
            found[section[1]] = defaultdict(list)
        elif key := re.fullmatch(r"(\w+)=(.*)", line):
            found[list(found)[-1]][key[1]].append(key[2])
        else:
            assert not line or line.startswith("#"), f"systemd takes this for no line of its own: {line}"
    return found


def crontab() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Read the crontab: its settings, and its jobs as (when, command). Any other line is an error."""
    settings: dict[str, str] = {}
    jobs: list[tuple[str, str]] = []
    for line in (CRON / "crontab").read_text(encoding="utf-8").splitlines():
        if job := JOB.fullmatch(line):
            jobs.append((job[1].strip(), job[2]))
        elif setting := SETTING.fullmatch(line):
            settings[setting[1]] = setting[2]
        else:
            assert not line or line.startswith("#"), f"cron takes this for no line of its own: {line}"
    return settings, jobs


def commands_of(path: Path) -> list[str]:
    """Give what a service calls, other programs apart."""
    return [command for command in unit(path)["Service"]["ExecStart"] if not command.startswith(OTHERS)]


def verbs(path: Path) -> set[str]:
    """Give what the program is told to do by a service."""
    return {" ".join(shlex.split(command)[1:3]).removesuffix(" --config") for command in commands_of(path)}

"""The service files that come with the product -> those that this machine can use, made for one folder, user and program."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sync.run.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = "inventory-sync"
USER = "inventory-sync"  # where root makes a folder: a user who can do nothing else
CRONTAB = "crontab"
HOMES = ("/home", "/root", "/run/user")
PASSING = ("/tmp", "/var/tmp")  # noqa: S108 - a service has its own, so that what lies there is hidden from it
WRITTEN = ("state", "rejects", "drop")
# comments, a crontab's settings, and what systemd reads to the end of the line: no quotes are taken off there
AS_IT_IS = re.compile(r"#|[A-Z_]+=/|LoadCredential=|PathChanged=")
OUR_STATE = re.compile(r"^StateDirectory=.*\nStateDirectoryMode=.*\nReadWritePaths=.*$", re.MULTILINE)
ABOUT_STATE = re.compile(r"^# All that is written to;.*\n", re.MULTILINE)


def service_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Give each service file's name and text, with the absolute `folder` and what lies in it for paths.

    Raises:
        FixSetup: this installation has no service files.
    """
    systemd, cron = has_systemd(), has_cron()
    for source in sorted(shipped("cron").iterdir()):
        if cron or not systemd if source.name == CRONTAB else systemd or not cron:
            yield source.name, _made(source.read_text(encoding="utf-8"), folder)


def has_systemd() -> bool:
    """Tell whether this machine is one of systemd's."""
    return shutil.which("systemctl") is not None


def has_cron() -> bool:
    """Tell whether this machine has a cron that users can give jobs to."""
    return shutil.which(CRONTAB) is not None


def program() -> Path:
    """Name the program as a service would call it: beside this Python, else on the path."""
    beside = Path(sys.executable).parent / PROGRAM
    found = None if beside.exists() else shutil.which(PROGRAM)
    return Path(found).absolute() if found else beside


def user() -> str:
    """Name the user that the services run as: this one, but never root."""
    if os.getuid() == 0:
        return USER
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return str(os.getuid())


def _made(text: str, folder: Path) -> str:
    ours = program()
    paths = {
        f"/opt/inventory-sync/bin/{PROGRAM}": ours,
        "/opt/inventory-sync/bin": ours.parent,
        "/etc/inventory-sync/config.yaml": folder / "inventory-sync.yaml",
        "/etc/inventory-sync/api_key": folder / "api_key",
        "/srv/inventory-sync/drop/inbox": folder / "drop" / "inbox",
        "/srv/inventory-sync/drop": folder / "drop",
    }
    lines = (_with_paths(line, paths) for line in text.splitlines(keepends=True))
    written = " ".join(_quoted(folder / name) for name in WRITTEN)
    text = OUR_STATE.sub(f"ReadWritePaths={written}", ABOUT_STATE.sub("", "".join(lines)))
    return _seen(text.replace("User=inventory-sync", f"User={user()}"), (folder, ours, Path(sys.base_prefix)))


def _seen(text: str, needed: tuple[Path, ...]) -> str:
    """Hide from the service only what it does not need."""
    places = {place for path in needed for place in (path, path.resolve())}
    if any(path.is_relative_to(home) for path in places for home in HOMES):
        text = text.replace("ProtectHome=yes", "ProtectHome=read-only")
    if any(path.is_relative_to(place) for path in places for place in PASSING):
        text = text.replace("PrivateTmp=yes", "PrivateTmp=no")
    return text


def _with_paths(line: str, paths: dict[str, Path]) -> str:
    """Put our paths in the place of the templates', all at once: ours may hold one of those."""
    shown = str if AS_IT_IS.match(line) else _quoted
    return re.sub("|".join(map(re.escape, paths)), lambda found: shown(paths[found[0]]), line)


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)

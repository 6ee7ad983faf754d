"""The service files that come with the product -> the same, made for one folder: its paths, this user, this program."""

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
HOMES = ("/home", "/root", "/run/user")
AS_IT_IS = re.compile(
    r"#|[A-Z_]+=/|LoadCredential="
)  # comments, a crontab's settings: no quotes are taken off there
OUR_STATE = re.compile(r"^StateDirectory=.*\nStateDirectoryMode=.*\nEnvironment=.*$", re.MULTILINE)


def service_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Give each service file's name and text, with the absolute `folder` and what lies in it for paths.

    Raises:
        FixSetup: this installation has no service files.
    """
    binaries = _binaries()
    paths = {
        f"/opt/inventory-sync/bin/{PROGRAM}": binaries / PROGRAM,
        "/opt/inventory-sync/bin": binaries,
        "/etc/inventory-sync/config.yaml": folder / "inventory-sync.yaml",
        "/etc/inventory-sync/api_key": folder / "api_key",
        "/srv/exports": folder / "drop" / "inbox",
    }
    written = " ".join(_quoted(folder / name) for name in ("state", "rejects", "drop"))
    hidden = any(path.is_relative_to(home) for path in (folder, binaries) for home in HOMES)
    for source in sorted(shipped("cron").iterdir()):
        text = source.read_text(encoding="utf-8")
        lines = (_with_paths(line, paths) for line in text.splitlines(keepends=True))
        text = OUR_STATE.sub(f"ReadWritePaths={written}", "".join(lines))
        text = text.replace("User=inventory-sync", f"User={_user()}")
        yield source.name, text.replace("ProtectHome=yes", "ProtectHome=no") if hidden else text


def _with_paths(line: str, paths: dict[str, Path]) -> str:
    for place, path in paths.items():
        line = line.replace(place, str(path) if AS_IT_IS.match(line) else _quoted(path))
    return line


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)


def _binaries() -> Path:
    """Find the folder of the program: beside this Python, else on the path."""
    beside = Path(sys.executable).parent
    found = None if (beside / PROGRAM).exists() else shutil.which(PROGRAM)
    return Path(found).parent.absolute() if found else beside


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return str(os.getuid())

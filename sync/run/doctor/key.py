"""The API key: that there is one, where it comes from, and who else may change its file. It is never shown."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sync.config import api_key
from sync.config.key import FILE, FOLDER, VARIABLE
from sync.errors import FixSetup
from sync.run.doctor.folders import owner
from sync.run.finding import doubtful, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.run.finding import Finding

GROUP_WRITES = 0o020


def is_there(environ: Mapping[str, str]) -> bool:
    """Tell whether there is a key to ask the tenant with."""
    try:
        api_key(environ)
    except FixSetup:
        return False
    return True


def of_services(environ: Mapping[str, str], path: Path | None) -> Mapping[str, str]:
    """Give the environment with the key's file that the services have, where it has no key of its own."""
    own = any(environ.get(name) for name in (FOLDER, FILE, VARIABLE))
    return environ if own or path is None else {**environ, FILE: str(path)}


def key(environ: Mapping[str, str], path: Path | None) -> Iterator[Finding]:
    """Look for the key as a run would; `path`: where the services have theirs."""
    given = of_services(environ, path)
    try:
        _, where = api_key(given)
    except FixSetup as error:
        yield wrong("key", "; ".join(error.problems), "a run ends with exit code 2 until there is one")
        return
    if given is not environ:
        yield fine("key", f"{path}, for the services; for what is typed here: export {FILE}='{path}'")
        return
    more = f"; a file named by {FILE} is seen by fewer" if where == VARIABLE else ""
    found = list(_file(Path(environ[FILE]))) if where.endswith(f"(from {FILE})") else []
    yield from found or [fine("key", f"it comes from {where}{more}")]


def _file(path: Path) -> Iterator[Finding]:
    told = path.stat()
    if told.st_mode & GROUP_WRITES:
        yield doubtful("key", "its file can be changed by a group", f"type: chmod g-w '{path}'")
    if told.st_uid not in {0, os.geteuid()}:
        words = f"its file belongs to {owner(told.st_uid)}, who may change it"
        yield doubtful("key", words, f"type, as root: chown {owner(os.geteuid())} '{path}'")

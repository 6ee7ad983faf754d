"""Options over environment variables over the file over defaults -> Settings, every problem at once."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin

from pydantic import BaseModel

from sync.config import notify, sftp
from sync.config.key import FILE, VARIABLE
from sync.config.settings import Settings
from sync.errors import FixSetup
from sync.yamlfile.document import Document, parse, read, typed
from sync.yamlfile.judge import judge, problems_of
from sync.yamlfile.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.yamlfile.section import Place

CONFIG = "INVENTORY_SYNC_CONFIG"
PREFIX = "INVENTORY_SYNC_"
NOT_SETTINGS = frozenset({CONFIG, FILE, VARIABLE})
HERE = "inventory-sync.yaml"
SYSTEM = Path("/etc/inventory-sync/config.yaml")
HOME_STATE = ".local/state/inventory-sync"
FOLDERS: dict[Place, str] = {
    ("mappings",): "mappings",
    ("state",): "state",
    ("rejects",): "rejects",
    ("watch", "root"): "drop",
}
FILES: tuple[Place, ...] = (
    ("tenant", "ca_file"),
    ("sandbox", "catalogue"),
    ("sandbox", "faults"),
    ("metrics_file",),
    *notify.FILES,
    *sftp.FILES,
)
LANGUAGE: Place = ("language",)  # a path only where it is a file
OPTIONS: dict[str, Place] = {"tenant": ("tenant", "url")}


def load(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> Settings:
    """Put the settings together; an option that is None was not given.

    Raises:
        FixSetup: with every problem, each with file:line:column or the name of the variable or option.
    """
    home = Path(environ.get("HOME") or Path.home())
    path = config_file(options, environ, cwd)
    gathered = _Gathered(home)
    for place, value in _defaults(path, cwd, home):
        gathered.put(place, value, cwd)
    if path:
        written = read(path)
        if not isinstance(written.data, dict):
            judge(written, Settings)  # an override must not hide that the file is none
        gathered.put((), written, path.parent)
    for place, value in _overrides(options, environ):
        gathered.put(place, value, cwd)
    settings, wrong = problems_of(gathered.document, Settings)
    problems = [*map(str, wrong), *_unknown(environ)]
    if settings is None or problems:
        raise FixSetup(*problems)
    return settings


class _Gathered:
    """One document out of several, later ones over earlier ones, all paths absolute."""

    def __init__(self, home: Path) -> None:
        self.document = typed("", "")
        self.document.data = {}
        self._home = home

    def put(self, place: Place, document: Document, base: Path) -> None:
        """Lay a document over what is there; its paths are relative to `base`."""
        self.document.put(place, document)
        for path in (*FOLDERS, *FILES, LANGUAGE, *_named_files(place, document)):
            below = path[len(place) :]
            text = document.text(below) if path[: len(place)] == place else None
            if text and (path != LANGUAGE or text.endswith(".toml")):
                absolute = os.path.normpath(base / self._at_home(text))
                self.document.put(path, Document(absolute, {(): document.entries[below]}))

    def _at_home(self, text: str) -> Path:
        return self._home / text[2:] if text.startswith("~/") else Path(text)


def _named_files(place: Place, document: Document) -> list[Place]:
    """Find the paths that stand below names which a user chose."""
    whole = [(*place, *below) for below in document.entries]
    return [path for path in whole if path[:2] == notify.NAMED_FILES and path[3:] == ("url_file",)]


def config_file(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> Path | None:
    """Find the configuration file: named by option, by variable, here, or the machine's; None: there is none.

    Raises:
        FixSetup: the file that was named is not there.
    """
    for named, by in ((options.get("config"), "--config"), (environ.get(CONFIG), CONFIG)):
        if named:
            path = cwd / str(named)
            if not _is_file(path):
                raise FixSetup(f"{by}: there is no file {path}")
            return path
    return next((path for path in (cwd / HERE, SYSTEM) if _is_file(path)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # it lies in a folder that this user may not look into
        return False


def variables() -> dict[str, tuple[Place, bool]]:
    """List every variable that sets something: its place, and whether it holds a section (as YAML)."""
    return {
        PREFIX + "__".join(map(str, place)).upper(): (place, section)
        for place, section in _settings(Settings, ())
    }


def _settings(model: type[BaseModel], above: Place) -> Iterator[tuple[Place, bool]]:
    for name, field in model.model_fields.items():
        place = (*above, field.alias or name)
        kind: Any = field.annotation
        below = isinstance(kind, type) and issubclass(kind, BaseModel)
        yield place, below or dict in (kind, get_origin(kind))
        if below:
            yield from _settings(kind, place)


def _defaults(path: Path | None, cwd: Path, home: Path) -> Iterator[tuple[Place, Document]]:
    base = path.parent if path else cwd
    for place, name in FOLDERS.items():
        folder = home / HOME_STATE if place == ("state",) and path is None else base / name
        yield place, typed(str(folder), f"the default of {'.'.join(map(str, place))}")


def _overrides(options: Mapping[str, object], environ: Mapping[str, str]) -> Iterator[tuple[Place, Document]]:
    for name, (place, section) in variables().items():
        text = environ.get(name)
        if text:
            yield place, parse(text, name, lines=False) if section else typed(text, name)
    for name, value in options.items():
        if value is not None and name != "config":
            yield OPTIONS.get(name, tuple(name.split("."))), typed(str(value), f"--{name}")


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    known = {*variables(), *NOT_SETTINGS}
    for name in sorted(set(environ) - known):
        if name.startswith(PREFIX):
            near = nearest(name.removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in known])
            yield f"{name}: is no setting" + (f"; did you mean {PREFIX}{near}?" if near else "")

"""The order in which a set-up is examined; what cannot be looked at is a finding too."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sync.config import load
from sync.config.sources import config_file, variables
from sync.errors import FixSetup, InventorySyncError
from sync.run.doctor import (
    disks,
    folders,
    key,
    machine,
    mappings,
    messages,
    records,
    server,
    services,
    tenant,
    watched,
)
from sync.run.finding import doubtful, fine, wrong
from sync.staff.language import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from sync.config import Settings
    from sync.run.finding import Finding

OTHERS_WRITE = 0o002


def examine(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> list[Finding]:
    """Examine the set-up that a command with these options would work with."""
    try:
        settings = load(options, environ, cwd)
        path = config_file(options, environ, cwd)
        table(settings.language)
    except FixSetup as error:
        return [wrong("config", "; ".join(error.problems), "mend that first: the rest depends on it")]
    except OSError as error:  # of the current folder, or of the file itself
        return [wrong("config", f"it cannot be read: {error}", "mend that first: the rest depends on it")]
    found = list(_safely("config", _config(path, environ)))
    for name, checks in _rooms(settings, environ, path):
        found += _safely(name, checks)
    return found


def _rooms(
    settings: Settings, environ: Mapping[str, str], config: Path | None
) -> Iterator[tuple[str, Iterable[Finding]]]:
    """List what is looked at, in order, each with the name for what goes wrong in looking."""
    yield "state", folders.state(settings.state)
    yield "rejects", folders.folder("rejects", settings.rejects)
    yield "drop", watched.drop(settings)
    yield server.NAME, server.server(settings)
    yield "disk", disks.disks(settings)
    yield "ledger", records.ledger(settings)
    yield "lock", records.at_work(settings.state)
    yield "mappings", mappings.mappings(settings)
    yield "machine", machine.machine(settings)
    yield "messages", messages.messages(settings)
    yield "services", services.services(settings, environ, config)
    if settings.is_sandbox:
        yield "tenant", tenant.sandbox(settings, environ)
    else:
        yield "network", machine.network(environ)
        path = services.key_file(environ, config)
        yield "key", key.key(environ, path)
        yield "tenant", _tenant(settings, key.of_services(environ, path))


def _tenant(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Ask the tenant, unless there is no key to ask with; without an address that is what is said."""
    if settings.tenant.url is None or key.is_there(environ):
        yield from tenant.tenant(settings, environ)


def _config(path: Path | None, environ: Mapping[str, str]) -> Iterator[Finding]:
    over = sorted(name for name in variables() if environ.get(name))
    yield fine(
        "config",
        (f"{path}" if path else "no file: all defaults")
        + (f", and over it {', '.join(over)}" if over else ""),
    )
    if path and path.stat().st_mode & OTHERS_WRITE:
        words = f"every user of this machine may change {path}, and with it where rows and key go"
        yield doubtful("config", words, f"type: chmod o-w '{path}'")


def _safely(name: str, checks: Iterable[Finding]) -> Iterator[Finding]:
    """Give what checks find; what keeps them from looking is found too."""
    try:
        yield from checks
    except InventorySyncError as error:
        yield wrong(name, "; ".join(error.problems), "mend what it says")
    except (OSError, ValueError) as error:
        place = ""
        with suppress(AttributeError):
            place = f"{error.filename}: " if error.filename else ""  # type: ignore[union-attr] # ValueError has none
        words = getattr(error, "strerror", None) or str(error)
        yield wrong(name, f"{place}it cannot be looked at: {words}", "look at its owner and its mode")

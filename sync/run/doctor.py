"""The set-up, examined point by point, from the file of settings to the tenant's answer; nothing is changed by it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sync.config import api_key, load, network_filesystem
from sync.config.sources import config_file, variables
from sync.errors import FixSetup
from sync.ledger import lock, runs
from sync.mapping.folder import load_all
from sync.run import preflight
from sync.run.finding import Finding, doubtful, fine, wrong
from sync.run.lookups import LEDGER, open_ledger
from sync.run.tenant import SANDBOX_STORE, fault_plan
from sync.sandbox.catalogue import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sync.config import Settings

OTHERS = 0o007
NOT_USED = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSLKEYLOGFILE",
    "NETRC",
)
WORK_IN = os.R_OK | os.W_OK | os.X_OK
INBOXES = ("inbox", "processed", "held", "failed", "rejects")


def examine(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> list[Finding]:
    """Examine the set-up that a command with these options would work with."""
    try:
        settings = load(options, environ, cwd)
    except FixSetup as error:
        return [wrong("config", "; ".join(error.problems), "mend that first: the rest depends on it")]
    return [_config(options, environ, cwd), *_here(settings), *_there(settings, environ)]


def _config(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> Finding:
    path = config_file(options, environ, cwd)
    over = sorted(name for name in variables() if environ.get(name))
    return fine(
        "config",
        (f"{path}" if path else "no file: all defaults")
        + (f", and over it {', '.join(over)}" if over else ""),
    )


def _here(settings: Settings) -> Iterator[Finding]:
    """Examine what lies on this machine."""
    state = _state(settings.state)
    yield state
    yield _folder("rejects", settings.rejects)
    yield _drop(settings.watch.root)
    if state.state != "fail":
        yield _ledger(settings)
        yield _lock(settings.state)
    yield _mappings(settings.mappings)


def _state(folder: Path) -> Finding:
    network = network_filesystem(folder)
    if network:
        return wrong(
            "state",
            f"{folder} lies on a network file system ({network}), where the ledger is not safe",
            "set state to a folder on a local disk",
        )
    found = _folder("state", folder)
    if found.state == "ok" and _is_there(folder) and folder.stat().st_mode & OTHERS:
        return doubtful(
            "state", f"{folder} is open to every user of this machine", f"type: chmod o-rwx '{folder}'"
        )
    return found


def _folder(name: str, folder: Path) -> Finding:
    """Examine a folder that is written to."""
    there = next(place for place in (folder, *folder.parents) if _is_there(place))
    if not there.is_dir():
        return wrong(name, f"{there} is a file, not a folder", f"name another folder, or move {there} away")
    if not os.access(there, WORK_IN):
        missing = "" if there == folder else f"{folder} is not there and cannot be made: "
        words = f"{missing}{there} cannot be written to by this user"
        return wrong(name, words, "give it to the user that runs this, or name another")
    return fine(name, f"{folder}" if there == folder else f"{folder} is not there yet and will be made")


def _is_there(path: Path) -> bool:
    return os.access(path, os.F_OK)  # unlike exists(), no error where this user may not look


def _drop(root: Path) -> Finding:
    folders = [root / name for name in INBOXES if _is_there(root / name)]
    if not folders:
        return fine("drop", f"{root} is not in use")
    found = [_folder("drop", folder) for folder in folders]
    return next((one for one in found if one.state != "ok"), fine("drop", f"{root}"))


def _ledger(settings: Settings) -> Finding:
    path = settings.state / LEDGER
    remedy = "mend what it says, or restore the state folder from a backup; the ledger is never to be deleted: it knows what was sent"
    try:
        with open_ledger(settings) as ledger:
            if ledger is None:
                return fine("ledger", "there is none yet: nothing was run here")
            damage = ledger.damage()
            pending = len(runs.unsettled(ledger))
    except FixSetup as error:
        return wrong("ledger", "; ".join(error.problems), remedy)
    if damage:
        return wrong("ledger", f"{path} is damaged: {damage}", remedy)
    if pending:
        return doubtful(
            "ledger", f"{path} is sound; runs with pending rows: {pending}", "type: inventory-sync resume"
        )
    return fine("ledger", f"{path} is sound, and nothing is pending")


def _lock(state: Path) -> Finding:
    holder = lock.holder(state)
    if holder is None:
        return fine("lock", "no run is at work")
    return doubtful(
        "lock",
        f"another run is at work (process {holder})",
        "let it end; a killed run gives the lock back by itself",
    )


def _mappings(folder: Path) -> Finding:
    try:
        found = load_all(folder)
    except FixSetup as error:
        return wrong(
            "mappings",
            "; ".join(error.problems),
            "mend the file as it says; type: inventory-sync mapping check",
        )
    if not found:
        return doubtful(
            "mappings", f"{folder} has no mapping", "draft one: inventory-sync mapping guess FILE"
        )
    return fine("mappings", f"{len(found)} in {folder}: {', '.join(mapping.name for mapping in found)}")


def _there(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Examine key and tenant."""
    if settings.is_sandbox:
        yield from _sandbox(settings, environ)
        return
    yield from _network(environ)
    key = _key(environ)
    yield key
    if key.state == "ok" or settings.tenant.url is None:
        yield from _tenant(settings, environ)


def _network(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Name what of the environment other programs would use, and this one does not."""
    unused = [name for name in NOT_USED if environ.get(name) or environ.get(name.lower())]
    words = f"set, and not used: {', '.join(unused)}; the tenant is always asked directly"
    if any(name.endswith("PROXY") for name in unused):
        remedy = "where a proxy is the only way out, ask for a route to the tenant"
        yield doubtful("network", words, remedy)
    elif unused:
        yield fine("network", f"{words}; a private certificate's authority is named in tenant.ca_file")


def _key(environ: Mapping[str, str]) -> Finding:
    try:
        _, where = api_key(environ)
    except FixSetup as error:
        return wrong("key", "; ".join(error.problems), "a run ends with exit code 2 until there is one")
    return fine("key", f"it comes from {where}")


def _tenant(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    try:
        yield from preflight.ask(settings, environ)
    except FixSetup as error:
        yield wrong("tenant", "; ".join(error.problems), "mend what it says; nothing can be sent until then")


def _sandbox(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    yield fine("key", "the sandbox needs none")
    try:
        if settings.sandbox.catalogue:
            read_catalogue(settings.sandbox.catalogue)
        fault_plan(settings.sandbox.faults)
    except (FixSetup, ValueError, OSError) as error:
        yield wrong("catalogue", str(error), "mend what the settings name under sandbox")
        return
    yield fine("catalogue", f"{settings.sandbox.catalogue or 'none: every location and SKU exists'}")
    if settings.sandbox.faults:
        yield doubtful(
            "faults",
            f"the sandbox misbehaves as {settings.sandbox.faults} says",
            "take sandbox.faults out when the rehearsal is over",
        )
    if _is_there(settings.state / SANDBOX_STORE):
        yield next(_tenant(settings, environ))
    else:
        yield fine("tenant", "the sandbox, not used yet: it needs nothing")

"""This machine: how many files may be open, whose clock it goes by, which extras are there, what of the environment is not used."""

from __future__ import annotations

import importlib.util
import os
import resource
import time
from typing import TYPE_CHECKING

from sync.run.doctor.folders import is_there
from sync.run.finding import doubtful, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.config import Settings
    from sync.run.finding import Finding

ENOUGH = 128  # open files; workers, ledger and send lists take less than half of it
SUFFIX = ".prom"
NOT_USED = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSLKEYLOGFILE",
    "NETRC",
)


def machine(settings: Settings) -> Iterator[Finding]:
    """Examine what every run needs of this machine."""
    yield _limits(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    yield _timezone(settings)
    yield from _extras(settings)
    if settings.metrics_file:
        yield from _metrics(settings)


def _limits(files: int) -> Finding:
    if files != resource.RLIM_INFINITY and files < ENOUGH:
        words = f"a process of this user may open {files} files only"
        return doubtful("limits", words, f"raise it: ulimit -n {ENOUGH * 8}, or LimitNOFILE= in the service")
    return fine("limits", f"open files: {'any number' if files == resource.RLIM_INFINITY else files}")


def _timezone(settings: Settings) -> Finding:
    here = f"{time.strftime('%Z (%z)')}, now {time.strftime('%H:%M')}"
    if settings.timezone is None:
        return fine("timezone", f"the machine's: {here}; timezone in the configuration sets another")
    return fine("timezone", f"{settings.timezone}; the machine's own, for cron and timers, is {here}")


def _extras(settings: Settings) -> Iterator[Finding]:
    """Find the libraries that are needed for what is configured alone."""
    asked = {
        "paramiko": ("sftp", "watch.sftp", settings.watch.sftp.in_use),
        "apprise": (
            "notify",
            "notify.apprise",
            bool(settings.notify.apprise or settings.notify.apprise_file),
        ),
    }
    for library, (extra, key, in_use) in asked.items():
        if in_use and importlib.util.find_spec(library) is None:
            words = f"{key} is configured, and {library} is not installed"
            yield wrong("extras", words, f"type: pip install 'inventory-sync[{extra}]'")
    if importlib.util.find_spec("watchfiles") is None:
        words = f"watchfiles is not installed: `watch` looks every {settings.watch.poll:g} s instead of being woken"
        yield fine("extras", words)


def _metrics(settings: Settings) -> Iterator[Finding]:
    path = settings.metrics_file
    assert path  # noqa: S101 - asked before
    folder = path.parent
    if not is_there(folder) or not os.access(folder, os.W_OK | os.X_OK):
        words = f"metrics_file: {folder} is not there, or this user may not write there"
        yield wrong("metrics", words, "make it, and give it to the user that runs this")
    elif path.suffix != SUFFIX:
        words = (
            f"metrics_file: {path.name} does not end in {SUFFIX}: Prometheus's node exporter reads no other"
        )
        yield doubtful("metrics", words, f"name it {path.stem}{SUFFIX}")
    else:
        yield fine("metrics", f"{path}")


def network(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Name what of the environment other programs would use, and this one does not."""
    unused = [name for name in NOT_USED if environ.get(name) or environ.get(name.lower())]
    words = f"set, and not used: {', '.join(unused)}; the tenant is always asked directly"
    if any(name.endswith("PROXY") for name in unused):
        remedy = "where a proxy is the only way out, ask for a route to the tenant"
        yield doubtful("network", words, remedy)
    elif unused:
        yield fine("network", f"{words}; a private certificate's authority is named in tenant.ca_file")

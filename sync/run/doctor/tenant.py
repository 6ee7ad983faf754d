"""The tenant, asked for one record, and this machine's clock by its answer; or the sandbox, looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import FixSetup
from sync.run import preflight
from sync.run.doctor.folders import is_there
from sync.run.finding import doubtful, fine, wrong
from sync.run.tenant import SANDBOX_STORE, fault_plan
from sync.sandbox.catalogue import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.config import Settings
    from sync.run.finding import Finding


def tenant(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Ask the tenant."""
    try:
        yield from preflight.ask(settings, environ)
    except FixSetup as error:
        yield wrong("tenant", "; ".join(error.problems), "mend what it says; nothing can be sent until then")


def sandbox(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the sandbox."""
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
    if is_there(settings.state / SANDBOX_STORE):
        yield next(tenant(settings, environ))
    else:
        yield fine("tenant", "the sandbox, not used yet: it needs nothing")

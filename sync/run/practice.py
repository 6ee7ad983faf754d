"""The sandbox by itself: on a port for other programs to practise against, and made empty again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync import interrupts
from sync.errors import FixSetup
from sync.ledger import lock, runs
from sync.run.lookups import open_ledger
from sync.run.statefolder import prepare_state
from sync.run.tenant import SANDBOX_STORE, fault_plan, open_store
from sync.sandbox.journal import Journal
from sync.sandbox.keys import AnyKey, read_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sync.config import Settings
    from sync.sandbox.access import Key


def with_rules(settings: Settings, *, catalogue: Path | None, faults: Path | None) -> Settings:
    """Put what a command says about the sandbox over what the settings say."""
    given = {name: path for name, path in (("catalogue", catalogue), ("faults", faults)) if path}
    return settings.model_copy(update={"sandbox": settings.sandbox.model_copy(update=given)})


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How the sandbox is served."""

    port: int
    keys: Path | None = None
    seed: int = 0
    log: Path | None = None
    log_rows: bool = False


def serve(settings: Settings, rehearsal: Rehearsal, *, ready: Callable[[str], None]) -> None:
    """Serve the sandbox on a port of this machine until interrupted; `ready` is told the address.

    Raises:
        FixSetup: the port cannot be had, or a file of the sandbox is wrong.
    """
    from sync.sandbox import serve as serving  # noqa: PLC0415 - uvicorn is for serving alone

    faults = settings.sandbox.faults
    plan = fault_plan(faults, wire=True) if faults else None
    known = _keys(rehearsal.keys) if rehearsal.keys else AnyKey()
    prepare_state(settings.state)
    with (
        suppress(KeyboardInterrupt),  # the way to stop it, also before it has begun
        open_store(settings) as store,
        _journal(rehearsal) as journal,
    ):
        interrupts.raise_instead()
        try:
            serving.serve(
                store,
                port=rehearsal.port,
                manner=serving.Manner(known, plan, rehearsal.seed, journal),
                ready=lambda taken: ready(f"http://127.0.0.1:{taken}"),
            )
        except OSError as error:
            raise FixSetup(
                f"the sandbox cannot be served on port {rehearsal.port}: {error.strerror};"
                " give another one with --port (0: a free one)"
            ) from None


def _journal(rehearsal: Rehearsal) -> Journal:
    try:
        return Journal(rehearsal.log, rows=rehearsal.log_rows)
    except (ValueError, KeyError, TypeError) as error:
        raise FixSetup(f"{rehearsal.log} is no log of a sandbox; name another file") from error
    except OSError as error:
        raise FixSetup(f"{rehearsal.log} cannot be used for the log: {error.strerror}") from None


def _keys(path: Path) -> dict[str, Key]:
    try:
        return read_keys(path)
    except (ValueError, OSError) as error:
        raise FixSetup(*str(error).splitlines()) from None


def reset(settings: Settings) -> list[str]:
    """Empty the sandbox; give what to tell about it.

    Raises:
        TryLater: a run is at work.
    """
    prepare_state(settings.state)
    with lock.hold(settings.state), open_store(settings) as store, open_ledger(settings) as ledger:
        orphans = runs.unsettled(ledger, f"sandbox:{store.identity}") if ledger else []
        store.reset()
    told = [
        f"the sandbox in {settings.state / SANDBOX_STORE} is empty; it is another tenant now, to which nothing was ever sent"
    ]
    return told + [
        f"the pending rows of {run.run} were for the former one; end them with: inventory-sync discard {run.run}"
        for run in orphans
    ]

"""The sandbox by itself: on a port for other programs to practise against, and made empty again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sync import interrupts
from sync.errors import FixSetup
from sync.ledger import lock, runs
from sync.run.desk import prepare_state
from sync.run.lookups import open_ledger
from sync.run.tenant import SANDBOX_STORE, fault_plan, open_store
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


def serve(settings: Settings, *, port: int, keys: Path | None = None, ready: Callable[[str], None]) -> None:
    """Serve the sandbox on a port of this machine until interrupted; `ready` is told the address.

    Raises:
        FixSetup: the port cannot be had, or a file of the sandbox is wrong.
    """
    from sync.sandbox.serve import serve as serve_store  # noqa: PLC0415 - uvicorn is for serving alone

    plan = fault_plan(settings.sandbox.faults)
    known = _keys(keys) if keys else AnyKey()
    prepare_state(settings.state)
    with (
        suppress(KeyboardInterrupt),
        open_store(settings) as store,
    ):  # the way to stop it, also before it has begun
        interrupts.raise_instead()
        try:
            serve_store(
                store,
                port=port,
                keys=known,
                plan=plan,
                ready=lambda taken: ready(f"http://127.0.0.1:{taken}"),
            )
        except OSError as error:
            raise FixSetup(
                f"the sandbox cannot be served on port {port}: {error.strerror}; give another one with --port (0: a free one)"
            ) from None


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

"""The command line as a process of its own, in a folder and under limits that a test says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.desks import KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desks import Desk

STRACE = shutil.which("strace")
UNSHARE = shutil.which("unshare")
PATIENCE = 60.0


def command(desk: Desk, *arguments: str | Path) -> list[str]:
    """Write a command down for a process."""
    config = str(desk.folder / "inventory-sync.yaml")
    return [sys.executable, "-m", "sync", str(arguments[0]), "--config", config, *map(str, arguments[1:])]


def started(desk: Desk, *arguments: str | Path, **more: Any) -> subprocess.Popen[bytes]:
    """Start a command; `more` is for Popen."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    environ = os.environ | {"INVENTORY_SYNC_API_KEY": KEY}
    return subprocess.Popen(command(desk, *arguments), **{**pipes, "env": environ, **more})


def ended(
    desk: Desk,
    *arguments: str | Path,
    limits: Callable[[], None] | None = None,
    under: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, under limits that it sets itself first, or under another program."""
    return subprocess.run(
        [*under, *command(desk, *arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env=os.environ | {"INVENTORY_SYNC_API_KEY": KEY},
        preexec_fn=limits,
    )


def allowed(program: str | None, *arguments: str) -> bool:
    """Tell whether a program is there and may do this here."""
    if program is None:
        return False
    tried = subprocess.run([program, *arguments, "true"], capture_output=True, check=False)
    return tried.returncode == 0

"""A folder that init has made, examined: what doctor finds there, on a machine on which nothing of ours is installed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sync.run.doctor import examine

if TYPE_CHECKING:
    from pathlib import Path

    from sync.run.finding import Finding

CONFIG = "inventory-sync.yaml"
KEY = "INVENTORY_SYNC_API_KEY"
NOWHERE = {"SYSTEMD_UNIT_PATH": "/nonexistent", "PATH": "/nonexistent"}


def findings(folder: Path, environ: dict[str, str] | None = None, **options: str) -> list[Finding]:
    """Examine a folder; whatever is not right has a remedy."""
    found = examine(options, {"HOME": str(folder), **NOWHERE, **(environ or {})}, folder)
    assert all(one.remedy for one in found if one.state != "ok")
    return found


def states(folder: Path, environ: dict[str, str] | None = None, **options: str) -> dict[str, str]:
    """Examine a folder: the state of each point, of several of one name the last."""
    return {one.name: one.state for one in findings(folder, environ, **options)}


def about(folder: Path, name: str, environ: dict[str, str] | None = None, **options: str) -> str:
    """Examine a folder: what is not right with one point, state, words and remedy in one text; "" if all is well."""
    found = [one for one in findings(folder, environ, **options) if one.name == name]
    assert found, f"doctor says nothing of {name}"
    return "\n".join(f"{one.state}: {one.words} -> {one.remedy}" for one in found if one.state != "ok")


def rewrite(folder: Path, **settings: Any) -> None:
    """Write the configuration."""
    (folder / CONFIG).write_text(json.dumps(settings))

"""The commands that read the tenant's stock: list, get, export."""

from __future__ import annotations

import click

from sync.cli import common


@click.group()
@common.shared
def stock() -> None:
    """Read what stock the tenant holds now."""

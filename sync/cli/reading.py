"""The command that shows what the loader sees: read."""

from __future__ import annotations

import click

from sync.cli import common


@click.command()
@common.shared
def read() -> None:
    """Show what the loader sees in a file."""

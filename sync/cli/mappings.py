"""The commands about mappings: check, list, schema."""

from __future__ import annotations

import click

from sync.cli import common


@click.group()
@common.shared
def mapping() -> None:
    """Look at mappings: what each says about a kind of file."""

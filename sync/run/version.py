"""The version of the program, as it stands in the ledger beside each run."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def program() -> str:
    """Give the version that is installed; "" where the program runs from its sources alone."""
    try:
        return version("inventory-sync")
    except PackageNotFoundError:
        return ""

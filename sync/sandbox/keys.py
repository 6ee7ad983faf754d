"""Which API keys exist: a CSV file with the header `key,scopes,expires_at`; without one, any key does.

    key,scopes,expires_at
    practice-key,integrations.inventory.read integrations.inventory.write,2027-01-01T00:00+03:00

Scopes stand apart by spaces; no scopes: everything. No moment: for ever; a moment without a zone is UTC.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sync.sandbox.access import Key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = ["key", "scopes", "expires_at"]


class AnyKey(Mapping[str, Key]):
    """Every key exists and may do everything, as long as it is not empty."""

    def __getitem__(self, key: str) -> Key:
        if not key.strip():
            raise KeyError(key)
        return Key()

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def read_keys(path: Path) -> dict[str, Key]:
    """Read the file; ValueError names every line that is wrong, and no key."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [[cell.strip() for cell in row] for row in csv.reader(file)]
    if not lines or lines[0] != HEADER:
        raise ValueError(f"{path}:1: the header must be {','.join(HEADER)}")
    keys: dict[str, Key] = {}
    problems = []
    for number, cells in enumerate(lines[1:], start=2):
        if any(cells):
            try:
                keys.update([_key(cells)])
            except ValueError as problem:
                problems.append(f"{path}:{number}: {problem}")
    if problems:
        raise ValueError("\n".join(problems))
    return keys


def _key(cells: list[str]) -> tuple[str, Key]:
    if not cells[0] or len(cells) > len(HEADER):
        raise ValueError(
            "expected a key, its scopes and the moment that it expires; the last two may be empty"
        )
    _, scopes, expires_at = (*cells, "", "")[: len(HEADER)]
    moment = datetime.fromisoformat(expires_at) if expires_at else None
    if moment and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return cells[0], Key(tuple(scopes.split()) or Key().scopes, moment)

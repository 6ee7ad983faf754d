"""Files changed at random: a bounded sample of what `make mutate` does with ten thousand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.mutations import Mutant, examine, mutants, seeds

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", seeds())
def test_every_kind_is_read_before_it_is_changed(tmp_path: Path, kind: str) -> None:
    """What is changed at random is a file that would be read."""
    mutant = Mutant(kind, seeds()[kind])
    path = tmp_path / mutant.name
    path.write_bytes(mutant.content)
    assert examine(path, tmp_path) == "read"


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_file_is_read_or_set_aside_and_no_line_is_lost(tmp_path: Path, seed: int) -> None:
    """No other exception, the law of rows holds, and every line of a text is accounted for; both outcomes occur."""
    outcomes: Counter[str] = Counter()
    for mutant in mutants(seed, 25):
        path = tmp_path / mutant.name
        path.write_bytes(mutant.content)
        outcomes[examine(path, tmp_path)] += 1
    assert set(outcomes) == {"read", "set aside"}

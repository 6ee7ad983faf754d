"""A send list walked location by location: every wanted row once, whatever the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sync import staging
from sync.run import bylocation
from sync.run.bylocation import by_location
from sync.run.positions import Positions

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RANGES = st.lists(st.integers(0, 40), max_size=8, unique=True).map(
    lambda ends: list(zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False))
)


def write(folder: Path, places: list[str], *, block: int = 7) -> staging.Reader:
    """Write a send list of one row a place, in blocks."""
    (folder / "send").unlink(missing_ok=True)
    with staging.Writer(folder / "send") as writer:
        for start in range(0, len(places), block):
            codes = places[start : start + block]
            at = np.arange(start, start + len(codes))
            skus = pa.array([f"S{each}" for each in at])
            columns = {"sku_code": skus, "quantity": at * 3, "row": at + 2}
            writer.add({"location_code": pa.array(codes), **columns})
    return staging.Reader(folder / "send")


@given(
    places=st.lists(st.sampled_from("ABCDE"), max_size=40),
    ranges=RANGES,
    left_out=st.sets(st.integers(0, 39)),
)
def test_every_wanted_row_comes_once_with_its_location(
    tmp_path_factory: pytest.TempPathFactory,
    places: list[str],
    ranges: list[tuple[int, int]],
    left_out: set[int],
) -> None:
    """However the rows lie and whatever is wanted of them: all of a location at once, in the file's order."""
    wanted = {at for first, end in ranges for at in range(first, min(end, len(places)))} - left_out
    reader = write(tmp_path_factory.mktemp("send"), places)
    parts = list(by_location(reader, Positions(ranges, sorted(left_out))))
    assert [part.location for part in parts] == list(dict.fromkeys(places[at] for at in sorted(wanted)))
    for part in parts:
        expected = [at for at in sorted(wanted) if places[at] == part.location]
        assert part.positions.tolist() == expected
        assert (part.quantities, part.rows) == ([at * 3 for at in expected], [at + 2 for at in expected])
        assert part.skus == [f"S{at}" for at in expected]


def test_a_walk_collects_some_locations_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in memory at once is a few locations; one that is larger than that goes alone."""
    monkeypatch.setattr(bylocation, "ROWS", 4)
    collected: list[int] = []
    real = bylocation._collected

    def counting(*asked: object) -> object:
        found = list(real(*asked))  # type: ignore[arg-type]  # handed on as they came
        collected.append(sum(len(part.skus) for part in found))
        return iter(found)

    monkeypatch.setattr(bylocation, "_collected", counting)
    reader = write(tmp_path, list("ABABCCCCCCD"))
    assert len(list(by_location(reader, Positions([(0, 11)])))) == 4
    assert collected == [4, 6, 1]


def test_an_empty_list_has_no_location(tmp_path: Path) -> None:
    """A run of which nothing goes has nothing to read back."""
    assert list(by_location(staging.Reader(tmp_path / "send"), Positions([(0, 0)]))) == []

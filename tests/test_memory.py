"""The memory: what was sent last for a pair, whatever the order, and however often its files are folded or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import pairs
from sync.memory import segments
from sync.memory.entries import NONE, Entries, newest, recall

if TYPE_CHECKING:
    from pathlib import Path

    from sync.memory.entries import Identity

WORDS = st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3))  # pair, as-of, seq


def identity(codes: list[int]) -> Identity:
    """Give some pairs by number; 0 and 1 share the first half of their hash."""
    halves = np.array(codes, dtype=np.uint64)
    return np.where(halves == 1, np.uint64(0), halves), halves


def entries(rows: list[tuple[int, int, int]], known: int = NONE) -> Entries:
    """Make entries, all acknowledged or none."""
    codes, as_of, seq = (np.array([row[at] for row in rows], dtype=np.int64) for at in range(3))
    shown = np.full(len(rows), known, dtype=np.int64)
    none = np.full(len(rows), NONE, dtype=np.int64)
    return Entries(
        *identity(codes.tolist()), as_of, seq, shown, *((none, none) if known == NONE else (as_of, seq))
    )


@given(st.lists(st.lists(WORDS, max_size=8), max_size=4))
def test_the_newest_of_a_pair_is_told_whatever_holds_it(sources: list[list[tuple[int, int, int]]]) -> None:
    """By as-of, then by the order of taking; folded or not, a question has the same answer."""
    apart = [newest([entries(rows)]) for rows in sources if rows]
    rows = [row for rows in sources for row in rows]
    asked = identity([5, 0, 3, 1, 2, 4, 0])
    told = recall(asked, apart)
    best = {pair: max(row[1:] for row in rows if row[0] == pair) for pair in {row[0] for row in rows}}
    expected = [best.get(pair, (NONE, NONE)) for pair in (5, 0, 3, 1, 2, 4, 0)]
    assert list(zip(told.as_of.tolist(), told.seq.tolist(), strict=True)) == expected
    folded = recall(asked, [newest(apart)] if apart else [])
    assert folded.seq.tolist() == told.seq.tolist()


def test_a_newer_value_without_an_answer_hides_that_the_older_one_was_taken() -> None:
    """The tenant may hold either: `acknowledged` is only said of the newest."""
    (told,) = [newest([entries([(1, 5, 1)], known=7), entries([(1, 6, 2)])])]
    assert (told.known.tolist(), told.seq.tolist()) == ([7], [2])
    assert told.acknowledged().tolist() == [False]
    assert newest([entries([(1, 5, 1)], known=7)]).acknowledged().tolist() == [True]


def test_equal_as_of_the_later_taken_wins() -> None:
    """The same row is older than a run taken later, and newer than one taken before."""
    told = entries([(1, 5, 2)])
    assert [bool(told.newer_than(5, seq)[0]) for seq in (1, 2, 3)] == [True, False, False]
    assert bool(told.newer_than(4, 9)[0])


def test_pairs_are_told_apart_as_they_are_spelt() -> None:
    """Location and SKU changed round, other letters, a moved border: other pairs."""
    spelt = [("A", "B"), ("B", "A"), ("a", "B"), ("A", "B "), ("AB", ""), ("", "AB"), ("A", "B\u0301")]
    high, low = pairs.identity(*(pa.array(codes) for codes in zip(*spelt, strict=True)))
    assert len(set(high.tolist())) == len(set(low.tolist())) == len(spelt)
    again = pairs.identity(pa.array(["B", "A"]), pa.array(["A", "B"]))
    assert again[0].tolist() == [high[1], high[0]]


def test_many_pairs_are_folded_in_parts_and_none_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is larger than one part is sorted and written part by part, in order."""
    monkeypatch.setattr(segments, "BLOCK", 50)
    codes = [pa.array([f"{word}{at}" for at in range(400)]) for word in "LS"]
    high, low = pairs.identity(*codes)
    none = np.full(400, NONE, dtype=np.int64)
    count = np.arange(400, dtype=np.int64)
    parts = [newest([Entries(high[at::2], low[at::2], count[at::2], *([none[at::2]] * 4))]) for at in (0, 1)]
    assert segments.write(tmp_path / "s", segments.merge([(part,) for part in parts])) == 400
    blocks = segments.read(tmp_path / "s")
    assert len(blocks) > 4
    assert np.all(np.diff(np.concatenate([block.high for block in blocks]).astype(float)) >= 0)
    assert recall((high, low), blocks).as_of.tolist() == count.tolist()


@pytest.mark.parametrize("spoil", [lambda data: data[:-50], lambda data: data[:100], lambda _: b""])
def test_a_damaged_segment_is_known_for_one(tmp_path: Path, spoil: object) -> None:
    """It is made anew, never half believed."""
    path = tmp_path / "s"
    segments.write(path, [newest([entries([(1, 5, 1)])])])
    assert callable(spoil)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(segments.UnusableError):
        segments.read(path)


def test_another_way_of_hashing_makes_a_segment_unusable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that hashes in another way would make us forget in silence."""
    segments.write(tmp_path / "s", [newest([entries([(1, 5, 1)])])])
    monkeypatch.setattr(pairs, "HASH_KEYS", ("0123456789123456", "another-way-16ch"))
    with pytest.raises(segments.UnusableError, match="hashing"):
        segments.read(tmp_path / "s")

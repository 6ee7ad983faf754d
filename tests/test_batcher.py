"""The batcher loses, adds and reorders nothing, and keeps within its bounds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sync.batcher import cuts

SIZES = st.lists(st.integers(1, 50), max_size=60)


def sizes_of(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


@given(SIZES, st.integers(1, 9), st.integers(1, 120), st.integers(0, 70))
def test_ranges_join_to_the_rows_from_start_on(
    sizes: list[int], rows_max: int, bytes_max: int, start: int
) -> None:
    """Every row from `start` on stands in exactly one range, in its order."""
    ranges = list(cuts(sizes_of(sizes), None, rows_max=rows_max, bytes_max=bytes_max, start=start))
    assert [row for one in ranges for row in range(*one)] == list(range(start, len(sizes)))


@given(SIZES, st.integers(1, 9), st.integers(1, 120))
def test_ranges_keep_both_bounds(sizes: list[int], rows_max: int, bytes_max: int) -> None:
    """No range is over a bound, but for a single row that is too large by itself."""
    for start, stop in cuts(sizes_of(sizes), None, rows_max=rows_max, bytes_max=bytes_max):
        assert 1 <= stop - start <= rows_max
        assert stop - start == 1 or sum(sizes[start:stop]) <= bytes_max


@given(SIZES, st.integers(1, 9), st.integers(1, 120))
def test_ranges_are_as_long_as_the_bounds_allow(sizes: list[int], rows_max: int, bytes_max: int) -> None:
    """One more row would break a bound: no request is wasted."""
    for start, stop in cuts(sizes_of(sizes), None, rows_max=rows_max, bytes_max=bytes_max):
        full = stop - start == rows_max or stop == len(sizes)
        assert full or sum(sizes[start : stop + 1]) > bytes_max


@given(st.lists(st.integers(0, 1), max_size=40), st.integers(1, 9))
def test_no_range_spans_a_change_of_rank(ranks: list[int], rows_max: int) -> None:
    """Pairs that differ only by case never share a body, and still nothing is lost."""
    sizes = np.ones(len(ranks), dtype=np.int64)
    ranges = list(cuts(sizes, np.array(ranks, dtype=np.int8), rows_max=rows_max, bytes_max=100))
    assert all(len(set(ranks[start:stop])) == 1 for start, stop in ranges)
    assert [row for one in ranges for row in range(*one)] == list(range(len(ranks)))


def test_a_row_over_the_bound_goes_alone() -> None:
    """A row larger than a body may be is not lost but sent by itself."""
    assert list(cuts(sizes_of([1, 99, 1]), None, rows_max=10, bytes_max=10)) == [(0, 1), (1, 2), (2, 3)]


def test_bounds_of_nothing_still_move_on() -> None:
    """Bounds that allow no row at all end in single rows, not in an endless loop."""
    assert list(cuts(sizes_of([5, 5]), None, rows_max=0, bytes_max=0)) == [(0, 1), (1, 2)]

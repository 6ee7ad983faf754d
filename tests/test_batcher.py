"""The batcher loses, adds and reorders nothing, and keeps within its bounds."""

import json

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.batcher import cuts, row_bytes

SIZES = st.lists(st.integers(1, 50), max_size=60)
CODES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=8)
LONGEST_QUANTITY = 2_147_483_647


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


@settings(deadline=None)  # pyarrow imports pandas at its first value
@given(CODES, st.integers(0, LONGEST_QUANTITY))
def test_a_row_is_never_larger_than_measured(codes: list[str], quantity: int) -> None:
    """What JSON makes of a row, comma included, fits into its measure."""
    names = {"location_code": "Dépôt", "quantity": "q"}
    measured = row_bytes(pa.array(codes), pa.array(codes), names=names)
    for code, size in zip(codes, measured, strict=True):
        row = {"Dépôt": code, "sku_code": code, "q": quantity}
        assert len(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()) + 1 <= size


def test_a_row_with_the_longest_quantity_is_measured_exactly() -> None:
    """The measure is no wild guess: it is exact where nothing needs an escape."""
    row = {"location_code": "A-1", "sku_code": "Größe", "quantity": LONGEST_QUANTITY}
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":")) + ","
    assert row_bytes(pa.array(["A-1"]), pa.array(["Größe"])).tolist() == [len(text.encode())]


@given(CODES, st.data())
def test_a_row_is_measured_the_same_in_any_slice_of_its_column(codes: list[str], data: st.DataObject) -> None:
    """Where a slice begins and ends changes nothing, whether or not its neighbours need escapes."""
    start = data.draw(st.integers(0, len(codes)))
    column = pa.array(codes, pa.string())
    assert row_bytes(column[start:], column[start:]).tolist() == row_bytes(column, column).tolist()[start:]

"""What a file comes to in each location, and what changes of its pairs: counted in blocks, of whatever size."""

from __future__ import annotations

from collections import Counter
from statistics import median_low
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sync.guards.changes import Changed, Changes
from sync.guards.measures import Measured, Measuring
from sync.rows import GO, MERGED, REJECTED, SKIP_REASONS, SKIPPED

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = tuple[str, int, int, int]  # location, state, skip reason, quantity
SKIPS = range(-1, len(SKIP_REASONS))
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", ""]),
        st.sampled_from([GO, MERGED, SKIPPED, REJECTED]),
        st.sampled_from(SKIPS),
        st.one_of(st.integers(0, 999), st.integers(0, 2**31 - 1)),
    ),
    max_size=60,
)


def measured(rows: Sequence[Row], size: int = 7) -> Measured:
    """Measure rows in blocks of `size`."""
    measuring = Measuring()
    for start in range(0, len(rows), size):
        codes, state, skip, quantity = zip(*rows[start : start + size], strict=True)
        rest = {"skip": np.array(skip), "quantity": np.array(quantity)}
        measuring.see(pa.array(codes, pa.string()), np.array(state, dtype=np.int8), rest)
    return measuring.measured()


@given(ROWS, st.integers(1, 20))
def test_what_is_measured_is_what_is_there(rows: list[Row], size: int) -> None:
    """In whatever blocks: rows that are no stock do not count, and pairs are counted once, also where they do not go."""
    found = measured(rows, size)
    for code in {row[0] for row in rows} | {"nowhere"}:
        mine = [row for row in rows if row[0] == code]
        left_out = [
            row for row in mine if row[1] == SKIPPED and SKIP_REASONS[row[2]] in NO_STOCK and row[2] >= 0
        ]
        spoken_for = [
            row for row in mine if row[1] == SKIPPED and row[2] >= 0 and SKIP_REASONS[row[2]] in SPOKEN_FOR
        ]
        pairs = [row for row in mine if row[1] == GO] + spoken_for
        told = found.part(code)
        assert (told.rows, told.pairs) == (len(mine) - len(left_out), len(pairs))
        assert told.rejected == sum(row[1] == REJECTED for row in mine)
        assert told.positive == sum(row[3] > 0 for row in pairs)


NO_STOCK = ("blank", "totals", "excluded", "unknown")
SPOKEN_FOR = ("superseded", "repeat")


@given(ROWS)
def test_locations_add_up_to_the_file(rows: list[Row]) -> None:
    """Whatever is taken out and whatever is left."""
    found = measured(rows)
    one, rest = found.part("A"), found.whole(without={"A"})
    whole = found.whole()
    assert (one.rows + rest.rows, one.positive + rest.positive) == (whole.rows, whole.positive)


@given(ROWS)
def test_what_is_kept_is_read_back(rows: list[Row]) -> None:
    """A run's measures are the same for the file after it."""
    found = measured(rows)
    again = Measured.of(pa.record_batch(found.columns()))
    assert again.locations == found.locations
    for code in (*found.locations, None):
        ours, theirs = (each.whole() if code is None else each.part(code) for each in (found, again))
        assert (ours.rows, ours.rejected, ours.pairs) == (theirs.rows, theirs.rejected, theirs.pairs)
        assert (ours.values.tolist(), ours.counts.tolist()) == (
            theirs.values.tolist(),
            theirs.counts.tolist(),
        )


@given(st.lists(st.integers(1, 2**31 - 1), min_size=1, max_size=50))
def test_the_median_has_three_digits(quantities: list[int]) -> None:
    """Exact below a thousand, and never more than a hundredth too small above."""
    found = measured([("A", GO, -1, quantity) for quantity in quantities]).part("A").median
    exact = median_low(quantities)
    assert found <= exact
    assert exact - found < exact / 100
    assert exact >= 1000 or found == exact


def test_a_column_of_codes_as_locations_takes_no_more_memory() -> None:
    """Beyond a number that no company has, locations are one."""
    codes = pa.array([f"L{number}" for number in range(25_000)])
    measuring = Measuring()
    measuring.see(
        codes, np.zeros(25_000, np.int8), {"skip": np.full(25_000, -1), "quantity": np.ones(25_000, np.int64)}
    )
    found = measuring.measured()
    assert (len(found.locations), found.whole().rows) == (20_000, 25_000)


def block(rows: Sequence[tuple[str, int]]) -> pa.RecordBatch:
    codes, quantities = zip(*rows, strict=True) if rows else ((), ())
    return pa.record_batch(
        {
            "location_code": pa.array(codes, pa.string()),
            "sku_code": pa.array([f"S{at}" for at in range(len(rows))], pa.string()),
            "quantity": pa.array(quantities, pa.int64()),
        }
    )


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 300), st.integers(-1, 300)), max_size=40),
    st.integers(1, 10),
)
def test_changes_are_counted_pair_by_pair(rows: list[tuple[str, int, int]], size: int) -> None:
    """In whatever blocks, for each location and the file; a pair that was never sent changes nothing."""
    changes = Changes(10.0)
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        changes.see(block([(code, new) for code, new, _ in some]), np.array([old for *_, old in some]))
    for where in ("A", "B", None):
        mine = [(new, old) for code, new, old in rows if old > 0 and where in (None, code)]
        told = changes.whole() if where is None else changes.part(where)
        kinds = Counter(_kind(new, old) for new, old in mine)
        assert (told.above, told.zeroed, told.higher, told.lower) == (
            len(mine),
            kinds["zeroed"],
            kinds["higher"],
            kinds["lower"],
        )
        assert len(told.zeroes) == min(3, told.zeroed)
        assert len(told.jumps) == min(3, told.higher + told.lower)


def _kind(new: int, old: int) -> str:
    if not new:
        return "zeroed"
    return "higher" if new > 10 * old else "lower" if new * 10 < old else "same"


def test_where_a_jump_does_not_count_none_is_seen() -> None:
    """From the least to the most, and back, with a zero between."""
    changes = Changes(None)
    changes.see(block([("A", 2**31 - 1), ("A", 0), ("A", 1)]), np.array([1, 1, 2**31 - 1]))
    assert changes.whole() == Changed(3, 1, 0, 0, zeroes=("A, S1: 1 -> 0",))


def test_examples_are_pairs_with_old_and_new() -> None:
    """The first three of each location, in no language."""
    changes = Changes(10.0)
    changes.see(block([("A", 0)] * 5 + [("B", 90)]), np.array([7, 0, 8, 9, 6, 1]))
    assert changes.part("A").zeroes == ("A, S0: 7 -> 0", "A, S2: 8 -> 0", "A, S3: 9 -> 0")
    assert changes.whole().jumps == ("B, S5: 1 -> 90",)

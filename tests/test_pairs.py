from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.pairs import Resolution, keys, meeting, resolve
from sync.rows import GO, MERGED, REJECTED


class Row(NamedTuple):
    """One row that may share its pair."""

    location: str
    sku: str
    quantity: int
    state: int = GO


ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from("AB"),
        st.sampled_from(["x", "X", "y"]),
        st.integers(0, 2),
        st.sampled_from([GO, GO, GO, GO, REJECTED]),
    ),
    min_size=1,
    max_size=14,
)
GOOD_ROWS = ROWS.map(lambda rows: [row._replace(state=GO) for row in rows])
POLICIES = st.sampled_from(["reject", "sum", "last"])
law = settings(max_examples=50)  # pandas takes its time with each


def frame(rows: list[Row]) -> pd.DataFrame:
    """Put rows into columns; the first has position 100 and stands in row 2."""
    columns = dict(
        zip(("location_code", "sku_code", "quantity", "state"), zip(*rows, strict=True), strict=True)
    )
    types = {"location_code": "str", "sku_code": "str", "quantity": "int64", "state": "int8", "row": "int64"}
    numbered = {**columns, "row": range(2, len(rows) + 2)}
    return pd.DataFrame(numbered, index=range(100, 100 + len(rows))).astype(types)


def judged(policy: str, *rows: Row) -> list[tuple[int, int, int]]:
    """Give (state, the row that it stands for, quantity) of each row."""
    fate = resolve(frame(list(rows)), policy).fate
    return list(zip(fate["state"], fate["stands_for"] - 100, fate["quantity"], strict=True))


def problems(policy: str, *rows: Row) -> list[tuple[int, str, str]]:
    found = resolve(frame(list(rows)), policy).problems.sort_values("at")
    return list(zip(found["at"] - 100, found["code"], found["value"], strict=True))


def sent(rows: list[Row], policy: str) -> dict[tuple[str, str], int]:
    """Give what goes, by pair."""
    resolution = resolve(frame(rows), policy)
    return {pair: quantity for pair, _, quantity in going(rows, resolution)}


def going(rows: list[Row], resolution: Resolution) -> list[tuple[tuple[str, str], int, int]]:
    """List what goes: pair, rank and quantity."""
    fate = resolution.fate
    columns = zip(rows, fate["state"], fate["rank"], fate["quantity"], strict=True)
    return [
        ((row.location, row.sku), rank, quantity) for row, state, rank, quantity in columns if state == GO
    ]


def test_equal_rows_are_merged() -> None:
    """The same pair with the same quantity is one row: the first of them goes for all."""
    a, b = Row("A", "x", 5), Row("A", "y", 5)
    assert judged("reject", a, b, a, a) == [(GO, 0, 5), (GO, 1, 5), (MERGED, 0, 5), (MERGED, 0, 5)]


def test_different_rows_are_all_rejected() -> None:
    """Nobody can tell which quantity is right: every row of the pair is rejected and names all of them."""
    rows = [Row("A", "x", 5), Row("A", "y", 1), Row("A", "x", 5), Row("A", "x", 6)]
    assert [state for state, _, _ in judged("reject", *rows)] == [REJECTED, GO, REJECTED, REJECTED]
    assert problems("reject", *rows) == [(at, "pair.duplicate", "2, 4, 5") for at in (0, 2, 3)]


def test_a_message_lists_five_rows() -> None:
    """A pair that stands a thousand times makes no endless message."""
    rows = [Row("A", "x", number) for number in range(7)]
    assert problems("reject", *rows)[0] == (0, "pair.duplicate", "2, 3, 4, 5, 6, ...")


def test_rows_are_added_up() -> None:
    """Under `sum` equal quantities add up like others: two bins of 5 are 10."""
    assert judged("sum", Row("A", "x", 5), Row("A", "x", 5)) == [(GO, 0, 10), (MERGED, 0, 10)]


def test_the_last_row_counts() -> None:
    """Under `last` the last row goes, and the others stand behind it."""
    rows = [Row("A", "x", 5), Row("A", "x", 7), Row("A", "x", 6)]
    assert judged("last", *rows) == [(MERGED, 2, 6), (MERGED, 2, 6), (GO, 2, 6)]


def test_a_sum_may_be_too_large() -> None:
    """More than the tenant can count is rejected with the sum; exactly as much goes."""
    largest, one = Row("A", "x", 2**31 - 1), Row("A", "x", 1)
    assert judged("sum", largest, Row("A", "x", 0))[0] == (GO, 0, 2**31 - 1)
    assert problems("sum", largest, one) == [(at, "pair.overflow", "2147483648") for at in (0, 1)]


@pytest.mark.parametrize("policy", ["reject", "sum", "last"])
def test_half_a_sum_goes_nowhere(policy: str) -> None:
    """One rejected row spoils its pair, whatever the policy; the others name the first row at fault."""
    rows = [Row("A", "x", 5), Row("A", "x", 5, REJECTED), Row("A", "y", 5), Row("A", "x", 5, REJECTED)]
    assert [state for state, _, _ in judged(policy, *rows)] == [REJECTED, REJECTED, GO, REJECTED]
    assert problems(policy, *rows) == [(0, "pair.incomplete", "3")]


def test_pairs_that_differ_by_case_are_two() -> None:
    """Both go, with their own quantities, and are told apart by rank so that no body holds both."""
    rows = [Row("A", "x", 5), Row("A", "X", 6), Row("A", "x", 5), Row("a", "x", 7)]
    fate = resolve(frame(rows), "reject").fate
    assert fate["state"].tolist() == [GO, GO, MERGED, GO]
    assert fate.loc[fate["state"] == GO, "rank"].tolist() == [0, 1, 2]


def test_a_bad_spelling_does_not_spoil_another() -> None:
    """Codes are told apart by case: a rejected `X` says nothing about `x`."""
    assert judged("sum", Row("A", "X", 5, REJECTED), Row("A", "x", 5))[1] == (GO, 1, 5)


@law
@given(ROWS, POLICIES)
def test_every_row_has_one_fate(rows: list[Row], policy: str) -> None:
    """Each row goes, is merged or is rejected, and a row is rejected here only with a problem."""
    resolution = resolve(frame(rows), policy)
    fate, newly = resolution.fate, Counter(resolution.problems["at"])
    states = fate["state"].tolist()
    assert fate.index.tolist() == list(range(100, 100 + len(rows)))
    for at, row in enumerate(rows, start=100):
        assert states[at - 100] in {GO, MERGED, REJECTED}
        assert newly[at] == (states[at - 100] == REJECTED and row.state == GO)


@law
@given(ROWS, POLICIES)
def test_no_pair_goes_twice(rows: list[Row], policy: str) -> None:
    """A pair is sent once at most, and two spellings of it never with the same rank."""
    out = going(rows, resolve(frame(rows), policy))
    assert max(Counter(pair for pair, _, _ in out).values(), default=1) == 1
    assert max(Counter((pair[0], pair[1].lower(), rank) for pair, rank, _ in out).values(), default=1) == 1


@law
@given(ROWS, POLICIES)
def test_a_merged_row_stands_behind_one_that_goes(rows: list[Row], policy: str) -> None:
    """What is merged points to a row of its own pair that is sent, and that one to itself."""
    fates = judged(policy, *rows)
    for at, (state, keeper, _) in enumerate(fates):
        if state != REJECTED:
            assert fates[keeper][0] == GO
            assert rows[keeper][:2] == rows[at][:2]
            assert (keeper == at) == (state == GO)


@law
@given(ROWS, POLICIES)
def test_any_rejected_row_spoils_its_pair(rows: list[Row], policy: str) -> None:
    """Of a pair with a rejected row nothing goes; a pair without one goes, or clashes as a whole."""
    states = defaultdict(set)
    for row, state in zip(rows, resolve(frame(rows), policy).fate["state"], strict=True):
        states[row[:2]].add(int(state))
    spoilt = {row[:2] for row in rows if row.state == REJECTED}
    assert all(states[pair] == {REJECTED} for pair in spoilt)
    assert all(states[pair] == {REJECTED} or GO in states[pair] for pair in states)


@law
@given(GOOD_ROWS)
def test_a_sum_is_the_sum_of_its_rows(rows: list[Row]) -> None:
    """What goes of a pair is what its rows add up to."""
    expected: Counter[tuple[str, str]] = Counter()
    for row in rows:
        expected[row[:2]] += row.quantity
    assert sent(rows, "sum") == expected


@law
@given(GOOD_ROWS)
def test_the_last_of_each_pair_goes(rows: list[Row]) -> None:
    """Under `last` the quantity is that of the pair's last row."""
    assert sent(rows, "last") == {row[:2]: row.quantity for row in rows}


@law
@given(st.data(), ROWS, st.sampled_from(["reject", "sum"]))
def test_the_order_of_rows_does_not_matter(data: st.DataObject, rows: list[Row], policy: str) -> None:
    """Sums and clashes are the same in any order of the file."""
    assert sent(data.draw(st.permutations(rows)), policy) == sent(rows, policy)


def _hashes(rows: list[tuple[str, str]]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    locations, skus = zip(*rows, strict=True)
    return keys(pa.array(locations, pa.string()), pa.array(skus, pa.string()))


def test_a_pair_has_one_hash_in_any_case() -> None:
    """Spellings that differ by case meet; swapped codes and shifted letters do not."""
    same = _hashes([("a", "Bc"), ("A", "bC")])
    others = _hashes([("bc", "a"), ("ab", "c"), ("a", "b"), ("a", "bcc"), ("aa", "bc")])
    assert same[0] == same[1]
    assert same[0] not in others


@given(
    st.lists(st.tuples(st.sampled_from(["A", "a", "AB"]), st.sampled_from(["x", "Bx", "y"])), min_size=1),
    st.data(),
)
def test_all_that_share_a_pair_meet(rows: list[tuple[str, str]], data: st.DataObject) -> None:
    """Of the positions that take part, exactly those meet whose pair, case ignored, is there again."""
    part = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1))))
    folded = [(location.lower(), sku.lower()) for location, sku in rows]
    count = Counter(folded[at] for at in part)
    found = meeting(_hashes(rows), np.array(part, dtype=np.int64))
    assert found.tolist() == [at for at in part if count[folded[at]] > 1]

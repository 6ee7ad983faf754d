"""Which open rejects a newer file judges anew: found piece by piece, and the same as if all were looked at together."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ledger import judgedanew, rejected, runs
from sync.ledger.book import connect
from sync.rows import Problem, Reject, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.ledger.book import Ledger
    from sync.ledger.rejected import Key

NEWEST = 3
REJECTS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, NEWEST, NEWEST]),
        st.sampled_from(["", "", "S1"]),
        st.sampled_from(["x", "x", "x", "\xe9", "\U0001f4e6"]),
    ),
    min_size=20,
    max_size=40,
)


def run(number: int) -> Run:
    """Make the run of one night."""
    return Run(
        run=f"r{number}",
        started=f"2026-11-2{number}",
        as_of=f"2026-11-2{number}",
        tenant="t",
        file="a.csv",
        mapping="m",
    )


@contextmanager
def nights(found: list[tuple[int, str, str]]) -> Iterator[Ledger]:
    """Have runs on record with their rejects: (which night, SKU, what its cell holds)."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = connect(Path(folder) / "ledger.db")
        with ledger.transaction():
            for number in range(NEWEST + 1):
                runs.add(ledger, run(number))
                rows = [
                    Reject(
                        at // 2, at % 2, (Problem("map", None, "quantity.text", text),), ("A", text), "A", sku
                    )
                    for at, (night, sku, text) in enumerate(found)
                    if night == number
                ]
                rejected.add(ledger, f"r{number}", rows)
            yield ledger
        ledger.close()


@given(REJECTS, st.integers(1, 4))
def test_pages_are_what_one_look_finds(found: list[tuple[int, str, str]], size: int) -> None:
    """Each open reject once, under its pair; also where those of a page are replaced before the next one comes."""
    with nights(found) as ledger, pytest.MonkeyPatch.context() as patch:
        patch.setattr(judgedanew, "PAGE", size)
        whole = judgedanew.open_pairs(ledger, "t", "m", until="2026-11-23", besides="r3")
        paged: dict[tuple[str, str], list[Key]] = {}
        for page in judgedanew.open_pages(ledger, run(NEWEST)):
            assert sum(map(len, page.values())) <= size
            for pair, keys in page.items():
                paged.setdefault(pair, []).extend(keys)
                rejected.replace(ledger, [(key, ("r3", 0, 0)) for key in keys])
    assert {pair: sorted(keys) for pair, keys in paged.items()} == {
        pair: sorted(keys) for pair, keys in whole.items()
    }


@given(REJECTS, st.integers(1, 4))
def test_rows_without_a_pair_meet_those_that_are_as_they_were(
    found: list[tuple[int, str, str]], size: int
) -> None:
    """The first of a night the first, the second the second, and what is over the last; also where links are written meanwhile."""
    expected: dict[Key, Key] = {}
    without = [(night, (at % 2, text), at // 2) for at, (night, sku, text) in enumerate(found) if not sku]
    for old in range(NEWEST):
        for alike in {(column, text) for night, (column, text), _ in without if night == old}:
            again = [row for night, cell, row in without if (night, cell) == (NEWEST, alike)]
            rows = [row for night, cell, row in without if (night, cell) == (old, alike)]
            for at, row in enumerate(rows if again else ()):
                new = again[min(at, len(again) - 1)]
                expected[f"r{old}", row, alike[0]] = "r3", new, alike[0]
    with nights(found) as ledger, pytest.MonkeyPatch.context() as patch:
        patch.setattr(rejected, "PAGE", size)
        rejected.replace(ledger, judgedanew.same_rows(ledger, run(NEWEST)))
        linked = ledger.db.execute("SELECT * FROM rejects WHERE again_run IS NOT NULL").fetchall()
        assert {
            (one["run"], one["row"], one["col"]): (one["again_run"], one["again_row"], one["again_col"])
            for one in linked
        } == expected


@given(REJECTS)
def test_of_several_runs_the_newest_stands(found: list[tuple[int, str, str]]) -> None:
    """Each pair is open in one run only, the newest that has it."""
    newest = {sku: max(night for night, own, _ in found if own == sku) for _, sku, _ in found if sku}
    with nights(found) as ledger:
        judgedanew.newest_stands(ledger, "t", "m")
        left = {
            sku: {key[0] for key in keys}
            for (_, sku), keys in judgedanew.open_pairs(ledger, "t", "m").items()
        }
    assert left == {sku: {f"r{night}"} for sku, night in newest.items()}


def test_another_tenants_rejects_are_left_alone() -> None:
    """And those of files that are newer."""
    with nights([(0, "S1", "x"), (0, "", "x")]) as ledger:
        for other in (replace(run(NEWEST), tenant="u"), replace(run(NEWEST), as_of="2026-11-19")):
            assert list(judgedanew.open_pages(ledger, other)) == []
            assert list(judgedanew.same_rows(ledger, other)) == []

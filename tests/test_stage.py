from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import OurBug, SetAside
from sync.mapping.apply import apply
from sync.rows import Block, Fault, Problem, ReadAs, SourceTable
from sync.stage.repeats import without_repeats
from sync.stage.shapes import Settled, Staged, cell_keys
from sync.stage.whole import BLOCK_ROWS, block_rows, stage
from tests.stages import LIST, RANGE, Case, Result, blocks, one, plan, staged, table

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_spellings_that_differ_by_case_go_last() -> None:
    """No body may hold two of them: the second spellings stand at the end of the send list, and are told of."""
    case = Case(plan(), [("A", "S1", "1"), ("A", "s1", "2"), ("a", "S1", "3"), ("A", "S2", "4")])
    assert [at for at, *_ in staged(case, size=2).sent] == [0, 3, 1, 2]
    with tempfile.TemporaryDirectory() as folder:
        (words,) = stage(table(case), case.plan, Path(folder)).twins
    assert words.startswith("2 pairs look like another one")


def test_what_the_schema_refuses_says_so() -> None:
    """A quantity beyond the tenant's range is a reason of the stage `schema`, with the source's own column."""
    (reject,) = staged(one("A", "S1", RANGE)).rejects
    assert reject.problems == (Problem("schema", "Qty", "quantity.range", RANGE),)
    (reject,) = staged(one("A\u20281", "S1", "5")).rejects
    assert reject.problems[0].field == "Wh"
    (first, second) = staged(one("S\u20281", RANGE, "5", layout="matrix")).rejects
    assert [problem.field for problem in first.problems] == ["Item", "A"]
    assert [problem.field for problem in second.problems] == ["Item"]


def test_reasons_find_their_rows() -> None:
    """A clash before half a sum, each row in a block of its own: every reject has its own reason."""
    case = Case(plan(), [("A", "S1", "5"), ("A", "S1", "6"), ("A", "S2", "5"), ("A", "S2", "x")])
    codes = [[problem.code for problem in reject.problems] for reject in staged(case, size=1).rejects]
    assert codes == [["pair.duplicate"], ["pair.duplicate"], ["pair.incomplete"], ["quantity.text"]]


def test_faults_come_with_their_reject() -> None:
    """What was wrong with the source row is told too, so that a corrected one can be compared with it."""
    (reject,) = staged(Case(plan(), [("A", "S1", "5")], frozenset({0}))).rejects
    assert reject.faults == (Fault(2, None, "row.short", "short"),)
    assert (reject.location_code, reject.sku_code, reject.parent_row) == ("A", "S1", None)


def test_a_file_without_rows_is_read_as_that() -> None:
    """Nothing read, nothing sent; whoever asked decides what that means."""
    assert staged(Case(plan(), [])) == Result({"read": 0, "go": 0, "merged": 0, "rejected": 0}, [], {}, [])


def test_a_block_without_rows_does_no_harm(tmp_path: Path) -> None:
    """A run without open rejects has nothing to judge again."""
    empty = Block(np.empty(0, np.int64), tuple(pa.array([], pa.string()) for _ in LIST))
    assert stage(SourceTable(LIST, ReadAs("csv"), iter([empty])), plan(), tmp_path).read == 0


def test_a_file_that_ends_badly_is_set_aside(tmp_path: Path) -> None:
    """What the loader finds wrong further on stops staging; nothing is made of the half that was read."""
    case = one("A", "S1", "5")

    def cut_off() -> Iterator[Block]:
        yield from blocks(case, 1)
        raise SetAside("Line 3: cut")

    with pytest.raises(SetAside, match="cut"):
        stage(SourceTable(LIST, ReadAs("csv"), cut_off()), case.plan, tmp_path)
    assert not (tmp_path / "send").exists()


def test_numbers_that_do_not_add_up_are_a_bug() -> None:
    """Staging refuses to go on with a row too few or too many."""
    done = Staged(Path(), LIST, 1, read=4, to_send=1, merged=1, rejected=1, skipped=Counter(blank=1))
    done.check()
    done.read = 5
    with pytest.raises(OurBug, match="5 rows were read, but 4"):
        done.check()


def test_a_wide_matrix_takes_no_more_memory() -> None:
    """The more columns, the fewer lines make a block."""
    assert block_rows(plan()) == BLOCK_ROWS
    assert block_rows(plan("matrix")) == BLOCK_ROWS // 2


def again(*cells: tuple[int, int], by_parent: bool = False) -> tuple[Settled, ...]:
    """Say which (row, column) are judged again."""
    rows, columns = np.array(sorted(cells), dtype=np.int64).reshape(-1, 2).T
    return (Settled(cell_keys(rows, columns.astype(np.int32)), by_parent=by_parent),)


def test_what_was_accepted_before_is_a_repeat() -> None:
    """Of the same file only what did not go through is judged again; the rest is skipped, and so counted."""
    lines = [("A", "S1", "5"), ("A", "S2", "x"), ("A", "S3", "5"), ("A", "S3", "5"), ("", "", "")]
    result = staged(Case(plan(), lines), settled=again((3, 2)))
    assert result.counts == {"read": 5, "go": 0, "merged": 0, "rejected": 1, "repeat": 3, "blank": 1}
    assert (result.sent, result.merged) == ([], {})


def test_a_refused_pair_is_judged_again_with_all_its_rows() -> None:
    """The tenant refused a sum: all rows that it came from go again, and nothing else."""
    case = Case(plan(duplicates="sum"), [("A", "S1", "5"), ("A", "S2", "1"), ("A", "S1", "5")])
    result = staged(case, settled=again((2, 2), (4, 2)))
    assert (result.sent, result.merged) == ([(0, "A", "S1", 10)], {2: 0})
    assert result.counts["repeat"] == 1


def test_of_a_returned_line_only_the_rejected_cells_are_judged() -> None:
    """Its other cells are repeats, even where they would be rejected now; rows that name no parent are new."""
    lines = [("S1", "7", "x"), ("S2", "8", "9")]
    result = staged(Case(plan("matrix"), lines, parents=[5, 0]), settled=again((5, 1), by_parent=True))
    assert result.sent == [(0, "A", "S1", 7), (2, "A", "S2", 8), (3, "B", "S2", 9)]
    assert (result.counts["repeat"], result.rejects) == (1, [])


@pytest.mark.parametrize("duplicates", ["reject", "sum", "last"])
def test_a_repeat_takes_no_part_in_its_pair(duplicates: str) -> None:
    """A new row of a pair whose old cell is a repeat goes by itself: it is no duplicate, no sum, and is not lost."""
    lines = [("S1", "7", "3"), ("S1", "", "9"), ("S1", "", "3")][: 3 if duplicates == "last" else 2]
    made = plan("matrix", duplicates=duplicates, blank="skip")
    result = staged(Case(made, lines, parents=[5, 0, 0]), settled=again((5, 1), by_parent=True))
    assert [row[1:] for row in result.sent] == [("A", "S1", 7), ("B", "S1", 3 if duplicates == "last" else 9)]
    assert set(result.merged.values()) <= {at for at, *_ in result.sent}


def test_a_repeat_has_no_reasons() -> None:
    """What was wrong with a cell that is not judged again is not put on record again."""
    case = Case(plan("matrix"), [("S1", "x", "x")])
    (block,) = blocks(case, 1)
    found = without_repeats(apply(block, case.plan), np.array([5, 5]), again((5, 1), by_parent=True))
    assert [item.at for item in found.found] == [0]


@given(st.tuples(*[st.tuples(st.integers(1, 2**40), st.integers(0, 16_383))] * 2))
def test_every_cell_has_a_key_of_its_own(cells: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """Two cells of a file share their key only where they are the same."""
    rows, columns = np.array(cells).T
    first, second = cell_keys(rows, columns.astype(np.int32)).tolist()
    assert (first == second) == (cells[0] == cells[1])


def test_a_corrected_row_names_the_row_that_it_corrects() -> None:
    """A reject of a returned file leads back to its parent's row."""
    case = Case(plan(), [("A", "S1", "x"), ("A", "S2", "x")], parents=[17, 0])
    assert [reject.parent_row for reject in staged(case).rejects] == [17, None]

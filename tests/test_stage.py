from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import staging
from sync.errors import OurBug, SetAside
from sync.mapping.model import Mapping
from sync.mapping.plan import Plan, make_plan
from sync.rows import Block, Fault, Origin, Problem, ReadAs, Reject, SourceTable
from sync.stage.rejected import rejects
from sync.stage.shapes import Settled, Staged, cell_keys
from sync.stage.whole import BLOCK_ROWS, block_rows, stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LIST = ("Wh", "Item", "Qty")
MATRIX = ("Item", "A", "B")
Line = tuple[str, ...]


class Case(NamedTuple):
    """A file and the mapping for it; `ragged` are the lines that do not fit the header."""

    plan: Plan
    lines: list[Line]
    ragged: frozenset[int] = frozenset()
    parents: Sequence[int] | None = None


class Result(NamedTuple):
    """What staging came to, read back from its files."""

    counts: dict[str, int]
    sent: list[tuple[int, str, str, int]]  # candidate, location, SKU, quantity, in the order of sending
    merged: dict[int, int]  # candidate -> the one that goes in its place
    rejects: list[Reject]


def plan(layout: str = "rows", *, duplicates: str = "reject", blank: str = "reject") -> Plan:
    """Make a plan for LIST or MATRIX."""
    matrix = layout == "matrix"
    columns = {
        "location_code": {} if matrix else {"column": "Wh"},
        "sku_code": {"column": "Item"},
        "quantity": {"blank": blank} if matrix else {"blank": blank, "column": "Qty"},
    }
    made = {"version": 1, "name": "m", "columns": columns, "rows": {"duplicates": duplicates}}
    if matrix:
        made |= {"layout": layout, "matrix": {"locations": ["A", "B"]}}
    return make_plan(Mapping.model_validate(made), MATRIX if matrix else LIST, Origin("f.csv"))


def table(case: Case, size: int = 1000) -> SourceTable:
    """Give the case as a source table in blocks of `size` rows; the first line stands in row 2."""
    return SourceTable(case.plan.header, ReadAs("csv"), _blocks(case, size))


def _blocks(case: Case, size: int) -> Iterator[Block]:
    for start in range(0, len(case.lines), size):
        lines = case.lines[start : start + size]
        here = range(start, start + len(lines))
        parents = None if case.parents is None else np.array([case.parents[at] for at in here])
        faults = tuple(Fault(at + 2, None, "row.short", "short") for at in here if at in case.ragged)
        cells = tuple(pa.array(column, pa.string()) for column in zip(*lines, strict=True))
        yield Block(np.array(here) + 2, cells, faults, parents)


def staged(case: Case, *, size: int = 1000, settled: tuple[Settled, ...] = ()) -> Result:
    """Stage a case and read everything back."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = stage(table(case, size), case.plan, folder, settled=settled)
        counts = Counter({"read": done.read, "go": done.to_send, "merged": done.merged, "rejected": done.rejected})
        counts.update(done.skipped)
        columns = ("at", "location_code", "sku_code", "quantity")
        sent = [tuple(row[key] for key in columns) for row in _rows(folder / "send")]
        merged = {row["at"]: row["stands_for"] for row in _rows(folder / "merged")}
        return Result(dict(counts), sent, merged, list(rejects(done)))  # type: ignore[arg-type] - of four


def _rows(path: Path) -> list[dict[str, Any]]:
    return [row for _, batch in staging.Reader(path).blocks() for row in batch.to_pylist()]


def one(*cells: str, **keys: str) -> Case:
    return Case(plan(**keys), [cells])


# The law again, row by row and in plain words; what staging does in columns and blocks must come to the same.

READ = {"": "quantity.blank", "x": "quantity.text", "-1": "quantity.negative", "1,500": "quantity.ambiguous"}
RANGE = str(2**31)


class Judged(NamedTuple):
    """What should become of one row of the law."""

    fate: str  # go, merged, rejected, or why it is skipped
    pair: tuple[str, str] = ("", "")
    quantity: int = -1
    codes: tuple[str, ...] = ()


def law(case: Case) -> list[Judged]:
    """Give what should become of every row of the law."""
    policy = case.plan.mapping
    alone = [
        _alone(location, sku, quantity, blank=policy.columns.quantity.blank, empty=not any(line), ragged=at in case.ragged)
        for at, line in enumerate(case.lines)
        for location, sku, quantity in _cells(case.plan, line)
    ]
    return [_together(at, alone, policy.rows.duplicates) for at in range(len(alone))]


def _cells(plan: Plan, line: Line) -> list[tuple[str, str, str]]:
    if plan.matrix:
        return [("A", line[0], line[1]), ("B", line[0], line[2])]
    return [(line[0], line[1], line[2])]


def _alone(location: str, sku: str, quantity: str, *, blank: str, empty: bool, ragged: bool) -> Judged:
    pair = (location, sku) if location and sku else ("", "")
    codes = [code for code, text in (("location.missing", location), ("sku.missing", sku)) if not text]
    if empty:
        return Judged("blank")
    if ragged:
        return Judged("rejected", pair, codes=("row.short",))
    if not quantity and blank == "skip":
        return Judged("blank", pair)
    if quantity in READ and (quantity, blank) != ("", "zero"):
        codes.append(READ[quantity])
    if quantity == RANGE and not codes:
        codes.append("quantity.range")
    return Judged("rejected", pair, codes=tuple(codes)) if codes else Judged("go", pair, int(quantity or 0))


def _together(at: int, alone: list[Judged], policy: str) -> Judged:
    row = alone[at]
    if row.fate != "go":
        return row
    same = [other for other, judged in enumerate(alone) if judged.pair == row.pair and judged.fate in {"go", "rejected"}]
    if any(alone[other].fate == "rejected" for other in same):
        return row._replace(fate="rejected", codes=("pair.incomplete",))
    quantities = [alone[other].quantity for other in same]
    if policy == "reject" and len(set(quantities)) > 1:
        return row._replace(fate="rejected", codes=("pair.duplicate",))
    if policy == "sum" and sum(quantities) >= 2**31:
        return row._replace(fate="rejected", codes=("pair.overflow",))
    keeper = same[-1] if policy == "last" else same[0]
    total = sum(quantities) if policy == "sum" else quantities[-1]
    return row._replace(fate="go" if at == keeper else "merged", quantity=total)


QUANTITIES = st.sampled_from(["5", "5", "0", "7", str(2**31 - 1), RANGE, *READ])
LOCATIONS = st.sampled_from(["A", "A", "B", "a", ""])
SKUS = st.sampled_from(["S1", "S1", "s1", "S2", ""])
EMPTY = st.just(("", "", ""))
DUPLICATES, BLANK = st.sampled_from(["reject", "sum", "last"]), st.sampled_from(["reject", "skip", "zero"])


def cases(layout: str, lines: st.SearchStrategy[Line]) -> st.SearchStrategy[Case]:
    return st.builds(
        Case,
        st.builds(plan, st.just(layout), duplicates=DUPLICATES, blank=BLANK),
        st.lists(st.one_of(lines, lines, lines, EMPTY), min_size=1, max_size=9),
        st.frozensets(st.integers(0, 30), max_size=4),
    )


CASES = st.one_of(
    cases("rows", st.tuples(LOCATIONS, SKUS, QUANTITIES)),
    cases("matrix", st.tuples(SKUS, QUANTITIES, QUANTITIES)),
)
few = settings(max_examples=30)  # each writes and reads a folder of files


@few
@given(CASES)
def test_every_row_becomes_what_the_law_says(case: Case) -> None:
    """Rows read = to send + merged + skipped + rejected, and each of them is where the law puts it."""
    result, expected = staged(case), law(case)
    assert result.counts == {"read": len(expected), **{"go": 0, "merged": 0, "rejected": 0}} | Counter(
        row.fate for row in expected
    )
    assert sorted(result.sent) == [
        (at, *row.pair, row.quantity) for at, row in enumerate(expected) if row.fate == "go"
    ]
    assert sorted(result.merged) == [at for at, row in enumerate(expected) if row.fate == "merged"]
    assert [tuple(problem.code for problem in reject.problems) for reject in result.rejects] == [
        row.codes for row in expected if row.fate == "rejected"
    ]


@few
@given(CASES)
def test_what_is_merged_goes_with_its_pair(case: Case) -> None:
    """A merged row stands behind a row of its own pair that is sent, and no pair is sent twice."""
    result, expected = staged(case), law(case)
    sent = {at: (location, sku) for at, location, sku, _ in result.sent}
    assert all(sent[keeper] == expected[at].pair for at, keeper in result.merged.items())
    assert len(set(sent.values())) == len(sent)


@few
@given(CASES)
def test_rejects_show_their_own_source_row(case: Case) -> None:
    """A reject comes with the text, the row and the column that it came from, in the order of the file."""
    width = len(case.plan.quantities)
    where = [
        (at // width + 2, case.plan.quantities[at % width], case.lines[at // width])
        for at, row in enumerate(law(case))
        if row.fate == "rejected"
    ]
    assert [(reject.row, reject.column, reject.cells) for reject in staged(case).rejects] == where


@few
@given(CASES)
def test_blocks_make_no_difference(case: Case) -> None:
    """A file read row by row comes to the same as one read at once."""
    whole = staged(case)
    assert staged(case, size=1) == whole
    assert staged(case, size=3) == whole


def test_spellings_that_differ_by_case_go_last() -> None:
    """No body may hold two of them: the second spellings stand at the end of the send list, and are counted."""
    case = Case(plan(), [("A", "S1", "1"), ("A", "s1", "2"), ("a", "S1", "3"), ("A", "S2", "4")])
    assert [at for at, *_ in staged(case, size=2).sent] == [0, 3, 1, 2]
    with tempfile.TemporaryDirectory() as folder:
        assert stage(table(case), case.plan, Path(folder)).twins == 2


def test_what_the_schema_refuses_says_so() -> None:
    """A quantity beyond the tenant's range is a reason of the stage `schema`, with the source's own column."""
    (reject,) = staged(one("A", "S1", RANGE)).rejects
    assert reject.problems == (Problem("schema", "Qty", "quantity.range", RANGE),)
    (first, second) = staged(one("S\u20281", RANGE, "5", layout="matrix")).rejects
    assert [problem.field for problem in first.problems] == ["Item", "A"]
    assert [problem.field for problem in second.problems] == ["Item"]


def test_faults_come_with_their_reject() -> None:
    """What was wrong with the source row is told too, so that a corrected one can be compared with it."""
    (reject,) = staged(Case(plan(), [("A", "S1", "5")], frozenset({0}))).rejects
    assert reject.faults == (Fault(2, None, "row.short", "short"),)
    assert (reject.location_code, reject.sku_code, reject.parent_row) == ("A", "S1", None)


def test_a_file_without_rows_is_read_as_that() -> None:
    """Nothing read, nothing sent; whoever asked decides what that means."""
    assert staged(Case(plan(), [])) == Result({"read": 0, "go": 0, "merged": 0, "rejected": 0}, [], {}, [])


def test_a_file_that_ends_badly_is_set_aside(tmp_path: Path) -> None:
    """What the loader finds wrong further on stops staging; nothing is made of the half that was read."""
    case = one("A", "S1", "5")

    def blocks() -> Iterator[Block]:
        yield from _blocks(case, 1)
        raise SetAside("Line 3: cut")

    with pytest.raises(SetAside, match="cut"):
        stage(SourceTable(LIST, ReadAs("csv"), blocks()), case.plan, tmp_path)
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


def test_a_corrected_row_names_the_row_that_it_corrects() -> None:
    """A reject of a returned file leads back to its parent's row."""
    case = Case(plan(), [("A", "S1", "x"), ("A", "S2", "x")], parents=[17, 0])
    assert [reject.parent_row for reject in staged(case).rejects] == [17, None]

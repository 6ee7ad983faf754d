from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.mapping.apply import apply
from sync.rows import GO, REJECTED, SKIPPED, Block, Fault
from tests.tables import HEADER, MATRIX, block, matrix, outcome, plan

if TYPE_CHECKING:
    from sync.mapping.plan import Plan


def test_a_matrix_gives_a_candidate_for_each_cell() -> None:
    """Line by line, in the order of the columns; the header is the location."""
    found = apply(block(("S1", "1", "2", ""), ("S2", "3", "4", "")), matrix())
    pairs = zip(
        found.location_code.to_pylist(), found.sku_code.to_pylist(), found.quantity.tolist(), strict=True
    )
    assert list(pairs) == [("A", "S1", 1), ("B", "S1", 2), ("A", "S2", 3), ("B", "S2", 4)]
    assert (found.row.tolist(), found.column.tolist()) == ([2, 2, 3, 3], [1, 2, 1, 2])


def test_a_bad_cell_does_not_stop_its_siblings() -> None:
    """In a matrix each cell is a row of the law of its own."""
    found = apply(block(("S1", "x", "2", "")), matrix())
    assert [outcome(found, at) for at in range(2)] == [[("A", "quantity.text")], 2]
    blanks = apply(block(("S1", "", "2", ""), ("S2", "1", "", "")), matrix(blank="skip"))
    assert [outcome(blanks, at) for at in range(4)] == ["blank", 2, 1, "blank"]


@pytest.mark.parametrize(
    ("cells", "result"),
    [
        (("", "1", "2", ""), [("Item", "sku.missing")]),
        (("", "", "", ""), "blank"),
        (("S1", "1", "2", "x"), "excluded"),
    ],
)
def test_what_is_wrong_with_a_line_is_wrong_with_all_its_cells(
    cells: tuple[str, ...], result: object
) -> None:
    """A missing SKU rejects every cell; an empty or excluded line counts once for each cell."""
    found = apply(block(cells), matrix())
    assert [outcome(found, at) for at in range(2)] == [result, result]


CELLS = st.sampled_from(["", " ", "01", "09", "S1", "1.5E+5", "5", "-5", "1.5", "x", "9" * 20, "EA", "Total"])
FAULTS = st.sampled_from(
    [
        "cell.error",
        "cell.formula",
        "cell.date",
        "cell.boolean",
        "cell.digits",
        "cell.fraction",
        "cell.returned",
    ]
)
LISTS = st.builds(
    plan,
    location=st.fixed_dictionaries({"lookup_missing": st.sampled_from(["reject", "skip", "keep"])}),
    rows=st.sampled_from(
        [{}, {"exclude": {"column": "Item", "in": ["Total"]}}, {"include": {"column": "UoM", "in": ["EA"]}}]
    ),
    blank=st.sampled_from(["reject", "skip", "zero"]),
    fraction=st.sampled_from(["reject", "floor"]),
    subtract=st.sampled_from([None, ["Res"]]),
    multiply=st.sampled_from([None, {"column": "UoM", "by": {"EA": "12"}}]),
)


@st.composite
def blocks(draw: st.DrawFn, width: int) -> Block:
    """Draw lines of odd cells with odd faults; a fraction stands only where a fraction is."""
    lines = draw(st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=6))
    faults = []
    for row, cells in enumerate(lines, start=2):
        faults += [Fault(row, None, "row.short", "")] * draw(st.sampled_from([0, 0, 0, 1]))
        for column, code in draw(st.dictionaries(st.integers(0, width - 1), FAULTS, max_size=2)).items():
            if code != "cell.fraction" or cells[column] == "1.5":
                faults.append(Fault(row, column, code, ""))
    return block(*lines, faults=tuple(faults))


CASES = st.one_of(
    st.tuples(blocks(len(HEADER)), LISTS),
    st.tuples(blocks(len(MATRIX)), st.builds(matrix, blank=st.sampled_from(["reject", "skip", "zero"]))),
)


@given(CASES)
def test_every_candidate_has_one_fate_and_a_ground_for_it(case: tuple[Block, Plan]) -> None:
    """What goes has codes and a quantity, what is skipped a word, what is rejected a reason, and nothing else has."""
    found = apply(*case)
    reasons = {item.at for item in found.found}
    for at, state in enumerate(found.state.tolist()):
        codes = found.location_code[at].as_py(), found.sku_code[at].as_py()
        assert (state == REJECTED) == (at in reasons)
        assert (state == SKIPPED) == (found.skip[at] >= 0)
        assert (state == GO) == (found.quantity[at] >= 0)
        assert all(codes) or state != GO


@given(CASES)
def test_a_row_is_judged_alone(case: tuple[Block, Plan]) -> None:
    """What becomes of a row does not depend on the rows around it."""
    whole, plan = case
    found = apply(whole, plan)
    width = len(plan.quantities)
    for at, row in enumerate(whole.rows.tolist()):
        faults = tuple(fault for fault in whole.faults if fault.row == row)
        alone = apply(
            Block(whole.rows[at : at + 1], tuple(cells[at : at + 1] for cells in whole.cells), faults), plan
        )
        assert [outcome(alone, which) for which in range(width)] == [
            outcome(found, at * width + which) for which in range(width)
        ]

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stages import RANGE, READ, Case, Line, law, plan, staged

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
    fates = Counter(row.fate for row in expected)
    assert Counter(result.counts) == fates + Counter(read=len(expected))
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

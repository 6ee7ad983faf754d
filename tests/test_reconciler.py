"""No row is accepted without proof, and none that was applied is called refused, however the tenant answers."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.reconciler import judge
from sync.replies import Batch, Reply, Ruling
from tests.sendlists import batch_of

Entry = dict[str, Any]
Pair = tuple[str, str]

# Few codes, so that rows share them; some stand on both sides, look like numbers, or differ by white space inside.
CODES = st.sampled_from(["A", "B-1", "1", "2", "straße", "a  c", "WH/1"])
PAIRS = st.lists(
    st.tuples(CODES, CODES), min_size=1, max_size=7, unique_by=lambda p: (p[0].casefold(), p[1].casefold())
)


def sent(pairs: list[Pair]) -> Batch:
    return batch_of([(*pair, 5) for pair in pairs], start=100)


def entry_of(pair: Pair, row: int) -> Entry:
    """Write a failed row as the vendor's page shows it."""
    names = {"location_id": pair[0], "product_id": pair[1]}
    return {"row": row, **names, "errors": {"location_id": ["Location not found"]}}


def answer(total: int, entries: list[Any], failed: int | None = None, **counts: Any) -> Reply:
    """Write a success as the vendor's page shows it; `counts` are put in its place."""
    failed = len(entries) if failed is None else failed
    data = {"total": total, "created": 1, "updated": total - failed - 1, "failed": failed, "errors": entries}
    if total == failed:
        data |= {"created": 0, "updated": 0}
    return Reply(200, {"success": True, "data": data | counts})


def judged(pairs: list[Pair], reply: Reply, **names: str) -> Ruling:
    return judge(sent(pairs), reply, names=names)


def refused(ruling: Ruling) -> set[int]:
    return {refusal.index for refusal in ruling.refusals}


@st.composite
def failures(draw: st.DrawFn) -> tuple[list[Pair], set[int]]:
    """Draw a batch and the rows of it that truly fail."""
    pairs = draw(PAIRS)
    return pairs, draw(st.sets(st.integers(0, len(pairs) - 1)))


FAILURES = failures()
RENAMED = {"location_id": "depo", "product_id": "artikel"}
DISTORTIONS: list[Callable[[Entry], Any]] = [
    lambda entry: entry,
    lambda entry: {name: value for name, value in entry.items() if name != "row"},
    lambda entry: {name: value for name, value in entry.items() if name != "product_id"},
    lambda entry: {name: value for name, value in entry.items() if name != "location_id"},
    lambda entry: {"row": entry["row"], "errors": "bad"},
    lambda entry: {RENAMED.get(name, name): value for name, value in entry.items()},
    lambda entry: entry | {"row": str(entry["row"])},
    lambda entry: entry | {"row": None, "quantity": 1, "errors": ["x"], "new": {"field": 2}},
    lambda entry: entry | {"location_id": f" {entry['location_id'].upper()} "},
    lambda entry: {"row": entry["row"], "data": entry, "message": "bad"},
    lambda entry: f"Row {entry['row']} failed",
]


@given(FAILURES, st.integers(0, 2), st.data())
def test_a_truthful_answer_is_read_rightly_or_not_at_all(
    case: tuple[list[Pair], set[int]], base: int, data: st.DataObject
) -> None:
    """Missing rows and codes, renamed fields, other order, doubled entries: exactly right, or smaller bodies."""
    pairs, failing = case
    entries = [data.draw(st.sampled_from(DISTORTIONS))(entry_of(pairs[i], i + base)) for i in failing]
    doubled = entries + data.draw(st.lists(st.sampled_from(entries), max_size=3)) if entries else []
    reply = answer(len(pairs), data.draw(st.permutations(doubled)), failed=len(failing))
    ruling = judged(pairs, reply)
    assert ruling.verdict in {"settled", "halve"}
    assert ruling.verdict == "halve" or refused(ruling) == failing
    assert ruling.verdict == "halve" or ruling.created + ruling.updated == len(pairs) - len(failing)


@given(FAILURES, st.integers(0, 2), st.sampled_from([0, 1, 6]))
def test_an_answer_as_the_page_shows_it_is_always_settled(
    case: tuple[list[Pair], set[int]], base: int, distortion: int
) -> None:
    """Whatever `row` counts from, and without it: the very same refusals, no further request."""
    pairs, failing = case
    entries = [DISTORTIONS[distortion](entry_of(pairs[i], i + base)) for i in failing]
    ruling = judged(pairs, answer(len(pairs), entries))
    assert (ruling.verdict, ruling.cause, refused(ruling)) == ("settled", "ok", failing)


@given(FAILURES, st.sampled_from(["total", "created", "updated", "failed"]), st.integers(-3, 3), st.data())
def test_a_wrong_number_is_never_settled(
    case: tuple[list[Pair], set[int]], counter: str, off: int, data: st.DataObject
) -> None:
    """Each counter, too small, too large, missing or no number: nothing counts as accepted."""
    pairs, failing = case
    reply = answer(len(pairs), [entry_of(pairs[i], i) for i in failing])
    right = reply.body["data"][counter]
    reply.body["data"][counter] = data.draw(
        st.sampled_from([right + (off or 1), "x", None, 1.5, True, -1, []])
    )
    wrong = type(reply.body["data"][counter]) is not int or reply.body["data"][counter] != right
    assert not wrong or judged(pairs, reply).verdict == "halve"
    assert not wrong or judged(pairs, reply).cause == "counts"


@given(FAILURES, st.data())
def test_a_failed_row_that_is_not_named_settles_nothing(
    case: tuple[list[Pair], set[int]], data: st.DataObject
) -> None:
    """With entries left out, and ghosts in their place, no other row may pay for it."""
    pairs, failing = case
    named = data.draw(st.sets(st.sampled_from(sorted(failing)))) if failing else set()
    ghosts = data.draw(st.lists(st.sampled_from([("A", "GHOST"), ("GHOST", "1"), ("G", "H")]), max_size=3))
    entries = [entry_of(pairs[i], i) for i in named] + [entry_of(ghost, 0) for ghost in ghosts]
    ruling = judged(pairs, answer(len(pairs), entries, failed=len(failing)))
    proven = named == failing or len(pairs) == 1
    assert (ruling.verdict, refused(ruling)) == (("settled", failing) if proven else ("halve", set()))


@given(PAIRS, st.data())
def test_a_single_failed_row_is_known_whatever_its_entry_says(pairs: list[Pair], data: st.DataObject) -> None:
    """In a request of one row there is no other row to blame."""
    entries = data.draw(st.lists(st.sampled_from([entry_of(("G", "H"), 9), "bad", {}, None, {"row": 4}])))
    ruling = judged(pairs[:1], answer(1, entries, failed=1))
    assert (ruling.verdict, refused(ruling)) == ("settled", {0})
    assert ruling.refusals[0].message


GHOST = {"location_id": "G", "product_id": "H", "errors": {"location_id": ["Location not found"]}}
OWN = {"location_id": "A", "product_id": "1", "errors": {"quantity": ["Too many"]}}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([GHOST, OWN], "Too many"),
        (["It is on hold", GHOST, OWN], "Too many; It is on hold"),
        ([GHOST, {"row": 0, "errors": "bad"}], "bad"),
        ([GHOST], "Location not found"),
    ],
    ids=["its own", "nobody's too", "by row", "no other"],
)
def test_a_single_row_pays_for_no_other_pair(entries: list[Any], words: str) -> None:
    """What is said of a pair that was not sent is no reason of this row, unless it is all that is said."""
    ruling = judged([("A", "1")], answer(1, entries, failed=1))
    assert (ruling.verdict, refused(ruling), len(ruling.warnings)) == ("settled", {0}, 1)
    assert ruling.refusals[0].message == words
    assert ruling.refusals[0].unknown == (entries == [GHOST])


THREE = [("A-101", "RUG-5X7-BLU"), ("A-101", "RUG-8X10-RED"), ("B-201", "RUG-5X7-BLU")]


def test_rows_that_were_not_sent_are_ignored_with_a_warning() -> None:
    """A ghost is no reject of ours, and somebody is told."""
    ruling = judged(THREE, answer(3, [entry_of(THREE[0], 0), entry_of(("G", "H"), 1)], failed=1))
    assert (ruling.verdict, refused(ruling), len(ruling.warnings)) == ("settled", {0}, 1)


def test_row_alone_is_believed_when_a_pair_tells_what_it_counts_from() -> None:
    """The base of one answer is learnt from its own entries."""
    alone = {"row": 2, "errors": {"quantity": ["bad"]}}
    assert refused(judged(THREE, answer(3, [entry_of(THREE[0], 1), alone]))) == {0, 1}


@pytest.mark.parametrize(
    ("anchors", "row"),
    [([], 1), ([entry_of(THREE[0], 0), entry_of(THREE[2], 3)], 1), ([entry_of(THREE[0], 9)], 10)],
    ids=["no pair", "pairs that disagree", "no such numbering"],
)
def test_row_alone_proves_nothing_uncalibrated(anchors: list[Entry], row: int) -> None:
    """Where a guess would make the numbers add up, it is still not made."""
    ruling = judged(THREE, answer(3, [*anchors, {"row": row, "errors": "bad"}]))
    assert (ruling.verdict, ruling.cause) == ("halve", "unmatched")


def test_a_pair_that_may_mean_two_rows_tells_nothing() -> None:
    """Codes that differ only by case, written in a third way: neither a row nor a base comes of it."""
    pairs = [("ab", "X"), ("AB", "X"), ("C", "Y")]
    ruling = judged(pairs, answer(3, [entry_of(("Ab", "X"), 1), {"row": 2, "errors": "bad"}]))
    assert (ruling.verdict, ruling.cause) == ("halve", "unmatched")


@pytest.mark.parametrize("entry", [{"min": 1, "max": 2}, {"depo": "A"}, {"row": 0, "depo": "A", "rack": "7"}])
def test_a_value_is_not_taken_for_a_code_by_chance(entry: Entry) -> None:
    """Numbers and single texts under unknown names may equal our codes and mean something else."""
    ruling = judged([("1", "2"), ("A", "A"), ("A", "B")], answer(3, [entry | {"errors": "bad"}]))
    assert (ruling.verdict, ruling.cause) == ("halve", "unmatched")


def test_codes_that_come_back_trimmed_or_in_another_case_are_known() -> None:
    """No further request where only the spelling differs."""
    entry = entry_of((" a-101", "rug-8x10-RED "), 0)
    assert refused(judged(THREE, answer(3, [entry]))) == {1}


def test_an_entry_that_cannot_be_told_is_not_ignored() -> None:
    """It may be about any row, even where the numbers add up without it."""
    ruling = judged(THREE, answer(3, [entry_of(THREE[0], 0), "One row failed"], failed=1))
    assert (ruling.verdict, ruling.cause) == ("halve", "unmatched")


def test_numbers_that_add_up_for_fewer_rows_than_sent_settle_nothing() -> None:
    """Rows may have got lost on the way."""
    ruling = judged(THREE, answer(2, []))
    assert (ruling.verdict, ruling.cause) == ("halve", "counts")


def test_row_chooses_among_rows_with_the_code_that_is_named() -> None:
    """One code is enough where one row has it; else a calibrated row decides, if it fits."""
    one_code = {"row": 3, "product_id": "RUG-5X7-BLU"}
    assert refused(judged(THREE, answer(3, [{"sku": "RUG-8X10-RED"}]))) == {1}
    assert refused(judged(THREE, answer(3, [entry_of(THREE[1], 2), one_code]))) == {1, 2}
    assert judged(THREE, answer(3, [entry_of(THREE[1], 2), one_code | {"row": 2}])).verdict == "halve"


def test_an_entry_about_something_else_is_not_told_by_its_row() -> None:
    """A code that is not ours, under a name that we do not know, forbids believing `row`."""
    strange = {"row": 1, "depo": "ELSEWHERE", "errors": "bad"}
    assert judged(THREE, answer(3, [entry_of(THREE[0], 0), strange])).verdict == "halve"


def test_configured_names_are_understood() -> None:
    """A partner key answers in the partner's own words."""
    entry = {"Depo": "A-101", "Stok": "RUG-8X10-RED", "errors": {"Stok": ["Product not found"]}}
    ruling = judged(THREE, answer(3, [entry]), location_code="Depo", sku_code="Stok")
    refusal = ruling.refusals[0]
    assert (refusal.index, refusal.code, refusal.field, refusal.unknown) == (
        1,
        "tenant.sku",
        "sku_code",
        True,
    )


def test_extra_fields_do_no_harm() -> None:
    """Lenient where nothing is at stake."""
    data = {"total": 3, "created": 1, "updated": 2, "failed": 0, "unchanged": 7}
    ruling = judged(THREE, Reply(201, {"data": data, "new": True}))
    assert (ruling.verdict, ruling.created, ruling.updated) == ("settled", 1, 2)


def test_text_is_no_proof() -> None:
    """Counters as text, though they add up, settle nothing (SV01)."""
    data = {"total": "3", "created": "1", "updated": 2, "failed": 0}
    assert judged(THREE, Reply(201, {"data": data})).verdict == "halve"


def test_an_entry_that_calls_an_applied_row_failed_settles_nothing() -> None:
    """More rows named than counted: neither the names nor the numbers are believed."""
    ruling = judged(THREE, answer(3, [entry_of(THREE[0], 0)], failed=0))
    assert (ruling.verdict, ruling.cause) == ("halve", "counts")


def test_a_code_that_came_back_as_a_number_names_a_row_only_where_one_can_be_meant() -> None:
    """123 may be 123 or 00123: then it names neither."""
    entry = {"location_id": "L", "product_id": 123, "errors": {"product_id": ["no"]}}
    reply = Reply(
        200,
        {"success": True, "data": {"total": 2, "created": 1, "updated": 0, "failed": 1, "errors": [entry]}},
    )
    both, one = (
        judge(batch_of([("L", sku, 1) for sku in skus]), reply, names={})
        for skus in (["123", "00123"], ["X", "00123"])
    )
    assert both.verdict == "halve"
    assert [refusal.index for refusal in one.refusals] == [1]

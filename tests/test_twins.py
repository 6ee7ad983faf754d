"""Pairs that look like another one: told of with their rows, sent last, and never taken for one."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.lookalikes import difference, fold, folded
from tests.stages import Case, plan, staged, warned

if TYPE_CHECKING:
    from tests.desks import Desk

ALIKE = [
    ("A-100", "a-100", "case"),
    ("A-100", "\u0410-100", "Cyrillic \u0410"),
    ("A-100", "\u0391-100", "Greek \u0391"),
    ("A-100", "A-\u200b100", "zero width space"),
    ("A-100", "A-\u00ad100", "soft hyphen"),
    ("A-100", "A\u2011100", "non-breaking hyphen"),
    ("A-100", "\uff21-100", "fullwidth latin capital letter a"),
    ("A-100", "A -100", "space"),
    ("A 100", "A\u00a0100", "no-break space"),
    ("A 100", "A  100", "spaces"),
    ("A 100", "A100", "without space"),
    ("\u00c9T\u00c9", "E\u0301TE\u0301", "combining acute accent"),
    ("\u0421\u0422\u041e\u041b", "CTO\u041b", "without Cyrillic \u0421, Cyrillic \u0422, Cyrillic \u041e"),
    ("KIRMIZI", "k\u0131rm\u0131z\u0131", "form of its letters"),
    ("\u0130X", "ix", "form of its letters"),
]


@pytest.mark.parametrize(("first", "second", "words"), ALIKE)
def test_what_looks_alike_is_told_with_what_tells_it_apart(first: str, second: str, words: str) -> None:
    """The two spellings meet, both go, and the warning says where they stand and what hides in the second."""
    case = Case(plan(), [("A", "S1", "1"), ("A", first, "1"), ("A", "S2", "1"), ("A", second, "2")])
    (told,) = warned(case)
    assert told.startswith("1 pair looks like another one")
    assert told.endswith(f"is each of them meant? {first!r} (row 3) and {second!r} (row 5, {words})")
    assert [sku for _, _, sku, _ in staged(case).sent] == ["S1", first, "S2", second]


@pytest.mark.parametrize(
    ("first", "second"),
    [("O1", "01"), ("I1", "11"), ("S1", "51"), ("A.1", "A-1"), ("A1", "A2"), ("001", "01"), ("B", "8")],
)
def test_digits_are_no_letters(first: str, second: str) -> None:
    """O and 0, I and 1 stay different, as do codes that differ by a sign that everybody sees."""
    assert warned(Case(plan(), [("A", first, "1"), ("A", second, "2")])) == ()


def test_a_clean_file_is_not_spoken_of() -> None:
    """One spelling in several rows, or of several locations, is no twin."""
    assert (
        warned(Case(plan(), [("A", "S1", "1"), ("B", "S1", "2"), ("A", "S1", "1"), ("A", "S2", "1")])) == ()
    )


def test_three_examples_stand_for_all() -> None:
    """The count is whole, the examples are the first; locations may be twins too."""
    lines = [("A", f"S{number}", "1") for number in range(5)] + [
        ("A", f"s{number}", "1") for number in range(5)
    ]
    (told,) = warned(Case(plan(), [*lines, ("a", "S0", "1")]), size=4)
    assert told.startswith("6 pairs look like another one")
    assert told.count(" and ") == 3
    (told,) = warned(Case(plan(), [("A", "S0", "1"), ("\u0410", "S0", "1")]))
    assert told.endswith("'A' (row 2) and '\u0410' (row 3, Cyrillic \u0410)")


def test_rejected_twins_are_told_of_too() -> None:
    """Whether its quantity is good says nothing about a code."""
    assert warned(Case(plan(), [("A", "S1", "1"), ("A", "s1", "x")])) != ()


def test_the_report_warns(desk: Desk) -> None:
    """Integrators see it in the report, by check and by run."""
    path = desk.file([("Depot", "Item", "Pieces"), ("A", "S1", "5"), ("A", "\u0405\u0031", "6")])
    for command in ("check", "run"):
        assert any("look-alike" in words for words in desk.report(command, path)["warnings"])
    assert desk.stock() == {("A", "S1"): 5, ("A", "\u0405\u0031"): 6}


@given(st.lists(st.text(max_size=8), max_size=6))
def test_many_texts_are_folded_as_each_by_itself(texts: list[str]) -> None:
    """In a column every text that is not of ASCII alone comes to what it comes to alone."""
    found = folded(pa.array(texts, pa.string())).to_pylist()
    assert [each for each, text in zip(found, texts, strict=True) if not text.isascii()] == [
        fold(text) for text in texts if not text.isascii()
    ]


@given(st.text(alphabet=st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs"))))
def test_both_ways_of_folding_agree(text: str) -> None:
    """What is of ASCII alone is folded without a look at it, and comes to the same."""
    assert folded(pa.array([text])).to_pylist() == [fold(text)]


@given(st.text(max_size=10))
def test_case_form_and_spaces_never_matter(text: str) -> None:
    """Whatever hardly anybody sees is folded away, for any text."""
    for form in ("NFC", "NFD", "NFKC"):
        assert fold(unicodedata.normalize(form, text)) == fold(text)
    assert fold(f" {text}\u200b ") == fold(text)


@given(st.text(max_size=6), st.text(max_size=6))
def test_a_difference_is_always_named(first: str, second: str) -> None:
    """Some words come out for any two texts."""
    assert difference(first, second)

from __future__ import annotations

import pytest

from sync.headings import joined
from sync.mapping.headers import doubled, fold, missing


@pytest.mark.parametrize(
    ("one", "other"),
    [("MİKTAR", "miktar"), ("ISIM", "\u0131s\u0131m"), ("\u00a0Qty ", "qty"), ("Ü", "u\u0308")],
)
def test_headers_are_the_same_in_any_case(one: str, other: str) -> None:
    """Turkish dotted and dotless letters, outer no-break spaces and decomposed accents included."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Qty", "Qty."), ("A B", "AB"), ("a", "\u00e4")])
def test_what_differs_inside_is_another_header(one: str, other: str) -> None:
    """Nothing is guessed: only case, outer spaces and the way of writing an accent are ignored."""
    assert fold(one) != fold(other)


def test_any_of_several_names_will_do() -> None:
    """What is missing is told with all its names."""
    assert missing([("A", "B"), ("C",), ("D", "E")], ["b ", "c"]) == [("D", "E")]


def test_only_the_name_that_counts_can_be_doubled() -> None:
    """The first name that is there is the column; the others do not matter."""
    assert doubled([("A", "B"), ("C",), ("D",)], ["a", "b", "B", "c", "C "]) == ["C"]


def test_rows_of_different_width_are_joined() -> None:
    """Empty cells leave no space behind; what stands over a group stands over each of its columns."""
    assert joined([("Depo", "", "Qty"), ("No ", "Item")]) == ("Depo No", "Depo Item", "Qty")
    assert joined([]) == ()

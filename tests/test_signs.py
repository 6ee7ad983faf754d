"""The kinds of signs in a text, found for a whole column at once."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sync.mapping.signs import BEYOND_ASCII, CAPITAL, COMMA, DATE_MARK, DIGIT, OTHER, SMALL, SPACE, signs


@given(st.lists(st.text(min_size=1), min_size=1))
def test_signs_are_those_of_the_text(texts: list[str]) -> None:
    """The bits say which kinds of signs a text has, however it is sliced."""

    def kinds(text: str) -> int:
        return sum({_kind(byte) for byte in text.encode()})

    array = pa.array(["0", *texts], pa.string())
    assert signs(array[1:]).tolist() == [kinds(text) for text in texts]


def _kind(byte: int) -> int:
    sign = chr(byte)
    if byte > 127:
        return BEYOND_ASCII
    known: dict[str, Any] = {" ": SPACE, ",": COMMA, "-": DATE_MARK, ".": DATE_MARK, "/": DATE_MARK}
    if sign.isalnum():
        return DIGIT if sign.isdigit() else CAPITAL if sign.isupper() else SMALL
    return int(known.get(sign, OTHER))


def test_no_texts_have_no_signs() -> None:
    """An empty column is one."""
    assert signs(pa.array([], pa.string())).tolist() == []

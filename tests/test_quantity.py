from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.mapping.quantity import (
    Cell,
    Column,
    Notation,
    Policy,
    read_column,
    read_number,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNS = (None, ".", ",", " ", "'", "\u00a0", "\u202f")
DECLARED = tuple(
    Notation(decimal, thousands)
    for decimal in (None, ".", ",")
    for thousands in SIGNS
    if decimal != thousands and (decimal or thousands)
)
POINT_AND_COMMA = (Notation(".", ","), Notation(",", "."))
NUMBERS = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**14), 10**14), st.integers(0, 6)
)
TEXTS = st.text(st.sampled_from("0123456789.,- 'eE+()xn/a\u00a0\u0665\uff15"), max_size=12)


class Style(NamedTuple):
    """How a number is written down, beyond what a mapping declares."""

    grouped: bool
    minus: str


STYLES = st.builds(Style, st.booleans(), st.sampled_from(["-{}", "- {}", "{}-", "{} -"]))


def written(number: Decimal, notation: Notation, style: Style) -> str:
    """Write a number as a person would who keeps to the notation."""
    whole, _, fraction = f"{abs(number):f}".partition(".")
    if style.grouped and notation.thousands:
        whole = f"{int(whole):,}".replace(",", notation.thousands)
    point = notation.decimal or {".": ",", ",": "."}.get(notation.thousands or "", ".")
    text = whole + (point + fraction if fraction else "")
    return style.minus.format(text) if number < 0 else text


def column(texts: Sequence[str], notation: Notation | None = None, pointed: Sequence[int] = ()) -> Column:
    return read_column(pa.array(texts, pa.string()), notation or Notation(), pointed)


def values(read: Column) -> list[Cell]:
    return [read.value(at) for at in range(len(read.plain))]


@given(NUMBERS, st.sampled_from(DECLARED), STYLES)
def test_a_number_in_declared_signs_comes_back_exactly(
    number: Decimal, notation: Notation, style: Style
) -> None:
    """What is written as the mapping declares is read as that number, and as no float."""
    read = read_number(written(number, notation, style), notation)
    assert read == number
    assert isinstance(read, Decimal)


@given(NUMBERS, st.sampled_from(POINT_AND_COMMA), STYLES)
@example(Decimal(1500), POINT_AND_COMMA[0], Style(grouped=True, minus="-{}"))
def test_with_nothing_declared_no_other_number_is_read(
    number: Decimal, notation: Notation, style: Style
) -> None:
    """Undeclared signs give the number that was meant, or ambiguous, never another number."""
    assert read_number(written(number, notation, style), Notation()) in {number, "quantity.ambiguous"}


@given(TEXTS.map(str.strip))
@example("1,500")
@example("1,500.00")
def test_what_can_be_read_in_one_way_only_is_read_so(text: str) -> None:
    """Nothing declared: one possible reading is the number, two are ambiguous, none is no number."""
    readings = {
        read for notation in POINT_AND_COMMA if isinstance(read := read_number(text, notation), Decimal)
    }
    read = read_number(text, Notation())
    assert read == readings.pop() if len(readings) == 1 else isinstance(read, str)
    assert (read == "quantity.ambiguous") == bool(readings)


@given(
    st.text(st.sampled_from("0123456789.,-"), max_size=6),
    st.sampled_from("\u0665\uff15\u09eb\u00b2eE+x_()%")
    | st.characters(exclude_categories=["Z", "C"], exclude_characters="0123456789.,-'"),
    st.text(st.sampled_from("0123456789.,-"), max_size=6),
    st.sampled_from((Notation(), *DECLARED)),
)
def test_junk_is_never_a_number(before: str, junk: str, after: str, notation: Notation) -> None:
    """One character that no notation knows makes a text no number, whatever stands around it."""
    assert isinstance(read_number(before + junk + after, notation), str)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12", 12),
        ("007", 7),
        ("12.0", 12),
        ("12,0", 12),
        ("120.000000", 120),
        ("0.500", "0.5"),
        ("1.9", "1.9"),
        ("1,500.00", 1500),
        ("1.234.567", 1234567),
        ("5-", -5),
        ("- 5", -5),
    ],
)
def test_what_has_one_reading_needs_no_declaration(text: str, read: int | str) -> None:
    """These are read although the mapping declares nothing."""
    assert read_number(text, Notation()) == Decimal(read)


@pytest.mark.parametrize("text", ["1,500", "1.500", "-1,500", "1,500-", "100.000"])
def test_two_readings_are_ambiguous(text: str) -> None:
    """One group of three digits may be thousands or decimals: it is rejected until the mapping says which."""
    assert read_number(text, Notation()) == "quantity.ambiguous"


@pytest.mark.parametrize(
    "text",
    [
        "+5",
        "1e3",
        "(5)",
        "0x10",
        "5 pcs",
        "about 20",
        "NaN",
        "inf",
        "-inf",
        "--5",
        "-5-",
        "5--",
        "-",
        ".",
        ",",
        "1 234",
        "1_000",
        "1,2,3",
        "1.2.3",
        "12,34,567",
        "5%",
        "\u0665",
        "1\u0665",
        "\uff15",
        "\u00bd",
        "\u22125",
        "None",
    ],
)
def test_what_is_no_plain_number_is_text(text: str) -> None:
    """Plus signs, exponents, brackets, units, words and other scripts' digits are not read."""
    assert read_number(text, Notation()) == "quantity.text"


@pytest.mark.parametrize(
    ("text", "decimal", "thousands"),
    [
        ("1,500", ".", None),  # thousands are not declared
        ("1.500,00", ",", None),
        ("1,5", ".", ","),  # the decimal sign is another one
        ("12,34", ".", ","),  # no groups of three
        ("1,5000", ".", ","),
        ("0,500", ".", ","),
        ("1,500,00", ".", ","),
        ("1500,000", ".", ","),
        ("1 500", ".", ","),
    ],
)
def test_declared_signs_are_kept_to(text: str, decimal: str, thousands: str | None) -> None:
    """What is written in other signs than the declared ones is no number, however plausible."""
    assert isinstance(read_number(text, Notation(decimal, thousands)), str)
    assert values(column([text], Notation(decimal, thousands))) == [
        read_number(text, Notation(decimal, thousands))
    ]


def test_only_thousands_declared_leaves_the_other_sign_for_decimals() -> None:
    """With thousands `.` the comma is the decimal sign, and the other way round."""
    assert read_number("1.500,25", Notation(None, ".")) == Decimal("1500.25")
    assert read_number("1,500.25", Notation(None, ",")) == Decimal("1500.25")


def test_blank_is_not_zero() -> None:
    """Nothing, white space and the mapping's words for it are blank; the same word undeclared is text."""
    read = column(["", "  ", "n/a", "-"], Notation(empty=frozenset({"n/a"})))
    assert values(read) == ["quantity.blank", "quantity.blank", "quantity.blank", "quantity.text"]


def test_a_number_may_be_a_word_for_blank() -> None:
    """Where the mapping says that 9999 means blank, 9999 is no quantity, in any kind of cell."""
    read = column(["9999", "0.5", "0.5"], Notation(empty=frozenset({"9999", "0.5"})), pointed=[2])
    assert values(read) == ["quantity.blank"] * 3


WHOLE = st.integers(-(10**20), 10**20)
GROUPED = st.builds(lambda number, sign: f"{number:,}".replace(",", sign), WHOLE, st.sampled_from(".,' "))


@given(
    st.lists(st.one_of(TEXTS, NUMBERS.map(str), WHOLE.map(str), GROUPED), min_size=1),
    st.sampled_from((Notation(), *DECLARED)),
    st.frozensets(st.sampled_from(["-", "n/a", "0", "5", "12.0"])),
)
def test_a_column_is_read_like_its_cells(texts: list[str], notation: Notation, empty: frozenset[str]) -> None:
    """The vectorised way and the way of one cell give the same for every text."""
    notation = Notation(notation.decimal, notation.thousands, empty)
    assert values(column(texts, notation)) == [read_number(text.strip(), notation) for text in texts]


def test_a_number_cell_is_read_as_what_it_is() -> None:
    """1.234 in a number cell of a workbook is no thousand, whatever the mapping declares for text."""
    read = column(["1.234", "1.234"], Notation(",", "."), pointed=[1])
    assert values(read) == [1234, Decimal("1.234")]


def test_no_digit_is_lost_in_reading() -> None:
    """A number with more digits than a float or a default Decimal has keeps them all: it stays a fraction."""
    read = read_number("0." + "9" * 35, Notation("."))
    assert read == Decimal("0." + "9" * 35)
    assert whole_number(Decimal(read), Policy()) == "quantity.fraction"


@pytest.mark.parametrize("text", ["9" * 41, "-" + "9" * 400, "0." + "0" * 400 + "1"])
def test_absurdly_long_numbers_are_not_read(text: str) -> None:
    """A text of hundreds of digits is rejected before it costs anything."""
    assert read_number(text, Notation(".")) == "quantity.text"

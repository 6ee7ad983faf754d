from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Annotated, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from sync.errors import FixSetup
from sync.yamlfile import load
from sync.yamlfile.document import parse, typed
from sync.yamlfile.judge import judge, problems_of
from sync.yamlfile.section import Place, Range, Section

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Inner(Section):
    """A section of the example."""

    word: Literal["red", "green"] = "red"
    number: Annotated[int, Range(1, 8)] = 1
    ratio: float = 0.5
    flag: bool = False
    odd: int | Literal["none"] = 1
    short: Annotated[str, Field(min_length=2, max_length=3)] = "abc"

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Find what the tests plant."""
        if self.number == 7:
            yield ("number",), "must not be seven"
            yield (), "does not like sevens"


class Example(Section):
    """A model to read with."""

    title: str = Field(examples=["x"])
    inner: Inner = Inner()
    table: dict[str, str] = Field(default={})
    entries: list[str] = Field(default=[])
    many: int | None = None

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Find what only the whole can know."""
        if self.table and self.many is None:
            yield ("many",), "is missing: the table needs it"


def read(text: str) -> Example:
    return judge(parse(text, "f.yaml"), Example)


def problems(text: str) -> list[str]:
    with pytest.raises(FixSetup) as caught:
        read(text)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    "written", ["01", "0123", "NO", "no", "on", "1e3", "1.10", "2026-01-02", "0x1F", "12", "~", "true"]
)
def test_where_text_is_wanted_a_scalar_is_its_text_as_typed(written: str) -> None:
    """`01`, `NO`, `1e3` and dates stay what the person typed."""
    assert read(f"title: t\nmany: 1\ntable: {{k: {written}}}").table == {"k": written}


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,12}", fullmatch=True))
def test_lookup_keys_and_values_stay_text(word: str) -> None:
    """A key or value of a table is text, letter by letter, whatever YAML would make of it."""
    assert read(f"title: t\nmany: 1\ntable:\n  {word}: {word}").table == {word: word}


def test_quoted_numbers_are_not_numbers() -> None:
    """Nothing is coerced: a quoted number is text."""
    assert problems('title: t\nmany: "3"') == ["f.yaml:2:7: many: must be a whole number, not `3`"]


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    """Unknown, mistyped, out of range and missing are told together, with line and column."""
    assert problems("inner:\n  word: rde\n  nmber: 2\n  ratio: x\n  flag: 0\nmany: 1.5\n") == [
        "f.yaml:1:1: title: is missing",
        "f.yaml:2:9: inner.word: must be 'red' or 'green', not `rde`",
        "f.yaml:3:3: inner: unknown key `nmber`; did you mean `number`?",
        "f.yaml:4:10: inner.ratio: must be a number, not `x`",
        "f.yaml:5:9: inner.flag: must be true or false, not `0`",
        "f.yaml:6:7: many: must be a whole number, not `1.5`",
    ]


def test_a_mistake_does_not_hide_what_only_the_whole_can_know() -> None:
    """The check across sections runs although keys are wrong or missing."""
    assert problems("table: {a: b}\ninner: {number: 99}\nmany:\n") == [
        "f.yaml:1:1: title: is missing",
        "f.yaml:2:17: inner.number: must be from 1 to 8, not 99",
        "f.yaml:3:6: many: is missing: the table needs it",
    ]


def test_a_section_tells_all_that_does_not_go_together() -> None:
    """A section may name several places, or itself."""
    assert problems("title: t\ninner:\n  number: 7") == [
        "f.yaml:3:3: inner: does not like sevens",
        "f.yaml:3:11: inner.number: must not be seven",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title: t\ntable: [a]", "f.yaml:2:8: table: must be a section of keys and values"),
        ("title: t\ninner: x", "f.yaml:2:8: inner: must be a section of keys and values, not `x`"),
        ("title: [a]", "f.yaml:1:8: title: must be text"),
        ("title: t\ninner: {odd: x}", "f.yaml:2:14: inner.odd: must be a whole number or 'none', not `x`"),
        (
            "title: t\ninner: {short: a}",
            "f.yaml:2:16: inner.short: must be at least 2 characters long, not `a`",
        ),
        (
            "title: t\ninner: {short: abcd}",
            "f.yaml:2:16: inner.short: must be at most 3 characters long, not `abcd`",
        ),
        ("title: t\ntable: {a: {}}\nmany: 1", "f.yaml:2:12: table.a: must be text"),
        ("- a", "f.yaml:1:1: must be a section of keys and values"),
    ],
)
def test_each_kind_of_mistake_is_a_sentence(text: str, sentence: str) -> None:
    """What pydantic calls by its own names is said in plain words."""
    assert problems(text) == [sentence]


def test_entries_of_a_list_are_counted_as_a_person_counts() -> None:
    """The second entry is 2."""
    assert problems("title: t\ninner: {lists: [a]}")[0].startswith("f.yaml:2:9: inner: unknown key `lists`")
    assert problems("title: t\nentries: [1, [b]]") == ["f.yaml:2:14: entries.2: must be text"]
    assert read("title: t\nentries: [01, x, 1.10]").entries == ["01", "x", "1.10"]


def test_an_unknown_key_without_a_near_name_lists_the_known_ones() -> None:
    """The user is told what would be right."""
    assert problems("title: t\nguards: {}") == [
        "f.yaml:2:1: unknown key `guards`; known here: entries, inner, many, table, title"
    ]


def test_an_example_stands_in_for_what_is_wrong_and_stays_as_it_was() -> None:
    """Judging one file leaves the model as it was for the next."""
    example = {"number": 7}

    class Outer(Section):
        inner: Inner = Field(examples=[example])

    for _ in range(2):
        _, found = problems_of(parse("inner: {number: x, ratio: 1}\n", "f.yaml"), Outer)
        assert [str(problem) for problem in found] == [
            "f.yaml:1:17: inner.number: must be a whole number, not `x`"
        ]
        _, found = problems_of(parse("inner: x\n", "f.yaml"), Outer)
        assert [problem.place for problem in found] == [("inner",)]
    assert example == {"number": 7}


def test_a_misspelt_key_is_not_also_told_as_missing() -> None:
    """One mistake, one problem."""
    assert problems("titel: t") == ["f.yaml:1:1: unknown key `titel`; did you mean `title`?"]


def test_doubled_keys_are_refused() -> None:
    """YAML would silently take the last."""
    assert problems('title: t\nmany: 1\ntable: {a: x, "a": y}\ntitle: u') == [
        "f.yaml:3:15: the key `a` stands twice, first at f.yaml:3:9",
        "f.yaml:4:1: the key `title` stands twice, first at f.yaml:1:1",
    ]


def test_a_key_that_is_no_text_is_refused() -> None:
    """Braces without quotes make a key of a section."""
    assert problems("title: t\n{a: b}: c") == [
        "f.yaml:2:1: a key must be text; quote it if it has brackets or braces"
    ]


def test_a_key_without_a_value_counts_as_left_out() -> None:
    """A section of which every line is commented out is not an error."""
    assert read("title: t\ninner:\n  # word: red\n").inner == Inner()


def test_many_values_to_be_read_as_typed_take_no_time() -> None:
    """A table of 20,000 numbers is read in one go."""
    start = time.monotonic()
    table = read("title: t\nmany: 1\ntable:\n" + "".join(f"  {n}: {n}\n" for n in range(20_000))).table
    assert table["19999"] == "19999"
    assert time.monotonic() - start < 5


def test_load_reads_a_file(tmp_path: Path) -> None:
    """A byte order mark does not matter."""
    path = tmp_path / "f.yaml"
    path.write_bytes("\ufefftitle: Ürün".encode())
    assert load(path, Example).title == "Ürün"


def test_an_empty_file_lacks_what_is_required(tmp_path: Path) -> None:
    """Not a crash: the required keys are missing."""
    path = tmp_path / "f.yaml"
    path.write_text("# nothing\n")
    with pytest.raises(FixSetup, match="title: is missing"):
        load(path, Example)


def test_documents_lie_over_each_other() -> None:
    """A value put over a file keeps its own name in problems; sections are merged, null overrides nothing."""
    document = parse("title: t\ninner: {number: 3, flag: true}", "f.yaml")
    document.put(("inner", "number"), typed("9", "VARIABLE"))
    document.put(("inner",), parse("{ratio: x, flag: }", "OTHER", lines=False))
    made, found = problems_of(document, Example)
    assert made is not None
    assert made.inner.flag
    assert [str(problem) for problem in found] == [
        "VARIABLE: inner.number: must be from 1 to 8, not 9",
        "OTHER: inner.ratio: must be a number, not `x`",
    ]


def test_a_value_put_where_there_was_no_section_is_found() -> None:
    """Overriding works without a file."""
    document = parse("", "f.yaml")
    document.put(("inner", "number"), typed("0", "VARIABLE"))
    document.put(("title",), typed("NO", "TITLE"))
    _, found = problems_of(document, Example)
    assert [str(problem) for problem in found] == ["VARIABLE: inner.number: must be from 1 to 8, not 0"]


@given(
    st.recursive(
        st.text(max_size=5) | st.integers(),
        lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=3),
    )
)
def test_nothing_that_yaml_can_say_raises_anything_else(data: object) -> None:
    """Whatever stands in a file ends in an instance or in FixSetup."""
    with contextlib.suppress(FixSetup):
        read(yaml.safe_dump(data, allow_unicode=True))

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import FixSetup
from sync.mapping.guarding import Guards
from sync.mapping.model import Mapping, json_schema
from sync.yamlfile.document import parse
from sync.yamlfile.judge import judge

SHORT = """version: 1
name: m
columns: {location_code: {column: a}, sku_code: {column: b}, quantity: {column: c}}
"""
DEFAULTS = """guards: {rejected: 20%, fewer_rows: 30%, zeroed: 10%, jump: 10, unknown: 50%, cut: true, max_age: null, min_rows: 1, min_count: 20}
content: full
absent: keep
expect: null
"""


def mapping(more: str) -> Mapping:
    return judge(parse(SHORT + more, "m.yaml"), Mapping)


def refused(more: str) -> str:
    with pytest.raises(FixSetup) as error:
        mapping(more)
    return "\n".join(error.value.problems)


def test_the_defaults_are_those_of_the_contract() -> None:
    """Written out as the contract has them, they say the same as nothing."""
    assert mapping(DEFAULTS).model_dump() == mapping("").model_dump()


@pytest.mark.parametrize("off", ["off", "false", '"off"', "OFF"])
def test_off_switches_a_guard_off_however_yaml_reads_it(off: str) -> None:
    """In YAML 1.1 `off` is false, in 1.2 it is text."""
    keys = ("rejected", "fewer_rows", "zeroed", "jump", "unknown", "cut", "max_age")
    guards = mapping(f"guards: {{{', '.join(f'{key}: {off}' for key in keys)}, min_rows: {off}}}").guards
    assert [getattr(guards, key) for key in keys] == [False] * len(keys)
    assert guards.min_rows == 0


@pytest.mark.parametrize(
    ("written", "share"), [("20%", 0.2), ("12.5 %", 0.125), ("0%", 0.0), ("100%", 1.0), ('"5%"', 0.05)]
)
def test_a_share_is_written_with_its_sign(written: str, share: float) -> None:
    """With or without quotes, with a fraction."""
    assert mapping(f"guards: {{zeroed: {written}}}").guards.zeroed == share


@pytest.mark.parametrize("key", ["rejected", "fewer_rows", "zeroed", "unknown"])
def test_a_share_beyond_everything_is_refused_with_the_range(key: str) -> None:
    """CF09: 900% of the rows are never reached, so that the guard would be off unseen."""
    assert f"m.yaml:4:{len(key) + 12}: guards.{key}: must be from 0% to 100%, or off, not 900%" in refused(
        f"guards: {{{key}: 900%}}"
    )


@pytest.mark.parametrize("written", ["0.2", "20", "true", "-5%", '"%"', "[20%]", "20 per cent"])
def test_what_is_no_share_is_refused(written: str) -> None:
    """0.2 may be meant as a fifth or as 0.2%: nobody guesses."""
    assert "guards.rejected: must be a share of the rows with its sign, as 20%" in refused(
        f"guards: {{rejected: {written}}}"
    )


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("jump", "0.5", "must be from 1 to 1,000,000, not 0.5"),
        ("jump", "true", "must be a number of times, as 10, from 1 to 1000000, or off"),
        ("jump", "10%", "must be a number of times, as 10, from 1 to 1000000, or off"),
        ("min_count", "-1", "must be from 0 to 100,000,000, not -1"),
        ("min_count", "off", "must be a whole number"),
        ("min_rows", "2.5", "must be a whole number"),
        ("cut", "3", "must be true or false"),
        ("max_age", "2", "must be a time as 30m, 12h, 2d or 1w"),
        ("max_age", "0d", "must be from 1m to 3650d, not 0d"),
        ("max_age", "999999d", "must be from 1m to 3650d, not 999999d"),
    ],
)
def test_what_a_guard_cannot_be_is_said_with_what_it_can(key: str, value: str, words: str) -> None:
    """Each sentence has the form or the range."""
    assert words in refused(f"guards: {{{key}: {value}}}")


def test_a_guard_that_does_not_exist_is_refused() -> None:
    """A typing error must not leave a guard at its default unseen."""
    assert "did you mean `fewer_rows`?" in refused("guards: {fewer_row: 5%}")


def test_ages_and_due_times_are_read() -> None:
    """The clock without quotes too, which YAML 1.1 takes for 360."""
    read = mapping("guards: {max_age: 36h}\nexpect: {every: 1d, by: 06:00}")
    assert (read.guards.max_age, read.expect and read.expect.every) == (
        timedelta(hours=36),
        timedelta(days=1),
    )
    assert read.expect is not None
    assert read.expect.by == time(6)


@pytest.mark.parametrize("by", ["25:00", "6", "06:60", "6am"])
def test_what_is_no_time_of_the_day_is_refused(by: str) -> None:
    """A feed that is never due would never be late."""
    assert 'expect.by: must be a time of the day from "00:00" to "23:59"' in refused(
        f"expect: {{every: 1d, by: {by}}}"
    )


def test_a_part_of_the_stock_cannot_zero_the_rest() -> None:
    """What is not in such a file may well be in stock."""
    assert "absent: zero cannot be with content: part" in refused("content: part\nabsent: zero")


@given(st.floats(0, 100).map(lambda number: round(number, 3)))
def test_every_share_of_a_hundred_is_read(percent: float) -> None:
    """From nothing to everything."""
    guards = Guards.model_validate({"rejected": f"{percent:.3f}%"})
    assert guards.rejected == pytest.approx(percent / 100)


def _of_schema(name: str) -> Any:
    return json_schema()["$defs"]["Guards"]["properties"][name]


def test_editors_are_told_the_defaults_as_they_are_typed() -> None:
    """A share as text with its sign."""
    assert [_of_schema(name)["default"] for name in ("rejected", "jump", "min_count")] == ["20%", 10.0, 20]

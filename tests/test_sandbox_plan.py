"""A plan of faults is read whole or explained whole."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from sync.sandbox.distort import BODIES
from sync.sandbox.plan import read_plan
from sync.sandbox.rule import MALFORMED, Rule, described


def test_every_key_is_described() -> None:
    """What a plan may say and what people are told are the same keys, each in a line of its own words."""
    told = {name.removesuffix(" *"): words for name, words in described()}
    assert list(told) == [each.name for each in fields(Rule)]
    assert len(set(told.values())) == len(told)


def test_every_malformed_body_can_be_made() -> None:
    """What a plan may call for and what is there to be sent are the same."""
    assert BODIES.keys() == set(MALFORMED)


WIRE: list[tuple[str, Any]] = [
    ("abrupt_413", True),
    ("late_apply", 5),
    ("delay", 1),
    ("delay_answer", 0.5),
    ("hold", "mid_response"),
    ("drop", "before_read"),
    ("truncate", "headers"),
    ("trickle", {"bytes": 5, "every": 0.3}),
    ("close_silently", True),
    ("down", 2),
    ("gzip_pad", 100),
]


@pytest.mark.parametrize(("key", "value"), WIRE)
def test_what_needs_a_connection_is_refused_without_one(key: str, value: Any) -> None:
    """A plan for the sandbox in this process says which command can follow it instead; a served one takes it."""
    rule = {"max_body": 5, key: value}
    assert read_plan([rule]) == (Rule(**rule),)
    with pytest.raises(
        ValueError, match=f"rule 1: {key} needs a real connection: only `inventory-sync sandbox serve`"
    ):
        read_plan([rule], wire=False)
    assert {name.removesuffix(" *") for name, _ in described() if name.endswith("*")} == {*dict(WIRE), "rst"}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"retry_afer": 1}, "unknown key retry_afer; the nearest is retry_after"),
        ({"times": 0}, "times must be a whole number, 1 or more, not 0"),
        ({"times": True}, "times must be a whole number, 1 or more, not True"),
        ({"status": 99}, "status must be a status from 200 to 599, not 99"),
        ({"malformed": "xml"}, "malformed must be one of html, list,"),
        ({"counts": {"total": 1.5}}, "counts must be a mapping of names"),
        ({"poison_skus": [123]}, "poison_skus must be a list of SKUs, as text, not [123]"),
        ({"retry_after": 3}, "retry_after means nothing without status"),
        ({"p": 1.5}, "p must be a number from 0 to 1, not 1.5"),
        ({"delay": -1}, "delay must be seconds, 0 or more, not -1"),
        ({"delay": True}, "delay must be seconds, 0 or more, not True"),
        ({"drop": "after"}, "drop must be one of before_read, before_apply, after_apply, not 'after'"),
        ({"hold": "before_read"}, "hold must be one of before_apply,"),
        ({"truncate": "body"}, "truncate must be a number from 0 to 1, or \"headers\", not 'body'"),
        ({"trickle": {"bytes": 5}}, "trickle must be a mapping of bytes (1 or more) and every (seconds)"),
        ({"gzip_pad": 10**10}, "gzip_pad must be a whole number of bytes, 1000000000 at most"),
        ({"rst": True}, "rst means nothing without drop, truncate, close_silently, abrupt_413"),
        ("status", "expected a mapping of keys, found str"),
    ],
)
def test_a_wrong_rule_is_explained(rule: Any, words: str) -> None:
    """The sentence names the rule, the key and what would be right."""
    with pytest.raises(ValueError, match="rule 2: ") as caught:
        read_plan([{}, rule])
    assert f"rule 2: {words}" in str(caught.value)


def test_all_that_is_wrong_comes_at_once() -> None:
    """Three mistakes in two rules are three lines."""
    with pytest.raises(ValueError, match="rule 1") as caught:
        read_plan([{"tims": 1, "every": 0}, {"lie": "yes"}])
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize("plan", [{}, {"status": 503}, "503", 5, None])
def test_a_plan_is_a_list(plan: Any) -> None:
    """One rule without its dash is told, not taken."""
    with pytest.raises(ValueError, match="a plan of faults is a list of rules"):
        read_plan(plan)

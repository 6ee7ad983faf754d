"""A plan of faults is read whole or explained whole."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from sync.sandbox.distort import BODIES
from sync.sandbox.plan import KINDS, MALFORMED, Rule, read_plan


def test_every_key_has_a_kind() -> None:
    """What a plan may say and what is checked are the same keys."""
    assert KINDS.keys() == {each.name for each in fields(Rule)}
    assert BODIES.keys() == set(MALFORMED)


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

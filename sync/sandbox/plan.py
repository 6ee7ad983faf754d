"""A plan of faults: plain data, as it stands in a YAML file, becomes rules. What is wrong with it comes all at once.

    - {method: POST, after: 2, times: 3, status: 503, retry_after: 7}
    - {every: 4, drop: after_apply, rst: true}
    - {row_base: 1, cap_errors: 5}

Each rule says when it applies and what is then done; `rule` tells what each key means.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sync.sandbox.rule import KEYS, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Rule", "read_plan"]

ENDINGS = ("drop", "truncate", "close_silently", "abrupt_413")


def read_plan(plan: object, *, wire: bool = True) -> tuple[Rule, ...]:
    """Turn a list of mappings into rules; ValueError names everything that is wrong.

    Without a `wire`, the keys that need a real connection are wrong too.
    """
    if not isinstance(plan, list | tuple):
        raise ValueError(f"a plan of faults is a list of rules, not {type(plan).__name__}")  # noqa: TRY004 - a wrong file, not a wrong call
    problems = [
        f"rule {number}: {words}"
        for number, rule in enumerate(plan, 1)
        for words in _problems(rule, wire=wire)
    ]
    if problems:
        raise ValueError("\n".join(problems))
    return tuple(Rule(**rule) for rule in plan)


def _problems(rule: object, *, wire: bool) -> Iterator[str]:
    if not isinstance(rule, Mapping):
        yield f"expected a mapping of keys, found {type(rule).__name__}"
        return
    for key, value in rule.items():
        if key not in KEYS:
            near = get_close_matches(str(key), KEYS, n=1, cutoff=0.0)[0]
            yield f"unknown key {key}; the nearest is {near}"
        elif not KEYS[key].kind.fits(value):
            yield f"{key} must be {KEYS[key].kind.words}, not {value!r}"
        elif (KEYS[key].needs or key) not in rule:
            yield f"{key} means nothing without {KEYS[key].needs}"
        elif KEYS[key].wire and not wire:
            yield f"{key} needs a real connection: only `inventory-sync sandbox serve` can do it"
    if "rst" in rule and rule.keys().isdisjoint(ENDINGS):
        yield f"rst means nothing without {', '.join(ENDINGS)}"

"""A plan of faults: plain data, as it stands in a YAML file, becomes rules. What is wrong with it comes all at once.

    - {method: POST, after: 2, times: 3, status: 503, retry_after: 7}
    - {every: 4, apply_rows: 10}
    - {row_base: 1, cap_errors: 5}

Each rule says when it applies and what is then done; the lines beside the fields of `Rule` tell what each key means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MALFORMED = ("html", "list", "empty", "success_false", "no_data", "nan", "text", "cut", "null")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When and how to misbehave. Requests that a rule concerns are counted from 1, for each rule by itself."""

    # when
    method: str | None = None  # only requests with this method
    after: int = 0  # leave the first N alone
    every: int = 1  # then only each N-th
    times: int | None = None  # and no more than N of these

    # instead of the API's work: nothing is applied
    status: int | None = None  # answer with this status ...
    body: object = None  # ... this body (text as it is, anything else as JSON) ...
    retry_after: float | str | None = None  # ... and these headers
    location: str | None = None
    max_body: int | None = None  # 413 for bodies of more bytes; others are not concerned
    poison_skus: Sequence[
        str
    ] = ()  # refuse bodies with one of these SKUs as a whole; others are not concerned
    poison_status: int = 422
    poison_body: object = None
    lie: bool = False  # say that every row was updated, and do nothing
    apply_rows: int | None = None  # apply the first N rows of the body, then fail with `status` or 500

    # after the API's work: its answer is distorted
    malformed: str | None = None  # the status stays, the body becomes one of MALFORMED
    counts: Mapping[str, int | str | None] = field(
        default_factory=dict
    )  # add a number, put a text, null: leave out
    row_base: int = 0  # the number of the first row in error entries
    drop_row: bool = False  # error entries without row
    drop_ids: bool = False  # error entries without location_id and product_id
    omit_errors: bool = False
    cap_errors: int | None = None
    ghost_errors: int = 0  # entries for so many rows that were never sent
    dup_errors: bool = False
    shuffle_errors: bool = False
    rename_fields: Mapping[str, str] = field(default_factory=dict)  # anywhere in the answer
    extra_fields: Mapping[str, object] = field(
        default_factory=dict
    )  # in the answer, its data, each row and entry
    headers: Mapping[str, str] = field(default_factory=dict)  # added to the answer
    code_case: str | None = None  # lower: error codes as they were before 2026-04-17


class Kind(NamedTuple):
    """What may stand behind a key."""

    words: str
    fits: Callable[[Any], bool]


def _whole(least: int, most: float = float("inf")) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _mapping(*values: type) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, Mapping)
        and all(isinstance(key, str) and isinstance(what, values) for key, what in value.items())
    )


def _texts(value: Any) -> bool:  # noqa: ANN401 - it is asked about anything
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, str) for item in value)


ANYTHING = Kind("anything", lambda _: True)
COUNT = Kind("a whole number, 0 or more", _whole(0))
ONE_OR_MORE = Kind("a whole number, 1 or more", _whole(1))
STATUS = Kind("a status from 200 to 599", _whole(200, 599))
TEXT = Kind("text", lambda value: isinstance(value, str))
TEXT_BY_NAME = Kind("a mapping of names to text", _mapping(str))
YES_NO = Kind("true or false", lambda value: isinstance(value, bool))

KINDS = {
    "method": Kind("GET or POST", lambda value: value in ("GET", "POST")),
    "after": COUNT,
    "every": ONE_OR_MORE,
    "times": ONE_OR_MORE,
    "status": STATUS,
    "body": ANYTHING,
    "retry_after": Kind("seconds or text", lambda value: isinstance(value, str | int | float)),
    "location": TEXT,
    "max_body": COUNT,
    "poison_skus": Kind("a list of SKUs, as text", _texts),
    "poison_status": STATUS,
    "poison_body": ANYTHING,
    "lie": YES_NO,
    "apply_rows": COUNT,
    "malformed": Kind(f"one of {', '.join(MALFORMED)}", lambda value: value in MALFORMED),
    "counts": Kind("a mapping of names to a number, a text or null", _mapping(int, str, type(None))),
    "row_base": COUNT,
    "drop_row": YES_NO,
    "drop_ids": YES_NO,
    "omit_errors": YES_NO,
    "cap_errors": COUNT,
    "ghost_errors": COUNT,
    "dup_errors": YES_NO,
    "shuffle_errors": YES_NO,
    "rename_fields": TEXT_BY_NAME,
    "extra_fields": Kind("a mapping of names to anything", _mapping(object)),
    "headers": TEXT_BY_NAME,
    "code_case": Kind("lower", lambda value: value == "lower"),
}
NEEDS = {
    "body": "status",
    "retry_after": "status",
    "location": "status",
    "poison_status": "poison_skus",
    "poison_body": "poison_skus",
}


def read_plan(plan: object) -> tuple[Rule, ...]:
    """Turn a list of mappings into rules; ValueError names everything that is wrong."""
    if not isinstance(plan, list | tuple):
        raise ValueError(f"a plan of faults is a list of rules, not {type(plan).__name__}")  # noqa: TRY004 - a wrong file, not a wrong call
    problems = [f"rule {number}: {words}" for number, rule in enumerate(plan, 1) for words in _problems(rule)]
    if problems:
        raise ValueError("\n".join(problems))
    return tuple(Rule(**rule) for rule in plan)


def _problems(rule: object) -> Iterator[str]:
    if not isinstance(rule, Mapping):
        yield f"expected a mapping of keys, found {type(rule).__name__}"
        return
    for key, value in rule.items():
        if key not in KINDS:
            near = get_close_matches(str(key), KINDS, n=1, cutoff=0.0)[0]
            yield f"unknown key {key}; the nearest is {near}"
        elif not KINDS[key].fits(value):
            yield f"{key} must be {KINDS[key].words}, not {value!r}"
        elif NEEDS.get(key, key) not in rule:
            yield f"{key} means nothing without {NEEDS[key]}"

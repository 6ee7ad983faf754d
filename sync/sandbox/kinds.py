"""What may stand behind the keys of a plan of faults: each kind in words, and the check that goes with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

LONGEST = 1_000_000_000  # bytes of an answer that is blown up


class Kind(NamedTuple):
    """What may stand behind a key."""

    words: str
    fits: Callable[[Any], bool]


def _whole(least: int, most: float = float("inf")) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _number(least: float, most: float = 1e9) -> Callable[[Any], bool]:
    return lambda value: type(value) in (int, float) and least <= value <= most


def _mapping(*values: type) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, Mapping)
        and all(isinstance(key, str) and isinstance(what, values) for key, what in value.items())
    )


def one_of(*values: str) -> Kind:
    """Allow these words."""
    return Kind(f"one of {', '.join(values)}", lambda value: value in values)


def _texts(value: Any) -> bool:  # noqa: ANN401 - it is asked about anything
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, str) for item in value)


def _drops(value: Any) -> bool:  # noqa: ANN401 - it is asked about anything
    return (
        isinstance(value, Mapping)
        and set(value) == {"bytes", "every"}
        and _whole(1)(value["bytes"])
        and _number(0)(value["every"])
    )


ANYTHING = Kind("anything", lambda _: True)
CHANCE = Kind("a number from 0 to 1", _number(0, 1))
COUNT = Kind("a whole number, 0 or more", _whole(0))
COUNTS = Kind("a mapping of names to a number, a text or null", _mapping(int, str, type(None)))
DRIP = Kind("a mapping of bytes (1 or more) and every (seconds)", _drops)
METHOD = Kind("GET or POST", lambda value: value in ("GET", "POST"))
MOMENT = one_of("before_read", "before_apply", "after_apply")
NAMED = Kind("a mapping of names to anything", _mapping(object))
ONE_OR_MORE = Kind("a whole number, 1 or more", _whole(1))
PART = Kind('a number from 0 to 1, or "headers"', lambda value: value == "headers" or _number(0, 1)(value))
SECONDS = Kind("seconds, 0 or more", _number(0))
SIZE = Kind(f"a whole number of bytes, {LONGEST} at most", _whole(0, LONGEST))
STATUS = Kind("a status from 200 to 599", _whole(200, 599))
SKUS = Kind("a list of SKUs, as text", _texts)
TEXT = Kind("text", lambda value: isinstance(value, str))
TEXT_BY_NAME = Kind("a mapping of names to text", _mapping(str))
WAIT = Kind("seconds or text", lambda value: isinstance(value, str | int | float))
YES_NO = Kind("true or false", lambda value: isinstance(value, bool))

"""What pydantic says about a value -> what a person can use: what is allowed there, and the nearest right name."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from sync.yamlfile.section import Place

LONGEST_SHOWN = 40
_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a section of keys and values",
    "model_type": "a section of keys and values",
}


def wanted(error: ErrorDetails) -> str:
    """Say what should stand there, to follow "must be"."""
    kind, facts = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return str(facts["expected"]).replace("True", "true")
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        return _size(kind, facts)
    return _WANTED.get(kind) or error["msg"].removeprefix("Input should be ").removeprefix("a valid ")


def _size(kind: str, facts: dict[str, Any]) -> str:
    least = "min_length" in facts
    number = facts["min_length" if least else "max_length"]
    thing = "character" if kind.startswith("string") else "entry"
    many = {"character": "characters", "entry": "entries"}[thing]
    return f"{'at least' if least else 'at most'} {number} {thing if number == 1 else many} long"


def instead(value: object, written: str | None) -> str:
    """Show what stands there now, where it is short enough to help."""
    if isinstance(value, (dict, list, tuple)):
        return ""
    text = str(value) if written is None else written
    return f", not `{text}`" if 0 < len(text) <= LONGEST_SHOWN else ""


def unknown(name: str, allowed: Iterable[str]) -> str:
    """Say that a key is not known, and which is."""
    names = sorted(allowed)
    near = nearest(name, names)
    return f"unknown key `{name}`; " + (
        f"did you mean `{near}`?" if near else f"known here: {', '.join(names)}"
    )


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Find the name that was probably meant."""
    by_lower = {candidate.lower(): candidate for candidate in names}
    found = difflib.get_close_matches(name.lower().replace("-", "_"), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def keys_at(model: type[BaseModel], place: Place) -> set[str]:
    """List the keys that a model knows at a place."""
    return {key for each in _models_at(model, place) for key, _ in _fields(each)}


def examples_at(model: type[BaseModel], place: Place, key: str) -> list[Any]:
    """Give the examples that the model has for a key."""
    fields = [info for each in _models_at(model, place) for name, info in _fields(each) if name == key]
    return [example for info in fields for example in info.examples or ()]


def _models_at(model: type[BaseModel], place: Place) -> list[type[BaseModel]]:
    models = [model]
    for part in place:
        fields = [info for each in models for key, info in _fields(each) if key == part]
        if fields:
            models = [found for info in fields for found in _models_in(info.annotation)]
    return models


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    return ((info.alias or name, info) for name, info in model.model_fields.items())


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  (any type expression)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)

"""A mapping as plain data, with comments by place -> YAML as a person would write it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Place = tuple[str, ...]
    Comments = Mapping[Place, Sequence[str]]

PLAIN = re.compile(r"[^\W\d_][\w]*(?: [^\W_][\w]*)*")
NOT_PLAIN = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"}
WIDTH = 110
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def render(data: Mapping[str, Any], comments: Comments) -> str:
    """Write the mapping; the comments of a place stand above it."""
    lines = [*_comment(comments.get((), ()), "")]
    for key, value in data.items():
        if isinstance(value, dict):
            lines.append("")
        lines += _entry((key,), value, comments)
    return "\n".join(lines) + "\n"


def _entry(place: Place, value: Any, comments: Comments) -> Iterator[str]:  # noqa: ANN401 - plain data
    indent = "  " * (len(place) - 1)
    yield from _comment(comments.get(place, ()), indent)
    key = _scalar(place[-1])
    if isinstance(value, dict):
        yield f"{indent}{key}:"
        for name, inner in value.items():
            yield from _entry((*place, name), inner, comments)
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        yield f"{indent}{key}:"
        yield from (f"{indent}  - {_flow(entry)}" for entry in value)
    else:
        yield f"{indent}{key}: {_flow(value)}"


def _flow(value: Any) -> str:  # noqa: ANN401 - plain data
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:  # noqa: ANN401 - plain data
    if not isinstance(value, str):
        return json.dumps(value)
    if PLAIN.fullmatch(value) and value.casefold() not in NOT_PLAIN:
        return value
    return CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _comment(said: Sequence[str], indent: str) -> Iterator[str]:
    """Break sentences into comment lines."""
    for sentence in said:
        line = f"{indent}#"
        for word in CONTROL.sub(" ", sentence).split():
            if len(line) + len(word) + 1 > WIDTH and not line.endswith("#"):
                yield line
                line = f"{indent}#  "
            line += f" {word}"
        yield line

"""A true answer becomes a wrong one: counts that do not add up, error entries that name no row, bodies that are no answer."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sync.sandbox.messages import HTML_TYPE, JSON_TYPE, Answer, in_html, in_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from sync.sandbox.plan import Rule

IDS = ("location_id", "product_id")
LOGIN = in_html(200, "Log in", '<form method="post"><input name="user"></form>\n').body
NAN = b'{"success":true,"data":{"total":NaN,"created":NaN,"updated":NaN,"failed":NaN,"errors":[]}}'

BODIES: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "html": (HTML_TYPE, lambda _: LOGIN),
    "list": (JSON_TYPE, lambda _: b'{"success":true,"data":[]}'),  # as a GET would answer
    "empty": (JSON_TYPE, lambda _: b""),
    "success_false": (JSON_TYPE, lambda body: body.replace(b'"success":true', b'"success":false', 1)),
    "no_data": (JSON_TYPE, lambda _: b'{"success":true}'),
    "nan": (JSON_TYPE, lambda _: NAN),
    "text": ("text/plain; charset=utf-8", lambda _: b"OK"),
    "cut": (JSON_TYPE, lambda body: body[: len(body) // 2]),
    "null": (JSON_TYPE, lambda _: b"null"),
    "bad_utf8": (
        JSON_TYPE,
        lambda body: body.replace(b'"data"', b'"note":"Gr\xf6\xdfe","data"', 1),
    ),  # Latin-1
    "bom": (JSON_TYPE, lambda body: b"\xef\xbb\xbf" + body),  # the true answer, for those who take the mark
}


def distort(answer: Answer, rule: Rule, random: Random) -> Answer:
    """Apply what `rule` says about answers; what is no JSON object keeps its body."""
    answer = replace(answer, headers={**answer.headers, **{k.lower(): v for k, v in rule.headers.items()}})
    if rule.malformed:
        kind, spoil = BODIES[rule.malformed]
        return replace(answer, headers={**answer.headers, "content-type": kind}, body=spoil(answer.body))
    told = _parsed(answer)
    if not isinstance(told, dict):
        return answer
    _spoil(told, rule, random)
    return replace(answer, body=in_json(_renamed(told, rule.rename_fields)).body)


def pad(answer: Answer, rule: Rule) -> Answer:
    """Add white space to a body, which means nothing in JSON; packed, it is a thousandth of what it unpacks to."""
    if not answer.body or not (rule.pad or rule.gzip_pad):
        return answer
    padded = replace(answer, body=answer.body + b" " * (rule.pad + rule.gzip_pad))
    if not rule.gzip_pad:
        return padded
    packed = gzip.compress(padded.body, compresslevel=1, mtime=0)
    return replace(padded, headers={**answer.headers, "content-encoding": "gzip"}, body=packed)


def _parsed(answer: Answer) -> object:
    try:
        return json.loads(answer.body)
    except ValueError:  # a page, or what another rule has spoilt
        return None


def _spoil(told: dict[str, Any], rule: Rule, random: Random) -> None:
    data = told.get("data")
    rows = data if isinstance(data, list) else []
    if isinstance(data, dict):
        if isinstance(data.get("errors"), list):
            rows = data["errors"] = _entries(data, rule, random)
        _miscount(data, rule)
    error = told.get("error")
    if rule.code_case and isinstance(error, dict):
        error["code"] = str(error.get("code")).lower()
    for part in (told, data, *rows):
        if isinstance(part, dict):
            part.update(rule.extra_fields)


def _entries(data: dict[str, Any], rule: Rule, random: Random) -> list[Any]:
    """Add, repeat, reorder and drop error entries, and spoil what is left."""
    total = data.get("total")
    unsent = range(total, total + rule.ghost_errors) if isinstance(total, int) else ()
    entries = [*data["errors"], *(_ghost(row) for row in unsent)]
    entries = [_spoilt(entry, rule) for entry in entries for _ in range(2 if rule.dup_errors else 1)]
    if rule.shuffle_errors:
        random.shuffle(entries)
    return entries[: 0 if rule.omit_errors else rule.cap_errors]


def _spoilt(entry: Any, rule: Rule) -> Any:  # noqa: ANN401 - a plan's own body may hold anything
    if not isinstance(entry, dict):
        return entry
    dropped = (("row",) if rule.drop_row else ()) + (IDS if rule.drop_ids else ())
    kept = {name: value for name, value in entry.items() if name not in dropped}
    if isinstance(kept.get("row"), int):
        kept["row"] += rule.row_base
    return kept


def _ghost(row: int) -> dict[str, Any]:
    words = {"location_id": ["Location not found"]}
    return {"row": row, "location_id": f"GHOST-{row}", "product_id": f"GHOST-{row}", "errors": words}


def _miscount(data: dict[str, Any], rule: Rule) -> None:
    for name, change in rule.counts.items():
        if change is None:
            data.pop(name, None)
        else:
            was = data.get(name)
            data[name] = was + change if isinstance(was, int) and isinstance(change, int) else change


def _renamed(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - it walks through any JSON
    if not names:
        return value
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(inner, names) for key, inner in value.items()}
    return [_renamed(inner, names) for inner in value] if isinstance(value, list) else value
